// The fake timers of sinon, in mocha.

import sinon from "sinon";
import { scenarios } from "./fake.js";

const install = () => {
  const clock = sinon.useFakeTimers();
  return () => clock.restore();
};
for (const [name, f] of Object.entries(scenarios)) it(name, () => f(install));
