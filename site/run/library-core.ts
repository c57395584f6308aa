// The exports of `goro` that most programs use. The other exports, above all the pools, are larger than these and are loaded only for a
// program that names one of them.

export { Channel } from "../../src/channel/channel.ts";
export { receive, select, send } from "../../src/channel/select.ts";
export * as context from "../../src/context/api.ts";
export { defer } from "../../src/runtime/defer.ts";
export { go, gosched, numCPU, numGoroutine } from "../../src/runtime/goroutine.ts";
export { main } from "../../src/runtime/main.ts";
export { PanicError } from "../../src/runtime/panic.ts";
export { Mutex } from "../../src/sync/mutex.ts";
export * as time from "../../src/time/time.ts";
export { WaitGroup } from "../../src/waitgroup/waitgroup.ts";
