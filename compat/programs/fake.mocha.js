// The fake timers of sinon, in mocha.

import sinon from "sinon";
import { survives } from "./fake.js";

it("timers survive fake timers", () =>
  survives(() => {
    const clock = sinon.useFakeTimers();
    return () => clock.restore();
  }));
