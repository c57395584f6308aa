// goro, with each row written in the style of its README.

import { setImmediate as turn } from "node:timers/promises";
import * as goro from "goro";
import { Channel, context, go, receive, select, WaitGroup, WorkerPool } from "goro";
import type { Meter, Program } from "../rows/row.ts";
import type { Implementation } from "./implementation.ts";
import { runJob } from "./goro-bridge.ts";
import { broadcast } from "./goro-broadcast.ts";
import { programs as more } from "./goro-more.ts";
import { pipeline } from "./goro-pipeline.ts";

const CAPACITY = 100;
const WORKERS = 4;

function oneToOne(capacity: number): Program {
  return async (n) => {
    const ch = new Channel<number>(capacity);
    go(async () => {
      for (let i = 0; i < n; i++) await ch.send(i);
    });
    let sum = 0;
    for (let i = 0; i < n; i++) sum += (await ch.receive()).value ?? NaN;
    return sum;
  };
}

async function pingPong(n: number): Promise<number> {
  const there = new Channel<number>();
  const back = new Channel<number>();
  go(async () => {
    for (let i = 0; i < n; i++) await back.send((await there.receive()).value ?? NaN);
  });
  let sum = 0;
  for (let i = 0; i < n; i++) {
    await there.send(i);
    sum += (await back.receive()).value ?? NaN;
  }
  return sum;
}

async function tryPingPong(n: number): Promise<number> {
  const there = new Channel<number>(1);
  const back = new Channel<number>(1);
  go(async () => {
    for (let i = 0; i < n; i++) back.trySend((await there.receive()).value ?? NaN);
  });
  let sum = 0;
  for (let i = 0; i < n; i++) {
    there.trySend(i);
    sum += (await back.receive()).value ?? NaN;
  }
  return sum;
}

async function bufferedHot(n: number): Promise<number> {
  const ch = new Channel<number>(CAPACITY);
  go(async () => {
    for (let i = 0; i < n; i++) ch.trySend(i) || (await ch.send(i));
  });
  let sum = 0;
  for (let i = 0; i < n; i++) sum += (ch.tryReceive() ?? (await ch.receive())).value ?? NaN;
  return sum;
}

async function bufferedFourToFour(n: number): Promise<number> {
  const ch = new Channel<number>(CAPACITY);
  const wg = new WaitGroup();
  let sum = 0;
  for (let pair = 0; pair < 4; pair++) {
    go(async () => {
      for (let i = pair; i < n; i += 4) await ch.send(i);
    });
    wg.go(async () => {
      let own = 0;
      for (let i = pair; i < n; i += 4) own += (await ch.receive()).value ?? NaN;
      sum += own;
    });
  }
  await wg.wait();
  return sum;
}

async function range(n: number): Promise<number> {
  const ch = new Channel<number>(CAPACITY);
  go(async () => {
    for (let i = 0; i < n; i++) await ch.send(i);
    ch.close();
  });
  let sum = 0;
  for await (const value of ch) sum += value;
  return sum;
}

async function selectOf2(n: number): Promise<number> {
  const busy = new Channel<number>();
  const silent = new Channel<number>();
  go(async () => {
    for (let i = 0; i < n; i++) await busy.send(i);
  });
  let sum = 0;
  for (let i = 0; i < n; i++) {
    const s = await select({ busy: receive(busy), silent: receive(silent) });
    sum += s.value ?? NaN;
  }
  return sum;
}

async function selectOf8(n: number): Promise<number> {
  const [a, b, c, d, e, f, g, h] = Array.from({ length: 8 }, () => new Channel<number>());
  go(async () => {
    for (let i = 0; i < n; i++) await a?.send(i);
  });
  let sum = 0;
  for (let i = 0; i < n; i++) {
    const s = await select({
      a: receive(a),
      b: receive(b),
      c: receive(c),
      d: receive(d),
      e: receive(e),
      f: receive(f),
      g: receive(g),
      h: receive(h),
    });
    sum += s.value ?? NaN;
  }
  return sum;
}

async function selectDone(n: number): Promise<number> {
  const [ctx, cancel] = context.withCancel(context.background());
  const jobs = new Channel<number>();
  go(async () => {
    for (let i = 0; i < n; i++) await jobs.send(i);
  });
  let sum = 0;
  for (let i = 0; i < n; i++) {
    const s = await select({ job: receive(jobs), done: receive(ctx.done()) });
    if (s.case === "done") break;
    sum += s.value ?? NaN;
  }
  cancel();
  return sum;
}

async function receiveDone(n: number): Promise<number> {
  const [ctx, cancel] = context.withCancel(context.background());
  const jobs = new Channel<number>();
  go(async () => {
    for (let i = 0; i < n; i++) await jobs.send(i);
  });
  let sum = 0;
  for (let i = 0; i < n; i++) sum += (await jobs.receive({ ctx })).value ?? NaN;
  cancel();
  return sum;
}

async function selectPromise(n: number): Promise<number> {
  const closed = new Promise<never>(() => undefined);
  const jobs = new Channel<number>();
  go(async () => {
    for (let i = 0; i < n; i++) await jobs.send(i);
  });
  let sum = 0;
  for (let i = 0; i < n; i++) {
    const s = await select({ job: receive(jobs), closed: goro.promise(closed) });
    sum += s.value ?? NaN;
  }
  return sum;
}

