// What the hooks report of the jobs of a pool, and how they see the function of a job.

import { AsyncLocalStorage } from "node:async_hooks";
import { afterEach, expect, test } from "@jest/globals";
import { addHooks } from "../../src/runtime/hooks.ts";
import { Channel, context, type JobOutcome, runPool, time, WorkerPool } from "goro";
import { inBubble } from "../support/contexts.ts";

let remove = (): void => undefined;
afterEach(() => remove());

interface Report {
  readonly pool: { readonly name: string };
  readonly input: unknown;
  readonly step: string;
  readonly status: string | undefined;
}

function record(): Report[] {
  const reports: Report[] = [];
  remove = addHooks({
    jobEvent(pool, job, step) {
      reports.push({ pool, input: Reflect.get(job, "input"), step, status: job.outcome?.status });
    },
  });
  return reports;
}

const steps = (reports: readonly Report[]): string[] =>
  reports.map(({ input, step, status }) => `${String(input)} ${step}${status === undefined ? "" : ` ${status}`}`);

async function half(_ctx: unknown, n: number): Promise<number> {
  await time.sleep(1);
  if (n % 2 === 1) throw new Error("odd");
  return n / 2;
}

test("each job of a WorkerPool is accepted, started and finished", () =>
  inBubble(async () => {
    const reports = record();
    const pool = new WorkerPool(half, { workers: 1 });
    await Promise.allSettled([pool.run(2), pool.run(3)]);
    await pool.stop();
    expect(steps(reports)).toEqual(["2 accept", "2 start", "2 finish done", "3 accept", "3 start", "3 finish failed"]);
    expect(reports[0]?.pool.name).toBe("half");
    expect(new Set(reports.map((report) => report.pool)).size).toBe(1);
  }));

test("a queued job that is canceled is finished without a start", () =>
  inBubble(async () => {
    const reports = record();
    const pool = new WorkerPool(half, { workers: 1, queueSize: 1 });
    const [, second] = [await pool.submit(2), await pool.submit(4)];
    second.cancel();
    await pool.stop();
    expect(steps(reports)).toEqual(["2 accept", "4 accept", "2 start", "4 finish canceled", "2 finish done"]);
  }));

test("the jobs of runPool are reported too", () =>
  inBubble(async () => {
    const reports = record();
    const jobs = new Channel<number>(2);
    const results = new Channel<JobOutcome<number, number>>(2);
    await jobs.send(2);
    jobs.close();
    await runPool(context.background(), jobs, results, half, { workers: 1 });
    expect(steps(reports)).toEqual(["2 accept", "2 start", "2 finish done"]);
  }));

test("the function and onEvent run in the goroutine of the worker, also in the async context of another goroutine", () =>
  inBubble(async () => {
    const storage = new AsyncLocalStorage<string>();
    const running: string[] = [];
    remove = addHooks({
      run({ name }, start) {
        running.push(name);
        start();
        running.pop();
      },
    });
    const seen: unknown[] = [];
    const pool = new WorkerPool(async (_ctx, n: number) => seen.push([n, storage.getStore(), running.at(-1)]), {
      workers: 1,
      onEvent: ({ type }) => void seen.push([type, storage.getStore(), running.at(-1)]),
    });
    await storage.run("A", () => pool.run(1));
    await pool.stop();
    expect(seen).toEqual([
      ["started", "A", "poolWorker"],
      [1, "A", "poolWorker"],
      ["ended", "A", "poolWorker"],
    ]);
  }));
