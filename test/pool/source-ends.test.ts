// The ends of a pool with a source: every way in which a job, a lease or the pool can end, against every other, in both orders and at once.

import { describe, expect, test } from "@jest/globals";
import {
  Channel,
  context,
  type Context,
  type JobDelivery,
  type JobSource,
  LeaseLost,
  Stopping,
  time,
  WorkerPool,
} from "goro";
import { bubble, memoryQueue, waitUntilBlocked } from "goro/testing";
import { children } from "../support/contexts.ts";

const background = context.background();
const latency = 5;
const lease = 400;

interface Options {
  readonly timeout?: number;
  readonly gracePeriod?: number;
  readonly honorsContext?: boolean;
}

/** A pool whose ends are in the hands of the test. */
class Stage {
  readonly queue = memoryQueue<number, number>({ latency, lease, maxStalls: 9, retry: { retries: 9, delay: 50 } });
  readonly ctx: Context;
  readonly cancel: (cause: Error) => void;
  readonly pool: WorkerPool<number, number>;
  readonly stops: Promise<unknown>[] = [];
  readonly contexts: Context[] = [];
  readonly functions: ((isFailure: boolean) => void)[] = [];
  readonly faults: string[] = [];

  /** The number of deliveries that the pool has not ended, and of calls of `next` that wait. */
  readonly ends = new Map<JobDelivery<number, number>, string[]>();
  waiting = 0;
  closed = 0;
  runningSuspects = 0;
  running = 0;

  constructor({ honorsContext = true, ...options }: Options) {
    [this.ctx, this.cancel] = context.withCancelCause(background);
    const f = async (ctx: Context, job: number): Promise<number> => {
      this.contexts.push(ctx);
      const returns = new Channel<boolean>(1);
      this.functions.push((isFailure) => void returns.trySend(isFailure));
      if (honorsContext) context.afterFunc(ctx, () => returns.trySend(true));
      const { value } = await returns.receive();
      if (value === true) throw new Error("the function fails");
      return job;
    };
    this.pool = new WorkerPool(f, {
      workers: 2,
      gracePeriod: 100,
      ...options,
      ctx: this.ctx,
      source: this.#source(),
      onSourceError: () => undefined,
    });
  }

  #source(): JobSource<number, number> {
    const source = this.queue.deliveries();
    return {
      next: async (ctx) => {
        if (this.closed > 0) this.faults.push("next after close");
        this.waiting++;
        const delivery = await source.next(ctx).finally(() => this.waiting--);
        if (delivery === undefined) return undefined;
        const calls: string[] = [];
        this.ends.set(delivery, calls);
        const { id, attempt, stalls, job, ctx: leased } = delivery;
        const end =
          <A extends unknown[]>(name: string, method: (...args: A) => Promise<boolean>) =>
          async (...args: A): Promise<boolean> => {
            calls.push(name);
            if (this.closed > 0) this.faults.push(`${name} after close`);
            return method.apply(delivery, args);
          };
        const ack = end("ack", delivery.ack.bind(delivery));
        const nack = end("nack", delivery.nack.bind(delivery));
        const release = end("release", delivery.release.bind(delivery));
        return { id, attempt, stalls, job, ctx: leased, ack, nack, release };
      },
      close: async () => {
        this.closed++;
        if (this.waiting > 0) this.faults.push("close while next waits");
        await source.close();
      },
    };
  }

  stop(timeout: number): void {
    const [ctx, cancel] = context.withTimeout(background, timeout);
    this.stops.push(this.pool.stop(ctx).finally(cancel));
  }

  leased(f: (id: string) => void): void {
    for (const id of ["1", "2", "3"]) {
      try {
        f(id);
        return;
      } catch (error) {
        // This job is not leased.
        expect(error).toBeInstanceOf(TypeError);
      }
    }
  }
}

