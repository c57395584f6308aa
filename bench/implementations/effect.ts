// effect: queues and fibers, each row one program of `Effect.gen`; a queue of capacity 0 is its unbuffered channel.

import { setImmediate as turn } from "node:timers/promises";
import { type Cause, Effect, Fiber, Queue, Stream } from "effect";
import type { Meter, Program } from "../rows/row.ts";
import type { Implementation, PoolAdapter } from "./implementation.ts";
import { broadcast } from "./effect-broadcast.ts";
import { programs as more } from "./effect-more.ts";
import { pipeline } from "./effect-stream.ts";

const CAPACITY = 100;
const WORKERS = 4;

function transfer(capacity: number): Program {
  return (n) =>
    Effect.runPromise(
      Effect.gen(function* () {
        const queue = yield* Queue.bounded<number>(capacity);
        yield* Effect.forkChild(
          Effect.gen(function* () {
            for (let i = 0; i < n; i++) yield* Queue.offer(queue, i);
          }),
        );
        let sum = 0;
        for (let i = 0; i < n; i++) sum += yield* Queue.take(queue);
        return sum;
      }),
    );
}

const pingPong: Program = (n) =>
  Effect.runPromise(
    Effect.gen(function* () {
      const there = yield* Queue.bounded<number>(0);
      const back = yield* Queue.bounded<number>(0);
      yield* Effect.forkChild(
        Effect.gen(function* () {
          for (let i = 0; i < n; i++) yield* Queue.offer(back, yield* Queue.take(there));
        }),
      );
      let sum = 0;
      for (let i = 0; i < n; i++) {
        yield* Queue.offer(there, i);
        sum += yield* Queue.take(back);
      }
      return sum;
    }),
  );

const bufferedFourToFour: Program = (n) =>
  Effect.runPromise(
    Effect.gen(function* () {
      const queue = yield* Queue.bounded<number>(CAPACITY);
      let sum = 0;
      const receivers: Fiber.Fiber<void>[] = [];
      for (let pair = 0; pair < 4; pair++) {
        yield* Effect.forkChild(
          Effect.gen(function* () {
            for (let i = pair; i < n; i += 4) yield* Queue.offer(queue, i);
          }),
        );
        const receiver = Effect.gen(function* () {
          let own = 0;
          for (let i = pair; i < n; i += 4) own += yield* Queue.take(queue);
          sum += own;
        });
        receivers.push(yield* Effect.forkChild(receiver));
      }
      yield* Fiber.joinAll(receivers);
      return sum;
    }),
  );

async function range(n: number): Promise<number> {
  const queue = await Effect.runPromise(Queue.bounded<number, Cause.Done>(CAPACITY));
  const sending = Effect.runPromise(
    Effect.gen(function* () {
      for (let i = 0; i < n; i++) yield* Queue.offer(queue, i);
      yield* Queue.end(queue);
    }),
  );
  let sum = 0;
  for await (const value of Stream.toAsyncIterable(Stream.fromQueue(queue))) sum += value;
  await sending;
  return sum;
}

function selectOf(cases: number): Program {
  return (n) =>
    Effect.runPromise(
      Effect.gen(function* () {
        const queues: Queue.Queue<number>[] = [];
        for (let i = 0; i < cases; i++) queues.push(yield* Queue.bounded<number>(0));
        const [busy] = queues as [Queue.Queue<number>];
        yield* Effect.forkChild(
          Effect.gen(function* () {
            for (let i = 0; i < n; i++) yield* Queue.offer(busy, i);
          }),
        );
        const first = Effect.raceAllFirst(queues.map((queue) => Queue.take(queue)));
        let sum = 0;
        for (let i = 0; i < n; i++) sum += yield* first;
        return sum;
      }),
    );
}

const wake: Program = (n, meter) => parked(n, meter, "wake");
const parkedHeap: Program = (n, meter) => parked(n, meter, "heap");

/** Both rows park fibers: one measures parking, the other waking. */
async function parked(n: number, meter: Meter, measured: "heap" | "wake"): Promise<number> {
  const queue = await Effect.runPromise(Queue.bounded<number>(0));
  let sum = 0;
  let count = 0;
  const receiver = Effect.gen(function* () {
    const value = yield* Queue.take(queue);
    sum += value;
    count++;
  });
  if (measured === "heap") meter.start();
  for (let i = 0; i < n; i++) Effect.runFork(receiver);
  await turn();
  if (measured === "heap") meter.stop();

  if (measured === "wake") meter.start();
  await Effect.runPromise(
    Effect.gen(function* () {
      for (let i = 0; i < n; i++) yield* Queue.offer(queue, i);
    }),
  );
  while (count < n) await turn();
  if (measured === "wake") meter.stop();
  return measured === "wake" ? sum : count;
}

async function channelHeap(n: number, meter: Meter): Promise<number> {
  const kept = new Array<unknown>(n).fill(null);
  meter.start();
  for (let i = 0; i < n; i++) kept[i] = Effect.runSync(Queue.bounded<number>(0));
  meter.stop();
  return kept.length;
}

const poolOverQueues: Program = (n) =>
  Effect.runPromise(
    Effect.gen(function* () {
      const jobs = yield* Queue.bounded<number, Cause.Done>(CAPACITY);
      const results = yield* Queue.bounded<number, Cause.Done>(CAPACITY);
      const work = Effect.gen(function* () {
        for (;;) yield* Queue.offer(results, 2 * (yield* Queue.take(jobs)));
      }).pipe(Effect.ignore);
      yield* Effect.forkChild(
        Effect.gen(function* () {
          for (let i = 0; i < n; i++) yield* Queue.offer(jobs, i);
          yield* Queue.end(jobs);
        }),
      );
      yield* Effect.forkChild(
        Effect.gen(function* () {
          yield* Effect.all(
            Array.from({ length: WORKERS }, () => work),
            { concurrency: WORKERS },
          );
          yield* Queue.end(results);
        }),
      );
      let sum = 0;
      yield* Effect.gen(function* () {
        for (;;) sum += yield* Queue.take(results);
      }).pipe(Effect.ignore);
      return sum;
    }),
  );

const pool: PoolAdapter = {
  map: (items, f, workers) =>
    Effect.runPromise(Effect.forEach(items, (item) => Effect.promise(() => f(item)), { concurrency: workers })),
};

const programs: Readonly<Record<string, Program>> = {
  unbuffered: transfer(0),
  "ping-pong": pingPong,
  buffered: transfer(CAPACITY),
  "buffered-4-4": bufferedFourToFour,
  range,
  "select-2": selectOf(2),
  "select-8": selectOf(8),
  "select-done": selectOf(2),
  wake,
  "parked-heap": parkedHeap,
  "channel-heap": channelHeap,
  "pool-channels": poolOverQueues,
  ...more,
  ...pipeline,
  ...broadcast,
};

export const implementation: Implementation = {
  name: "effect",
  package: "effect",
  adapters: { pool, module: "effect", channelImport: '{ Effect, Queue } from "effect"' },
  programs,
  cannot: {
    "daisy-chain": "each hand-over of its unbuffered queue stands on the stack of the one before: 1,000 are too many",
  },
};
