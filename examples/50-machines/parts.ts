// How the parts of the program run: each in a process that main.ts has started, or all of them on one event loop.

import { type Context, context, go, receive, select, WaitGroup } from "goro";
import { exitCode, printError } from "./errors.ts";
import { Progress, type Status } from "./progress.ts";
import type { PreparedQueue } from "./server.ts";

export const numPhotos = 500;

const prepared = JSON.parse(process.env["PREPARED_QUEUE"] ?? "{}") as Partial<PreparedQueue>;

export const queueName: string = prepared.queueName ?? "photos";

// Short leases, so that other workers soon get the photos of a killed one. By default, a lease is 15 s, and expired leases
// are looked for every 5 s.
export const server: Partial<PreparedQueue["server"]> & { lease: number; sweep: number } = {
  ...prepared.server,
  lease: 3000,
  sweep: 500,
};

// A signal ends a process, and so does the end of the process that has started it.
const [signals, stop] = context.notifyContext(context.background(), "SIGINT", "SIGTERM");
export const ctx: Context = signals;
process.on("disconnect", stop);
const part = process.argv[2];
if (part !== undefined && !process.connected) stop();

let progress: Progress | undefined;

/** Reports the status of a photo to main.ts, or to the progress bar of this process. */
export function report(status: Status, photo: string): void {
  if (process.connected) process.send?.({ status, photo });
  else progress?.add(status, photo);
}

type Part = () => Promise<void>;

/** Runs the functions of the part that main.ts has named; without main.ts, those of all parts. */
export function runParts(parts: Readonly<Record<string, readonly Part[]>>): Promise<void> {
  return part === undefined ? runOnOneLoop(Object.values(parts).flat()) : runInProcess(parts[part] ?? []);
}

async function runInProcess(functions: readonly Part[]): Promise<void> {
  const wg = new WaitGroup();
  for (const f of functions) wg.go(() => unlessCanceled(f));
  await wg.wait();
}

async function runOnOneLoop(functions: readonly Part[]): Promise<void> {
  try {
    progress = await Progress.start(numPhotos);
  } catch (err) {
    printError(err);
    return;
  }
  const complete = progress.reached(numPhotos);
  for (const f of functions) go(() => unlessCanceled(f));
  await select({ complete: receive(complete), canceled: receive(ctx.done()) });
  progress.end(ctx.err() === undefined ? "lost" : "not done yet");
  process.exitCode = exitCode(ctx);
}

/** A send that waits when the process is stopped rejects with the cause. */
async function unlessCanceled(f: Part): Promise<void> {
  try {
    await f();
  } catch (err) {
    if (ctx.err() === undefined) throw err;
  }
}
