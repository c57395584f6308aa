// The mock timers of Node's test runner.

import { mock, test } from "node:test";
import { scenarios } from "./fake.js";

const install = () => {
  mock.timers.enable();
  return () => mock.timers.reset();
};
for (const [name, f] of Object.entries(scenarios)) test(name, { timeout: 5000 }, () => f(install));
