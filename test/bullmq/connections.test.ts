// What the connections of goro/bullmq do on real servers: servers that cannot be reached, refuse or lose something, clients of the user,
// and the number of requests.

import { createRequire } from "node:module";
import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { createPostgresBackend, Queue } from "bullmq";
import { context, type JobDelivery, type JobSource, WorkerPool } from "goro";
import { type JobQueue, queue, type QueueOptions } from "goro/bullmq";
import type * as ioredis from "ioredis";
import type * as postgres from "pg";
import { resolveQueueOptions } from "../../src/bullmq/options.ts";
import { WorkerConnection } from "../../src/bullmq/worker-connection.ts";
import { describeOn } from "../support/engine-tests.ts";
import { engines, type TestServer } from "../support/servers.ts";

// As BullMQ loads them.
const require = createRequire(import.meta.url);
const { Redis } = require("ioredis") as typeof ioredis;
const pg = require("pg") as typeof postgres;

type Job = { readonly n: number };
type Options = Partial<QueueOptions<Job>>;
type Numbers = JobQueue<Job, number>;

const background = context.background();

async function take<J, R>(source: JobSource<J, R>): Promise<JobDelivery<J, R>> {
  const delivery = await source.next(background);
  if (delivery === undefined) throw new Error("the source has ended");
  return delivery;
}

