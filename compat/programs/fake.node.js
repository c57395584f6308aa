// The mock timers of Node's test runner.

import { mock, test } from "node:test";
import { survives } from "./fake.js";

test("timers survive mock timers", () =>
  survives(() => {
    mock.timers.enable();
    return () => mock.timers.reset();
  }));
