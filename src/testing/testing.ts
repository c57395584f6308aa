/// <reference lib="esnext.disposable" preserve="true" />
// goro/testing: programs in virtual time, and leak checks.

export { bubble, type BubbleOptions, now, waitUntilBlocked } from "./bubble.ts";
export {
  memoryQueue,
  type MemoryQueue,
  type MemoryQueueCounts,
  type MemoryQueueOptions,
  type MemoryQueueOutcome,
} from "./memory-queue.ts";
export { ignoreLeaks, expectNoLeaks, type Leak, LeakDetector, reportLeaks, type TestHooks } from "./leaks.ts";
