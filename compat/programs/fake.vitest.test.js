// The fake timers of vitest.

import { survives } from "./fake.js";

test("timers survive fake timers", () =>
  survives(() => {
    vi.useFakeTimers();
    return () => vi.useRealTimers();
  }));
