// Queues of goro/bullmq on real servers, which this file starts itself. Without a server, its tests are skipped by name.

import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { type Context, context, PanicError, select, send } from "goro";
import { type JobQueue, queue, type QueueOptions, type QueueOutcome } from "goro/bullmq";
import type { JobDelivery, JobSource } from "../../src/pool/source.ts";
import { describeOn } from "../support/engine-tests.ts";
import { engines, type TestServer } from "../support/servers.ts";

type Job = { readonly n: number };
type Delivered = JobDelivery<Job, number>;

const background = context.background();

/** A lease that is lost, in milliseconds: a busy machine may stop the process for several hundred. */
const lease = 1000;

async function take<J, R>(source: JobSource<J, R>, ctx: Context = background): Promise<JobDelivery<J, R>> {
  const delivery = await source.next(ctx);
  if (delivery === undefined) throw new Error("the source has ended");
  return delivery;
}

async function firstOutcomes(jobs: JobQueue<Job, number>, count: number): Promise<QueueOutcome<Job, number>[]> {
  const outcomes: QueueOutcome<Job, number>[] = [];
  for await (const outcome of jobs.outcomes()) if (outcomes.push(outcome) === count) break;
  return outcomes;
}

/** Blocks the event loop, so that no lease is renewed. */
function block(ms: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);
}

