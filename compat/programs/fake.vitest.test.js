// The fake timers of vitest.

import { scenarios } from "./fake.js";

const install = () => {
  vi.useFakeTimers();
  return () => vi.useRealTimers();
};
for (const [name, f] of Object.entries(scenarios)) test(name, () => f(install));
