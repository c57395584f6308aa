// The events of jobs and panics on the diagnostics channels of Node.

import { AsyncLocalStorage } from "node:async_hooks";
import diagnostics from "node:diagnostics_channel";
import { afterEach, expect, test } from "@jest/globals";
import { Channel, context, go, runPool, WorkerPool } from "goro";
import { bubble } from "goro/testing";

type Message = Record<string, unknown>;
type Handlers = Parameters<typeof jobs.subscribe>[0];

const jobs = diagnostics.tracingChannel<string, Message>("goro.pool.job");
const undo: (() => void)[] = [];

afterEach(() => undo.splice(0).forEach((f) => f()));

/** Subscribes to all events of jobs, until the end of the test, and returns them as they come. */
function record(): [event: string, message: Message][] {
  const events: [string, Message][] = [];
  const of = (name: string) => (message: unknown) => {
    events.push([name, { ...(message as Message) }]);
  };
  const handlers = {
    start: of("start"),
    end: of("end"),
    asyncStart: of("asyncStart"),
    asyncEnd: of("asyncEnd"),
    error: of("error"),
  } as unknown as Handlers;
  jobs.subscribe(handlers);
  undo.push(() => {
    jobs.unsubscribe(handlers);
  });
  return events;
}

test("a job has events with its function, value, worker and attempt, and then its result", async () => {
  const events = record();
  await using pool = new WorkerPool(
    async function double(_ctx, n: number) {
      return 2 * n;
    },
    { workers: 1 },
  );
  expect(await pool.run(21)).toBe(42);
  const job = { name: "double", job: 21, worker: 1, attempt: 1 };
  expect(events).toEqual([
    ["start", job],
    ["end", job],
    ["asyncStart", { ...job, result: 42 }],
    ["asyncEnd", { ...job, result: 42 }],
  ]);
});

test.each([
  [
    "throws",
    () => {
      throw new Error("broken");
    },
  ],
  ["rejects", () => Promise.reject(new Error("broken"))],
])("each attempt of a function that %s has its own events, with the error", async (_name, f) => {
  await bubble(async () => {
    const events = record();
    const pool = new WorkerPool(f, { workers: 1, retry: { retries: 1, delay: 10 } });
    await expect(pool.run(1)).rejects.toThrow("broken");
    await pool.stop();
    const errors = events.filter(([event]) => event === "error");
    expect(errors.map(([, { attempt, error }]) => [attempt, (error as Error).message])).toEqual([
      [1, "broken"],
      [2, "broken"],
    ]);
  });
});

test("runPool has the same events", async () => {
  const events = record();
  const input = new Channel<number>(2);
  for (const n of [1, 2]) await input.send(n);
  input.close();
  const output = new Channel<unknown>(2);
  await runPool(context.background(), input, output as never, async (_ctx, n: number) => n, { workers: 1 });
  expect(events.filter(([event]) => event === "start").map(([, { job }]) => job)).toEqual([1, 2]);
});

test("a store that is bound to the start is that of the function, whose parent is the store of the caller", async () => {
  const spans = new AsyncLocalStorage<string>();
  record();
  const { start } = jobs;
  start.bindStore(spans, (message) => `${spans.getStore() ?? "none"} > job ${String(message["job"])}`);
  undo.push(() => void start.unbindStore(spans));
  const seen: (string | undefined)[] = [];
  await using pool = new WorkerPool(
    async (_ctx, n: number) => {
      seen.push(spans.getStore());
      await Promise.resolve();
      seen.push(spans.getStore());
      return n;
    },
    { workers: 1 },
  );
  const request = spans.run("request", () => pool.run(1));
  await Promise.all([request, pool.run(2)]);
  expect(seen).toEqual(["request > job 1", "request > job 1", "none > job 2", "none > job 2"]);
});

test("a pool without subscribers publishes nothing, also to one that comes later", async () => {
  await using pool = new WorkerPool(async (_ctx, n: number) => n, { workers: 1 });
  await pool.run(1);
  const events = record();
  await pool.run(2);
  expect(new Set(events.map(([, { job }]) => job))).toEqual(new Set([2]));
});

test("a panic is published with its error and goroutine", async () => {
  const panics: unknown[] = [];
  const listener = (message: unknown): void => void panics.push(message);
  diagnostics.subscribe("goro.panic", listener);
  undo.push(() => void diagnostics.unsubscribe("goro.panic", listener));
  const failure = new Error("broken");
  await expect(
    bubble(async () => {
      go(async function worker() {
        throw failure;
      });
      await new Channel().receive();
    }),
  ).rejects.toThrow("broken");
  expect(panics).toEqual([{ error: failure, goroutine: { id: expect.any(Number), name: "worker" } }]);
});