async function waitgroup(n: number): Promise<number> {
  let count = 0;
  for (let left = n; left > 0; left -= 1_000) {
    const wg = new WaitGroup();
    for (let i = 0; i < Math.min(left, 1_000); i++) {
      wg.go(async () => {
        count++;
      });
    }
    await wg.wait();
  }
  return count;
}

async function wake(n: number, meter: Meter): Promise<number> {
  const ch = new Channel<number>();
  const wg = new WaitGroup();
  let sum = 0;
  const receiver = async (): Promise<void> => {
    const { value } = await ch.receive();
    sum += value ?? NaN;
  };
  for (let i = 0; i < n; i++) wg.go(receiver);
  await turn();

  meter.start();
  for (let i = 0; i < n; i++) await ch.send(i);
  await wg.wait();
  meter.stop();
  return sum;
}

async function parkedHeap(n: number, meter: Meter): Promise<number> {
  const ch = new Channel<number>();
  let count = 0;
  const receiver = async (): Promise<void> => {
    await ch.receive();
    count++;
  };
  meter.start();
  for (let i = 0; i < n; i++) go(receiver);
  await turn();
  meter.stop();

  for (let i = 0; i < n; i++) await ch.send(i);
  await turn();
  return count;
}

async function selectsShared(n: number, meter: Meter): Promise<number> {
  const [ctx, cancel] = context.withCancel(context.background());
  const own = Array.from({ length: n }, () => new Channel<number>());
  const wg = new WaitGroup();
  let sum = 0;
  const waiter = async (ch: Channel<number>): Promise<void> => {
    const s = await select({ own: receive(ch), done: receive(ctx.done()) });
    sum += s.value ?? NaN;
  };
  for (const ch of own) wg.go(waiter, ch);
  await turn();

  meter.start();
  for (let i = 0; i < n; i++) await own[i]?.send(i);
  await wg.wait();
  meter.stop();
  cancel();
  return sum;
}

async function channelHeap(n: number, meter: Meter): Promise<number> {
  const kept = new Array<Channel<number> | null>(n).fill(null);
  meter.start();
  for (let i = 0; i < n; i++) kept[i] = new Channel<number>();
  meter.stop();
  return kept.length;
}

async function poolOverChannels(n: number): Promise<number> {
  const jobs = new Channel<number>(CAPACITY);
  const results = new Channel<number>(CAPACITY);
  const wg = new WaitGroup();
  for (let id = 0; id < WORKERS; id++) {
    wg.go(async () => {
      for await (const job of jobs) await results.send(2 * job);
    });
  }
  go(async () => {
    for (let i = 0; i < n; i++) await jobs.send(i);
    jobs.close();
    await wg.wait();
    results.close();
  });
  let sum = 0;
  for await (const result of results) sum += result;
  return sum;
}

async function poolMap(n: number, meter: Meter): Promise<number> {
  const items = Array.from({ length: n }, (_, i) => i);
  meter.start();
  await using pool = new WorkerPool(async (_ctx, item: number) => 2 * item, { workers: WORKERS });
  let sum = 0;
  for await (const result of pool.map(items)) sum += result;
  meter.stop();
  return sum;
}

/** Runs one job at a time and awaits its result. */
async function poolRun(n: number): Promise<number> {
  await using pool = new WorkerPool(async (_ctx, item: number) => 2 * item, { workers: WORKERS });
  const run = runJob(pool);
  let sum = 0;
  for (let i = 0; i < n; i++) sum += await run(i);
  return sum;
}

/** Submits 100 jobs at a time and awaits their results. */
async function poolSubmit(n: number): Promise<number> {
  await using pool = new WorkerPool(async (_ctx, item: number) => 2 * item, { workers: WORKERS });
  let sum = 0;
  for (let first = 0; first < n; first += CAPACITY) {
    const count = Math.min(CAPACITY, n - first);
    const tasks = await Promise.all(Array.from({ length: count }, (_, i) => pool.submit(first + i)));
    for (const task of tasks) sum += await task.result;
  }
  return sum;
}

const programs: Readonly<Record<string, Program>> = {
  unbuffered: oneToOne(0),
  "ping-pong": pingPong,
  "try-ping-pong": tryPingPong,
  buffered: oneToOne(CAPACITY),
  "buffered-hot": bufferedHot,
  "buffered-4-4": bufferedFourToFour,
  range,
  "select-2": selectOf2,
  "select-8": selectOf8,
  "select-done": selectDone,
  "receive-done": receiveDone,
  "select-promise": selectPromise,
  waitgroup,
  wake,
  "parked-heap": parkedHeap,
  "selects-shared": selectsShared,
  "channel-heap": channelHeap,
  "pool-channels": poolOverChannels,
  "pool-map": poolMap,
  "pool-run": poolRun,
  "pool-submit": poolSubmit,
  ...more,
  ...pipeline,
  ...broadcast,
};

export const implementation: Implementation = {
  name: "goro",
  package: "goro",
  adapters: { limit: { make: (n) => goro.createLimit(n) }, module: "goro", channelImport: '{ Channel } from "goro"' },
  programs,
};
