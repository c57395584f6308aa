/// <reference lib="esnext.disposable" preserve="true" />
// goro/testing: programs in virtual time, and what tests leave behind.

export { bubble, type BubbleOptions, now, waitUntilBlocked as settled } from "./bubble.ts";
export {
  ignoreLeaks as allowLeaks,
  expectNoLeaks,
  type Leak,
  LeakDetector as LeakWatch,
  reportLeaks,
  type TestHooks,
} from "./leaks.ts";