const events: Readonly<Record<string, (stage: Stage) => void>> = {
  "a lease is lost": (stage) => stage.leased((id) => stage.queue.loseLease(id)),
  "a lease is lost without notice": (stage) => stage.leased((id) => stage.queue.refuse(id)),
  "a lease is not renewed": (stage) => stage.leased((id) => stage.queue.stall(id)),
  "a job is delivered twice": (stage) => stage.leased((id) => stage.queue.deliverTwice(id)),
  "a function returns": (stage) => stage.functions.shift()?.(false),
  "a function fails": (stage) => stage.functions.shift()?.(true),
  "all functions return": (stage) => {
    for (const returns of stage.functions.splice(0)) returns(false);
  },
  "the pool is stopped": (stage) => void stage.stops.push(stage.pool.stop()),
  "the pool is stopped with a near deadline": (stage) => stage.stop(30),
  "the context ends": (stage) => stage.cancel(new Error("enough")),
  "the source fails": (stage) => stage.queue.fail(new Error("connection lost")),
  "the source works again": (stage) => stage.queue.fail(undefined),
  "the pool has one worker": (stage) => stage.pool.resize(1),
};

const names = Object.keys(events);
const pairs = names.flatMap((first) => names.map((second) => [first, second] as const));
const gaps = [0, 2, latency, 60];

describe.each<Options>([{}, { timeout: 20 }, { timeout: 20, honorsContext: false }, { gracePeriod: 0 }])(
  "with %j",
  (options) => {
    test.each(pairs)("%s, then %s: each delivery ends once, and no job is lost", async (first, second) => {
      for (const [i, gap] of gaps.entries()) {
        for (const before of [0, 10, 23]) {
          const seed = i * 100 + before;
          await bubble(() => play(options, first, second, gap, before), { seed }).catch((error: unknown) => {
            throw new Error(`${gap} ms apart, after ${before} ms, with seed ${seed}`, { cause: error });
          });
        }
      }
    });
  },
);

async function play(options: Options, first: string, second: string, gap: number, before: number): Promise<void> {
  const stage = new Stage(options);
  const { queue, pool } = stage;
  for (const job of [1, 2, 3]) await queue.send(job);
  await time.sleep(before);
  events[first]?.(stage);
  if (gap > 0) await time.sleep(gap);
  events[second]?.(stage);
  await time.sleep(150);

  // Whatever has happened, this ends the pool.
  const start = time.now();
  stage.stop(50);
  await Promise.all(stage.stops);
  const { gracePeriod = 100 } = options;
  expect(time.since(start)).toBeLessThanOrEqual(50 + Math.max(gracePeriod, latency));
  await time.sleep(latency);
  await waitUntilBlocked();
  expect(stage.closed).toBe(1);
  expect(stage.waiting).toBe(0);
  // Without a grace period, the pool may end before the source has replied.
  if (gracePeriod > latency) expect(stage.faults).toEqual([]);
  expect(children(stage.ctx)).toBe(0);

  for (const ctx of stage.contexts) {
    expect(ctx.err()).toBeDefined();
    const cause = context.cause(ctx);
    expect([LeaseLost, Stopping, context.Canceled, context.DeadlineExceeded]).toContain(cause?.constructor);
  }
  for (const [delivery, calls] of stage.ends) {
    expect(calls.length).toBeLessThanOrEqual(1);
    if (calls.length === 0) expect(context.cause(delivery.ctx)).toBeInstanceOf(LeaseLost);
  }
  for (const returns of stage.functions.splice(0)) returns(false);
  expect(pool.stats().workers).toBe(0);

  // Another pool finishes the jobs, after the leases have run out.
  queue.fail(undefined);
  await time.sleep(lease);
  expect(queue.counts.leased).toBe(0);
  await using _ = new WorkerPool(async (_ctx, job: number) => job, { workers: 2, source: queue.deliveries() });
  const [ctx, cancel] = context.withTimeout(background, 60_000);
  const done: string[] = [];
  for await (const { id } of queue.outcomes(ctx)) if (done.push(id) === 3) break;
  cancel();
  expect(done.sort()).toEqual(["1", "2", "3"]);
}