for (const engine of engines) {
  const isRedis = engine.name === "redis";

  describeOn(engine, "", () => {
    let server: TestServer;
    let queues = 0;

    function optionsOf(options: Options, url: string = server.url): QueueOptions<Job> {
      return isRedis ? { sweep: 50, redis: url, ...options } : { sweep: 50, postgres: url, ...options };
    }

    function makeQueue(options: Options = {}, url?: string): Numbers {
      return queue(`c${queues++}`, optionsOf(options, url));
    }

    beforeAll(async () => {
      server = await engine.start();
      await makeQueue().migrate();
    });

    afterAll(() => server.stop());

    /** A port on which no server listens. */
    const unreachable = isRedis ? "redis://127.0.0.1:1" : "postgres://goro:goro@127.0.0.1:1/jobs";

    test("a send to a server that cannot be reached waits until its context ends, and the error is reported", async () => {
      const errors: Error[] = [];
      const numbers = makeQueue({ onError: (error) => errors.push(error) }, unreachable);
      const [ctx, cancel] = context.withTimeout(background, 300);
      const jobs = numbers.jobs(ctx);
      await expect(jobs.send({ n: 1 })).rejects.toBeInstanceOf(context.DeadlineExceeded);
      expect(errors[0]).toMatchObject({ code: "ECONNREFUSED" });
      expect(jobs.length).toBe(0);
      cancel();
    });

    test("a source that has not reached its server is closed at once", async () => {
      const source = makeQueue({ onError: () => undefined }, unreachable).deliveries();
      const next = source.next(background).catch((error: unknown) => error);
      await source.close();
      const end = (await next) as { readonly code?: string } | undefined;
      expect(["ECONNREFUSED", undefined]).toContain(end?.code);
      expect(await source.next(background)).toBeUndefined();
    });

    test("the client of the user is shared, and stays connected", async () => {
      const client = isRedis ? new Redis(server.url, { maxRetriesPerRequest: null }) : newPool("-c search_path=bullmq");
      const numbers = makeQueue({ outcomes: true, ...(isRedis ? { redis: client } : { postgres: client }) });
      const jobs = numbers.jobs();
      await jobs.send({ n: 1 });
      const source = numbers.deliveries();
      expect(await (await take(source)).ack(1)).toBe(true);
      for await (const { value } of numbers.outcomes()) {
        expect(value).toBe(1);
        break;
      }
      expect(await numbers.counts()).toMatchObject({ done: 1 });
      jobs.close();
      await source.close();
      if (client instanceof Redis) {
        expect(await client.ping()).toBe("PONG");
        await client.quit();
      } else {
        expect((await client.query("SELECT 1 AS one")).rows).toEqual([{ one: 1 }]);
        await client.end();
      }
    });

    test("a job that is completed although the response was lost is acknowledged by the second request", async () => {
      const numbers = makeQueue();
      const jobs = numbers.jobs();
      await jobs.send({ n: 1 });
      const source = numbers.deliveries();
      const delivery = await take(source);
      const { token } = delivery as unknown as { token: string };
      const other = engineQueue(numbers.name);
      await (await other.getJob(delivery.id))?.moveToCompleted(1, token, false);
      await other.close();
      expect(await delivery.ack(1)).toBe(true);
      jobs.close();
      await source.close();
    });

    test.each([
      ["a lost job whose result would be kept is not acknowledged, and is reported", 60_000, false],
      ["a job that is not in its queue is acknowledged if results are not kept", 0, true],
    ])("%s", async (_title, done, isAcknowledged) => {
      const errors: Error[] = [];
      const numbers = makeQueue({ keep: { done }, onError: (error) => errors.push(error) });
      const jobs = numbers.jobs();
      await jobs.send({ n: 1 });
      const source = numbers.deliveries();
      const delivery = await take(source);
      if (isRedis) {
        const redis = new Redis(server.url);
        await redis.flushall();
        await redis.quit();
      } else await query("DELETE FROM bullmq.job WHERE queue = $1", [numbers.name]);
      expect(await delivery.ack(1)).toBe(isAcknowledged);
      expect(errors.map(({ message }) => message)).toEqual(
        isAcknowledged
          ? []
          : [`job ${delivery.id} is not in its queue: the server has lost data, or the job was removed`],
      );
      jobs.close();
      await source.close();
    });

    test("outcomes that are not read for longer than keep.outcomes are removed and reported", async () => {
      let report: (error: Error) => void = () => undefined;
      const removed = new Promise<Error>((resolve) => (report = resolve));
      const numbers = makeQueue({ outcomes: true, keep: { outcomes: 1000 }, onError: (error) => report(error) });
      const jobs = numbers.jobs();
      const source = numbers.deliveries();
      for (const n of [1, 2]) await jobs.send({ n });
      for (const n of [1, 2]) await (await take(source)).ack(n);
      expect((await removed).message).toMatch(
        /^outcomes that were not read for 1000 ms have been removed \(batches: [12]\)$/,
      );
      jobs.close();
      await source.close();
    });

    test("a sweep removes the jobs that have been done for keep.done, and no others", async () => {
      const [brief, long] = [300, 60_000].map((done) => makeQueue({ keep: { done } })) as [Numbers, Numbers];
      const sources = await Promise.all(
        [brief, long].map(async (numbers) => {
          const jobs = numbers.jobs();
          await Promise.all([1, 2].map((n) => jobs.send({ n })));
          jobs.close();
          const source = numbers.deliveries();
          await (await take(source)).ack(1);
          return source;
        }),
      );
      while ((await brief.counts()).done > 0) await new Promise((resolve) => setTimeout(resolve, 20));
      expect(await brief.counts()).toMatchObject({ waiting: 1, done: 0 });
      expect(await long.counts()).toMatchObject({ waiting: 1, done: 1 });
      await Promise.all(sources.map((source) => source.close()));
    });

    test("no more jobs than the rate are taken in its time", async () => {
      const resolved = resolveQueueOptions(`c${queues++}`, optionsOf({ rate: 0.05 }));
      const jobs = queue<Job>(resolved.name, optionsOf({})).jobs();
      await Promise.all([1, 2].map((n) => jobs.send({ n })));
      const connection = new WorkerConnection(resolved);
      await connection.ready();
      expect((await connection.fetch()).job?.data).toEqual({ n: 1 });
      const { job, limitedFor } = await connection.fetch();
      expect(job).toBeUndefined();
      expect(limitedFor).toBeGreaterThan(0);
      expect(limitedFor).toBeLessThanOrEqual(20_000);
      jobs.close();
      await connection.close();
    });

    test("a source with a rate delivers the jobs that have to wait", async () => {
      const numbers = makeQueue({ rate: 20 });
      const jobs = numbers.jobs();
      await Promise.all(Array.from({ length: 30 }, (_, n) => jobs.send({ n })));
      const source = numbers.deliveries();
      for (let n = 0; n < 30; n++) expect(await (await take(source)).ack(n)).toBe(true);
      jobs.close();
      await source.close();
    });

    if (isRedis) {
      test("a job costs one request, which acknowledges the previous one", async () => {
        const numbers = makeQueue({ sweep: 60_000 });
        const jobs = numbers.jobs();
        const count = 40;
        await Promise.all(Array.from({ length: count }, (_, n) => jobs.send({ n })));
        jobs.close();
        const redis = new Redis(server.url);
        await redis.config("RESETSTAT");
        let done = 0;
        let finish: () => void = () => undefined;
        const finished = new Promise<void>((resolve) => (finish = resolve));
        const pool = new WorkerPool(
          (_ctx, job: Job) => {
            if (++done === count) finish();
            return job.n;
          },
          { workers: 1, source: numbers.deliveries() },
        );
        await finished;
        await pool.stop();
        const [, calls] = /cmdstat_evalsha:calls=(\d+)/.exec(await redis.info("commandstats")) ?? [];
        // Besides: the first request, one sweep, and scripts that the server has to load first.
        expect(Number(calls)).toBeLessThan(count + 8);
        await redis.quit();
      });

      test("a job that arrives while many calls of next wait costs few requests", async () => {
        const numbers = makeQueue({ sweep: 60_000 });
        const jobs = numbers.jobs();
        const source = numbers.deliveries();
        await jobs.send({ n: 0 });
        await (await take(source)).ack(0);
        const calls = Array.from({ length: 50 }, () => take(source));
        const redis = new Redis(server.url);
        // Until the loop of the source waits for a signal.
        while (!String(await redis.client("LIST")).includes("cmd=bzpopmin"));
        await redis.config("RESETSTAT");
        for (const call of calls.slice(0, 10)) {
          await jobs.send({ n: 1 });
          await call;
        }
        const [, requests] = /cmdstat_evalsha:calls=(\d+)/.exec(await redis.info("commandstats")) ?? [];
        // A job is sent and taken, the length of the queue is read, and two requests find nothing.
        expect(Number(requests)).toBeLessThan(10 * 8);
        await redis.quit();
        jobs.close();
        await Promise.allSettled([...calls, source.close()]);
      });

      test("a reader of outcomes waits once for those that are stored within a short time", async () => {
        const resolved = resolveQueueOptions<Job>(`c${queues++}`, optionsOf({ outcomes: true, sweep: 60_000 }));
        const outcomes = queue<Job, number>(resolved.name, optionsOf({ outcomes: true, sweep: 60_000 })).outcomes();
        const worker = new WorkerConnection(resolved);
        await worker.ready();
        const store = (n: number): Promise<void> =>
          worker.storeOutcomes(JSON.stringify([{ id: String(n), job: { n }, attempts: 1, value: n }]));
        const first = outcomes.next();
        await store(0);
        await first;
        const redis = new Redis(server.url);
        await redis.config("RESETSTAT");
        const count = 200;
        const read: string[] = [];
        const reading = (async () => {
          for (let n = 1; n < count; n++) read.push(((await outcomes.next()).value as { id: string }).id);
        })();
        for (let n = 1; n < count; n++) await store(n);
        await reading;
        const [, waits = 0] = /cmdstat_bzpopmin:calls=(\d+)/.exec(await redis.info("commandstats")) ?? [];
        expect(Number(waits)).toBeLessThan(count / 3);
        expect(read.toSorted()).toEqual(Array.from({ length: count - 1 }, (_, i) => String(i + 1)).toSorted());
        await redis.quit();
        await worker.close();
        await outcomes.return();
      });

      test("the password of the URL is used, and a refusal is reported by send", async () => {
        const redis = new Redis(server.url);
        await redis.config("SET", "requirepass", "secret");
        try {
          const withPassword = makeQueue({}, server.url.replace("redis://", "redis://:secret@"));
          const jobs = withPassword.jobs();
          await jobs.send({ n: 1 });
          jobs.close();
          const refused = makeQueue({ onError: () => undefined }).jobs();
          await expect(refused.send({ n: 1 })).rejects.toThrow("NOAUTH");
          refused.close();
        } finally {
          await redis.config("SET", "requirepass", "");
          await redis.quit();
        }
      });
    } else {
      test("of a request for several jobs, only the send whose job is refused is rejected", async () => {
        const numbers = makeQueue({ id: ({ n }) => `number-${n}` });
        await query(`ALTER TABLE bullmq.job ADD CONSTRAINT c CHECK (queue <> '${numbers.name}' OR id <> 'number-3')`);
        const jobs = numbers.jobs();
        const sends = [1, 2, 3, 4, 5].map((n) => jobs.send({ n }));
        const ends = await Promise.allSettled(sends);
        expect(ends.map(({ status }) => status)).toEqual([
          "fulfilled",
          "fulfilled",
          "rejected",
          "fulfilled",
          "fulfilled",
        ]);
        expect(await numbers.counts()).toMatchObject({ waiting: 4 });
        await query("ALTER TABLE bullmq.job DROP CONSTRAINT c");
        jobs.close();
      });

      test("the text of an error that Postgres does not store is replaced", async () => {
        const numbers = makeQueue({ outcomes: true });
        const jobs = numbers.jobs();
        await jobs.send({ n: 1 });
        const source = numbers.deliveries();
        expect(await (await take(source)).nack(new Error("a\0b\uD800"))).toBe(true);
        for await (const { error } of numbers.outcomes()) {
          expect(error?.message).toBe("a\uFFFDb\uFFFD");
          break;
        }
        jobs.close();
        await source.close();
      });

      test("a pool that does not find the tables is refused with the option to write", async () => {
        const pool = newPool("");
        const source = makeQueue({ postgres: pool }).deliveries();
        await expect(source.next(background)).rejects.toThrow(
          'create it with the option options: "-c search_path=bullmq"',
        );
        await source.close();
        await pool.end();
      });

      test("the jobs of a paused queue count against the depth", async () => {
        const numbers = makeQueue();
        const jobs = numbers.jobs();
        await jobs.send({ n: 1 });
        const other = engineQueue(numbers.name);
        await other.pause();
        expect(await numbers.counts()).toMatchObject({ waiting: 1 });
        await other.close();
        jobs.close();
      });

      test("a release after the lease was lost returns false", async () => {
        const resolved = resolveQueueOptions(`c${queues++}`, optionsOf({}));
        const numbers = queue<Job>(resolved.name, optionsOf({}));
        const jobs = numbers.jobs();
        await jobs.send({ n: 1 });
        const connection = new WorkerConnection(resolved);
        await connection.ready();
        const { job } = await connection.fetch();
        await query("UPDATE bullmq.job SET locked_until_ms = 0 WHERE queue = $1", [numbers.name]);
        const source = numbers.deliveries();
        const again = await take(source);
        expect(again).toMatchObject({ attempt: 2, stalls: 1 });
        expect(job === undefined || (await connection.release(job))).toBe(false);
        expect(await again.ack(undefined)).toBe(true);
        jobs.close();
        await Promise.all([source.close(), connection.close()]);
      });
    }

    /** The same queue, as programs that use BullMQ see it. */
    function engineQueue(name: string): Queue {
      if (isRedis) return new Queue(name, { connection: { url: server.url } });
      const connection = { connectionString: server.url };
      return new Queue(name, { connection }, createPostgresBackend as never);
    }

    function newPool(options: string): InstanceType<typeof pg.Pool> {
      return new pg.Pool({ connectionString: server.url, options });
    }

    async function query(text: string, values: unknown[] = []): Promise<void> {
      const pool = newPool("");
      await pool.query(text, values);
      await pool.end();
    }
  });
}
