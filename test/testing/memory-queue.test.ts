// The faults of the queue in memory, its back-pressure and its options. Its promises as a source are in conformance/memory-queue.test.ts.

import { describe, expect, test } from "@jest/globals";
import { Channel, context, type Context, LeaseLost, time, WorkerPool } from "goro";
import { memoryQueue, type MemoryQueueOptions, waitUntilBlocked } from "goro/testing";
import { inBubble } from "../support/contexts.ts";

const background = context.background();

test("a lease that is not renewed is lost after its time", () =>
  inBubble(async () => {
    const queue = memoryQueue<string, void>({ lease: 1000 });
    await queue.send("job", "a");
    const delivery = await queue.deliveries().next(background);
    await time.sleep(5000);
    expect(queue.counts.leased).toBe(1);
    queue.stall("a");
    await time.sleep(999);
    expect(queue.counts.leased).toBe(1);
    await time.sleep(1);
    expect(queue.counts).toMatchObject({ leased: 0, ready: 1 });
    expect(context.cause(delivery?.ctx as Context)).toBeInstanceOf(LeaseLost);
  }));

test("a refused reply is false, and the job is delivered again", () =>
  inBubble(async () => {
    const queue = memoryQueue<string, string>();
    await queue.send("job", "a");
    const source = queue.deliveries();
    const first = await source.next(background);
    queue.refuse("a");
    expect(await first?.ack("first")).toBe(false);
    const second = await source.next(background);
    expect(second).toMatchObject({ id: "a", attempt: 2, stalls: 1 });
    expect(await second?.ack("second")).toBe(true);
  }));

test("a job that is delivered twice runs twice at the same time, and has one outcome", () =>
  inBubble(async () => {
    const queue = memoryQueue<string, number>();
    let calls = 0;
    const gate = new Channel<never>();
    const f = async (): Promise<number> => {
      const call = ++calls;
      await gate.receive();
      return call;
    };
    await queue.send("job", "a");
    await using pool = new WorkerPool(f, { workers: 2, source: queue.deliveries() });
    await waitUntilBlocked();
    queue.deliverTwice("a");
    await waitUntilBlocked();
    expect(calls).toBe(2);
    gate.close();
    await pool.onIdle();
    expect(queue.counts).toEqual({ ready: 0, delayed: 0, leased: 0, done: 1, failed: 0 });
    const [ctx, cancel] = context.withCancel(background);
    for await (const { value } of queue.outcomes(ctx)) {
      expect(value).toBe(2);
      cancel();
    }
  }));

describe("the depth", () => {
  test("blocks a sender until a job is delivered", () =>
    inBubble(async () => {
      const queue = memoryQueue<number, void>({ depth: 2 });
      const source = queue.deliveries();
      let sent = 0;
      const sending = (async () => {
        for (let n = 1; n <= 4; n++) {
          await queue.send(n);
          sent++;
        }
      })();
      await waitUntilBlocked();
      expect(sent).toBe(2);
      await source.next(background);
      await waitUntilBlocked();
      expect(sent).toBe(3);
      await source.next(background);
      await sending;
      expect(queue.counts).toMatchObject({ ready: 2, leased: 2 });
    }));

  test("blocks the channel of the jobs", () =>
    inBubble(async () => {
      const queue = memoryQueue<number, void>({ depth: 1, id: (n) => `job-${n}` });
      const jobs = queue.jobs(background);
      await jobs.send(1);
      await waitUntilBlocked();
      expect(jobs.trySend(2)).toBe(false);
      const delivery = await queue.deliveries().next(background);
      expect(delivery?.id).toBe("job-1");
      await jobs.send(2);
      jobs.close();
      await (await queue.deliveries().next(background))?.ack();
    }));
});

test("the channel of the jobs ends with its context", () =>
  inBubble(async () => {
    const queue = memoryQueue<number, void>();
    const [ctx, cancel] = context.withCancel(background);
    const jobs = queue.jobs(ctx);
    cancel();
    await waitUntilBlocked();
    expect(jobs.trySend(1)).toBe(false);
  }));

test("an outage fails each next until it ends", () =>
  inBubble(async () => {
    const queue = memoryQueue<number, void>();
    const source = queue.deliveries();
    const outage = new Error("connection lost");
    const waiting = source.next(background).catch((error: unknown) => error);
    await waitUntilBlocked();
    queue.fail(outage);
    expect(await waiting).toBe(outage);
    await expect(source.next(background)).rejects.toBe(outage);
    queue.fail(undefined);
    await queue.send(1);
    expect(await source.next(background)).toMatchObject({ job: 1 });
  }));

test("a fault of a job that is not leased is a TypeError", () => {
  const queue = memoryQueue<number, void>();
  for (const fault of ["loseLease", "stall", "refuse", "deliverTwice"] as const) {
    expect(() => queue[fault]("a")).toThrow(
      new TypeError(`MemoryQueue.${fault}: the job a must be leased; it is unknown`),
    );
  }
});

test.each<[MemoryQueueOptions<number>, string]>([
  [{ lease: -1 }, "memoryQueue: lease must be a number, 0 or more, got -1"],
  [{ depth: 0 }, "memoryQueue: depth must be a whole number, 1 or more, got 0"],
  [{ retry: -1 }, "memoryQueue: retry.retries must be a whole number, 0 or more, got -1"],
  [{ maxStalls: 1.5 }, "memoryQueue: maxStalls must be a whole number, 0 or more, got 1.5"],
  [{ leases: 5 } as MemoryQueueOptions<number>, "memoryQueue: unknown option leases"],
])("the options %j are refused", (options, problem) => {
  expect(() => memoryQueue(options)).toThrow(problem);
});
