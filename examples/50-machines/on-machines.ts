// Thumbnails of photos: one part of the program sends the photos and reads the outcomes, the other part makes the
// thumbnails. on-machines.ts runs the parts in processes that share a queue, and one-loop.ts runs them on one event loop.
// Only the lines that end with "engine" differ.

import { type Context, context, defer, main, onceValue, receive, select, time, WorkerPool } from "goro";
import { queue } from "goro/bullmq"; // engine
import { ctx, numPhotos, queueName, report, runParts, server } from "./parts.ts"; // engine

interface Photo {
  readonly name: string;
  readonly megapixels: number;
}

const photos = queue<Photo, string>(queueName, { ...server, depth: 100, outcomes: true }); // engine
const startPool = onceValue(() => new WorkerPool(resize, { workers: 4, source: photos.deliveries() })); // engine

// A thumbnail takes 10 ms per megapixel. A job can run more than once, so its effect must be the same each time: here, it
// would be a file whose name is that of the photo.
async function resize(ctx: Context, photo: Photo): Promise<string> {
  report("started", photo.name);
  const made = time.after(photo.megapixels * 10 * time.millisecond);
  const s = await select({ made: receive(made), canceled: receive(ctx.done()) });
  if (s.case === "canceled") {
    throw ctx.err() as Error;
  }
  return `${photo.name}.thumbnail.jpg`;
}

// A send waits while 100 photos wait for a worker. When it returns, the photo is accepted.
async function produce(): Promise<void> {
  const jobs = photos.jobs(ctx); // engine
  for (let n = 1; n <= numPhotos; n++) {
    const name = `photo-${n}`;
    await jobs.send({ name, megapixels: 1 + (n % 8) });
    report("accepted", name);
  }
  jobs.close();
}

async function collect(): Promise<void> {
  const outcomes = photos.outcomes(ctx); // engine
  for await (const { job, status } of outcomes) {
    report(status, job.name);
  }
}

// The pool finishes the jobs that it holds, or cancels them after two seconds: a queue then gives them to other workers.
async function work(): Promise<void> {
  const pool = startPool();
  await ctx.done().receive();
  const [deadline, cancel] = context.withTimeout(context.background(), 2 * time.second);
  using _ = defer(cancel);
  await pool.stop(deadline);
}

main(() => runParts({ producer: [produce, collect], worker: [work] }));
