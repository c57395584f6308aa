// The fake timers of jest, new and old.

import { jest, test } from "@jest/globals";
import { scenarios } from "./fake.js";

for (const legacyFakeTimers of [false, true]) {
  const install = () => {
    jest.useFakeTimers({ legacyFakeTimers });
    return () => jest.useRealTimers();
  };
  for (const [name, f] of Object.entries(scenarios)) test(`${name} (legacy: ${legacyFakeTimers})`, () => f(install));
}
