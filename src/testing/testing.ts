/// <reference lib="esnext.disposable" preserve="true" />
// goro/testing: programs in virtual time, and what tests leave behind.

export { bubble, type BubbleOptions, now, settled } from "./bubble.ts";
export { allowLeaks, expectNoLeaks, type Leak, LeakWatch, reportLeaks, type TestHooks } from "./leaks.ts";
