// The fake timers of jest, new and old.

import { jest, test } from "@jest/globals";
import { survives } from "./fake.js";

test.each([false, true])("timers survive fake timers (legacy: %p)", (legacyFakeTimers) =>
  survives(() => {
    jest.useFakeTimers({ legacyFakeTimers });
    return () => jest.useRealTimers();
  }),
);
