// The program of the processes of a fault: a worker, which runs jobs, or a reader, which reads outcomes. SIGTERM ends both in an orderly
// way. Its settings are its only argument, as JSON.

import { type Context, context, deliveryOf, LeaseLost, receive, select, time, WorkerPool } from "goro";
import { countEntries, note } from "./ledger.ts";
import { type FaultJob, makeQueue, type QueueSettings, retries } from "./queue.ts";

/** The settings of a process. */
export interface ChildSettings {
  readonly role: "worker" | "reader";
  readonly queue: QueueSettings;
  readonly ledger: string;

  /** The number of workers of the pool. */
  readonly workers: number;

  /** How long `stop` may wait for the jobs, in milliseconds. */
  readonly stopTimeout: number;

  /** How far the clock of the process is ahead, in milliseconds. */
  readonly clockShift: number;

  /** After how many outcomes a reader blocks its event loop, and for how many milliseconds; 0 for never. */
  readonly blockAfter: number;
  readonly blockFor: number;
}

/** A message to the process that has started this one. */
export type ChildMessage =
  | { readonly type: "ready" }
  | { readonly type: "error"; readonly message: string }
  | { readonly type: "stopped"; readonly ms: number; readonly unfinished: number };

const settings = JSON.parse(process.argv[2] as string) as ChildSettings;
const { role, ledger, workers, stopTimeout, clockShift, blockAfter, blockFor } = settings;

if (clockShift !== 0) {
  const clock = Date.now;
  Date.now = () => clock() + clockShift;
}

const jobs = makeQueue(settings.queue, reportError);
const terminated = new Promise<void>((resolve) => process.once("SIGTERM", () => resolve()));

// Without the process that has started it, this process must not continue.
const exit = (): never => process.exit(3);
process.once("disconnect", exit);
await (role === "worker" ? work() : read());
process.removeListener("disconnect", exit);
process.disconnect();

async function work(): Promise<void> {
  const pool = new WorkerPool(runJob, { workers, source: jobs.deliveries(), onSourceError: reportError });
  report({ type: "ready" });
  await terminated;
  const start = performance.now();
  const [ctx, cancel] = context.withTimeout(context.background(), stopTimeout);
  const { unfinished } = await pool.stop(ctx);
  cancel();
  report({ type: "stopped", ms: performance.now() - start, unfinished: unfinished.length });
}

async function runJob(ctx: Context, { n, ms, act }: FaultJob): Promise<number> {
  const attempt = deliveryOf(ctx)?.attempt ?? 0;
  note(ledger, "start", n, attempt);
  if (act === "poison") process.kill(process.pid, "SIGKILL");
  if (act === "block" && attempt === 1) block(ms);
  const isLong = act === "long" && attempt === 1;
  await select({ worked: receive(time.after(act === "work" || isLong ? ms : 10)), canceled: receive(ctx.done()) });
  const cause = context.cause(ctx);
  if (cause !== undefined) {
    note(ledger, cause instanceof LeaseLost ? "lost" : "stopped", n, attempt);
    throw cause;
  }
  note(ledger, "end", n, attempt);
  // The attempt does not count failures only: a job that was taken and given back has another one.
  if (act === "flaky" && countEntries(ledger, "end", n) <= retries) throw new Error("try again");
  if (act === "fail") throw new Error("it always fails");
  return n;
}

async function read(): Promise<void> {
  const [ctx, cancel] = context.withCancel(context.background());
  void terminated.then(cancel);
  report({ type: "ready" });
  let count = 0;
  for await (const { job, status } of jobs.outcomes(ctx)) {
    note(ledger, status, job.n, 0);
    if (++count === blockAfter) block(blockFor);
  }
  report({ type: "stopped", ms: 0, unfinished: 0 });
}

function block(ms: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);
}

function reportError(error: Error): void {
  report({ type: "error", message: error.message });
}

function report(message: ChildMessage): void {
  if (process.connected) process.send?.(message);
}