for (const engine of engines) {
  describeOn(engine, "", () => {
    let server: TestServer;
    let queues = 0;

    function makeQueue(options: Partial<QueueOptions<Job>> = {}, url: string = server.url): JobQueue<Job, number> {
      const base = { outcomes: true, sweep: 50, ...options };
      return queue(`q${queues++}`, engine.name === "redis" ? { ...base, redis: url } : { ...base, postgres: url });
    }

    beforeAll(async () => {
      server = await engine.start();
      await makeQueue().migrate();
    });

    afterAll(() => server.stop());

    test("a job is sent, delivered and acknowledged, and its outcome is read", async () => {
      const squares = makeQueue();
      const jobs = squares.jobs();
      await jobs.send({ n: 7 });
      expect(await squares.counts()).toMatchObject({ waiting: 1, active: 0 });
      const source = squares.deliveries();
      const delivery = await take(source);
      expect(delivery).toMatchObject({ job: { n: 7 }, attempt: 1, stalls: 0 });
      expect(await squares.counts()).toMatchObject({ waiting: 0, active: 1 });
      expect(await delivery.ack(49)).toBe(true);
      expect(await delivery.ack(50)).toBe(false);
      expect(await squares.counts()).toMatchObject({ waiting: 0, active: 0, done: 1 });
      expect(await firstOutcomes(squares, 1)).toEqual([
        { id: delivery.id, job: { n: 7 }, attempts: 1, status: "done", value: 49 },
      ]);
      jobs.close();
      await source.close();
    });

    test("a job is taken only for a call of next, also by the request that acknowledges another one", async () => {
      const numbers = makeQueue({ outcomes: false });
      const jobs = numbers.jobs();
      for (const n of [1, 2, 3]) await jobs.send({ n });
      const source = numbers.deliveries();
      const first = await take(source);
      expect(await numbers.counts()).toMatchObject({ waiting: 2, active: 1 });
      const [, second] = await Promise.all([first.ack(1), take(source)]);
      expect(second.job).toEqual({ n: 2 });
      await second.ack(2);
      expect(await numbers.counts()).toMatchObject({ waiting: 1, active: 0, done: 2 });
      jobs.close();
      await source.close();
    });

    test("calls of next that wait get the jobs that are sent later, in their order", async () => {
      const numbers = makeQueue();
      const source = numbers.deliveries();
      const calls = [1, 2, 3].map(() => take(source));
      const jobs = numbers.jobs();
      for (const n of [1, 2, 3]) await jobs.send({ n });
      const taken: Delivered[] = await Promise.all(calls);
      expect(taken.map(({ job }) => job.n)).toEqual([1, 2, 3]);
      await Promise.all(taken.map((delivery) => delivery.ack(0)));
      jobs.close();
      await source.close();
    });

    test("a failed job is delivered again as often as its queue retries, and then has one outcome", async () => {
      const flaky = makeQueue({ retry: { retries: 1, delay: 1 } });
      const jobs = flaky.jobs();
      await jobs.send({ n: 1 });
      const source = flaky.deliveries();
      for (const attempt of [1, 2]) {
        const delivery = await take(source);
        expect(delivery.attempt).toBe(attempt);
        expect(await delivery.nack(new TypeError(`failure ${attempt}`))).toBe(true);
      }
      const [outcome] = await firstOutcomes(flaky, 1);
      expect(outcome).toMatchObject({ status: "failed", attempts: 2, job: { n: 1 } });
      expect(String(outcome?.error)).toBe("TypeError: failure 2");
      expect(await flaky.counts()).toMatchObject({ waiting: 0, delayed: 0, active: 0, failed: 1 });
      jobs.close();
      await source.close();
    });

    test("shouldRetry of the worker ends the retries", async () => {
      const flaky = makeQueue({ retry: { retries: 5, shouldRetry: (error) => error.message !== "permanent" } });
      const jobs = flaky.jobs();
      await jobs.send({ n: 1 });
      const source = flaky.deliveries();
      await (await take(source)).nack(new Error("permanent"));
      expect(await flaky.counts()).toMatchObject({ waiting: 0, delayed: 0, failed: 1 });
      jobs.close();
      await source.close();
    });

    test("a job that is given back is delivered again and has used no retry", async () => {
      const numbers = makeQueue({ retry: 0 });
      const jobs = numbers.jobs();
      await jobs.send({ n: 1 });
      const source = numbers.deliveries();
      expect(await (await take(source)).release()).toBe(true);
      const again = await take(source);
      expect(again).toMatchObject({ attempt: 2, stalls: 0 });
      expect(await again.ack(1)).toBe(true);
      jobs.close();
      await source.close();
    });

    test("a lost lease cancels the delivery, and the result of the next delivery counts", async () => {
      const numbers = makeQueue({ lease });
      const jobs = numbers.jobs();
      await jobs.send({ n: 1 });
      const source = numbers.deliveries();
      const lost = await take(source);
      const next = take(source);
      block(lease * 1.5);
      const again = await next;
      expect(again).toMatchObject({ id: lost.id, attempt: 2, stalls: 1 });
      expect(context.cause(lost.ctx)?.name).toBe("LeaseLost");
      expect(await lost.ack(-1)).toBe(false);
      expect(await again.ack(1)).toBe(true);
      expect(await firstOutcomes(numbers, 1)).toMatchObject([{ id: lost.id, value: 1 }]);
      jobs.close();
      await source.close();
    });

    test("a job that stalls more often than maxStalls has failed, and is not delivered", async () => {
      const poison = makeQueue({ lease, maxStalls: 0 });
      const jobs = poison.jobs();
      await jobs.send({ n: 1 });
      const source = poison.deliveries();
      await take(source);
      const next = take(source);
      block(lease * 1.5);
      const [outcome] = await firstOutcomes(poison, 1);
      expect(outcome?.error?.message).toBe("the lease of the job ran out 1 times; maxStalls is 0");
      await jobs.send({ n: 2 });
      expect((await next).job).toEqual({ n: 2 });
      jobs.close();
      await source.close();
    });

    test("close gives back the jobs that are held, and ends calls of next", async () => {
      const numbers = makeQueue({ lease: 60_000 });
      const jobs = numbers.jobs();
      await jobs.send({ n: 1 });
      const source = numbers.deliveries();
      const held = await take(source);
      const next = source.next(background);
      await source.close();
      expect(await next).toBeUndefined();
      expect(await source.next(background)).toBeUndefined();
      expect(context.cause(held.ctx)?.name).toBe("Stopping");
      expect(await held.ack(1)).toBe(false);
      const other = numbers.deliveries();
      expect(await take(other)).toMatchObject({ id: held.id, attempt: 2, stalls: 0 });
      jobs.close();
      await other.close();
    });

    test("a canceled call of next rejects with the cause, and takes no job", async () => {
      const numbers = makeQueue();
      const source = numbers.deliveries();
      const [ctx, cancel] = context.withCancelCause(background);
      const call = source.next(ctx);
      cancel(new Error("not needed"));
      await expect(call).rejects.toThrow("not needed");
      const jobs = numbers.jobs();
      await jobs.send({ n: 1 });
      const other = numbers.deliveries();
      expect((await take(other)).job).toEqual({ n: 1 });
      jobs.close();
      await Promise.all([source.close(), other.close()]);
    });

    test("a result that is not plain data is a failed outcome with the path of the property", async () => {
      const numbers = makeQueue({ retry: 3 });
      const jobs = numbers.jobs();
      await jobs.send({ n: 1 });
      const source = numbers.deliveries();
      await (await take(source)).ack({ at: [new Map()] } as never);
      const [outcome] = await firstOutcomes(numbers, 1);
      expect(String(outcome?.error)).toBe(
        "TypeError: WorkerPool: the result.at[0] must be plain JSON data, got an object of the class Map",
      );
      jobs.close();
      await source.close();
    });

    test("a send waits while the queue is full", async () => {
      const numbers = makeQueue({ depth: 4 });
      const jobs = numbers.jobs();
      const sends = [1, 2, 3, 4, 5, 6].map((n) => jobs.send({ n }));
      await Promise.all(sends.slice(0, 4));
      expect([jobs.length, jobs.capacity, jobs.trySend({ n: 7 })]).toEqual([2, 4, false]);
      expect(await numbers.counts()).toMatchObject({ waiting: 4 });
      const source = numbers.deliveries();
      for (const n of [1, 2, 3, 4, 5, 6]) {
        const delivery = await take(source);
        expect(delivery.job).toEqual({ n });
        await delivery.ack(n);
      }
      await Promise.all(sends);
      jobs.close();
      await source.close();
    });

    test("a job with the id of another one is not stored", async () => {
      const numbers = makeQueue({ id: ({ n }) => `number-${n}` });
      const jobs = numbers.jobs();
      for (const n of [1, 2, 1]) await jobs.send({ n });
      expect(await numbers.counts()).toMatchObject({ waiting: 2 });
      const source = numbers.deliveries();
      expect((await take(source)).id).toBe("number-1");
      jobs.close();
      await source.close();
    });

    test("the job with the greatest priority is delivered first, and the earliest of equals", async () => {
      const numbers = makeQueue({ priority: ({ n }) => n % 10 });
      const jobs = numbers.jobs();
      for (const n of [0, 2, 1, 12]) await jobs.send({ n });
      const source = numbers.deliveries();
      const order: number[] = [];
      for (let i = 0; i < 4; i++) order.push((await take(source)).job.n);
      expect(order).toEqual([2, 12, 1, 0]);
      jobs.close();
      await source.close();
    });

    test("select sends to the channel of jobs, and flush waits until the job is stored", async () => {
      const numbers = makeQueue();
      const jobs = numbers.jobs();
      const s = await select({ sent: send(jobs, { n: 1 }) });
      await jobs.flush();
      expect(s.case).toBe("sent");
      expect(await numbers.counts()).toMatchObject({ waiting: 1 });
      jobs.close();
    });

    test("a closed channel of jobs stores the sends that wait, and panics for others", async () => {
      const numbers = makeQueue();
      const jobs = numbers.jobs();
      const sent = jobs.send({ n: 1 });
      jobs.close();
      await sent;
      await expect(jobs.send({ n: 2 })).rejects.toThrow(PanicError);
      expect(() => jobs.trySend({ n: 2 })).toThrow("send on closed channel");
      expect(() => jobs.close()).toThrow("close of closed channel");
      expect(await numbers.counts()).toMatchObject({ waiting: 1 });
    });

    test("the cancellation of the context rejects sends that wait", async () => {
      const numbers = makeQueue({ depth: 1 });
      const [ctx, cancel] = context.withCancelCause(background);
      const jobs = numbers.jobs(ctx);
      await jobs.send({ n: 1 });
      const waiting = jobs.send({ n: 2 });
      cancel(new Error("shutdown"));
      await expect(waiting).rejects.toThrow("shutdown");
      await expect(jobs.send({ n: 3 })).rejects.toThrow("shutdown");
    });

    test("outcomes end when their context is canceled", async () => {
      const [ctx, cancel] = context.withCancel(background);
      const outcomes = makeQueue().outcomes(ctx);
      const step = outcomes.next();
      cancel();
      expect(await step).toEqual({ value: undefined, done: true });
    });

    if (engine.name === "postgres") {
      test("a worker whose clock differs from that of Postgres gets no jobs", async () => {
        const numbers = makeQueue({ lease: 10_000 });
        const source = numbers.deliveries();
        const { now } = Date;
        Date.now = () => now() + 60_000;
        try {
          await expect(source.next(background)).rejects.toThrow(
            /^the clock of this machine .* differ by (59|60)\d{3} ms/,
          );
        } finally {
          Date.now = now;
        }
        await source.close();
      });

      test("a database without tables is reported by next and by send", async () => {
        const numbers = makeQueue({}, server.url.replace(/jobs$/, "postgres"));
        const source = numbers.deliveries();
        await expect(source.next(background)).rejects.toThrow(/migrat/i);
        const jobs = numbers.jobs();
        await expect(jobs.send({ n: 1 })).rejects.toThrow(/migrat/i);
        jobs.close();
        await source.close();
      });
    }
  });
}
