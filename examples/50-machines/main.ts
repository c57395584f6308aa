// Beyond one machine: a queue in Postgres or Redis holds the jobs, one process sends them, and two processes run them. In the
// middle, one of the two is killed. Its jobs run again elsewhere, and none is lost.
//
//   npm ci --prefix examples/50-machines         once: BullMQ, and Postgres without an installation
//   npx tsx examples/50-machines/main.ts
//
// With REDIS_URL or DATABASE_URL, the queue is on that server. The program that runs in the processes is on-machines.ts;
// one-loop.ts is the same program on one event loop, and needs no server.

import { context, main, receive, type ReceiveChannel, select } from "goro";
import { exitCode, printError } from "./errors.ts";
import { ctx as signals, numPhotos } from "./parts.ts";
import { Processes } from "./processes.ts";
import { Progress } from "./progress.ts";

const [ctx, cancel] = context.withCancelCause(signals);

async function wait(ch: ReceiveChannel<unknown>, progress: Progress): Promise<void> {
  const s = await select({ ready: receive(ch), stalled: receive(progress.stalled), canceled: receive(ctx.done()) });
  if (s.case === "stalled") {
    throw new Error("No photo has ended for a minute.");
  }
  if (s.case === "canceled") {
    throw context.cause(ctx) as Error;
  }
}

async function run(processes: Processes, progress: Progress): Promise<void> {
  progress.log("starting the server");
  processes.startServer();
  await wait(processes.prepared, progress);

  processes.startPart("producer");
  processes.startPart("worker");
  processes.startPart("worker");
  await wait(progress.reached(numPhotos / 2), progress);

  processes.killWorker();
  await wait(progress.reached(numPhotos), progress);
}

main(async () => {
  try {
    const progress = await Progress.start(numPhotos);
    const processes = new Processes(progress, cancel);
    try {
      await run(processes, progress);
    } finally {
      progress.log("stopping");
      await processes.stop();
      progress.end(ctx.err() === undefined ? "lost" : "not done yet");
    }
  } catch (err) {
    if (signals.err() === undefined) {
      printError(err);
      return;
    }
  }
  process.exitCode = exitCode(signals);
});

// Try: kill a worker yourself, at another moment, with kill -9 and the number of its process. What changes with kill alone,
// which lets the worker finish its photos?
