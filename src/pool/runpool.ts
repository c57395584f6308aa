// The pool as a function, for those who think in Go: a channel of jobs goes in, a channel of outcomes comes out, and when the
// function returns everybody has gone home.

import { Channel, type ReceiveChannel, type SendChannel } from "../channel/channel.ts";
import { receive, select, send } from "../channel/select.ts";
import { now, since } from "../channel/time.ts";
import type { Context } from "../context/context.ts";
import { afterFunc, cause } from "../context/namespace.ts";
import { go, gosched } from "../goroutine/go.ts";
import { Alarm } from "../internal/alarm.ts";
import { WaitGroup } from "../waitgroup/waitgroup.ts";
import { call, Crew } from "./crew.ts";
import { type PoolFunc, type RunOptions, settle } from "./options.ts";
import type { Cancelled, Outcome } from "./outcome.ts";
import { type Owner, Work } from "./work.ts";

/**
 * Calls `f` with each job that comes from `jobs`, with some workers at once, and sends each outcome to `results`. It returns when
 * `jobs` is closed and empty and the last worker has ended; before that it closes `results`, once.
 *
 * Run it beside whoever sends the jobs and whoever reads the results: both channels push back, as channels do.
 *
 * Errors: rejects with `TypeError` or `RangeError` for options that make no sense, at once. With `onError: "cancel"` it rejects
 * with the first error.
 *
 * Cancellation: when `ctx` ends all workers stop, also those that wait to send an outcome or whose function does not listen
 * (those for `grace` at most), and it rejects with the cause: a run that was cut short never looks like one that was not. All
 * outcomes are sent to whoever is reading; those that nobody comes for in some turns of the event loop are dropped.
 *
 * After either, what is sent to `jobs` is received and not worked on, so that no sender is left waiting: after an error until
 * `jobs` is closed or `ctx` ends, and after the end of `ctx` as long as somebody sends on at once.
 *
 * Mirrors what a Go program writes by hand: workers that range over a channel, a `WaitGroup`, and who closes the results.
 *
 * @example
 * const jobs = new Channel<number>();
 * const results = new Channel<Outcome<number, number>>();
 * go(async () => {
 *   for (let n = 1; n <= 5; n++) await jobs.send(n);
 *   jobs.close();
 * });
 * go(async () => runPool(context.background(), jobs, results, async (_ctx, n) => n * n, { workers: 3 }));
 * for await (const { job, value } of results) console.log(`${job} squared is ${value}`);
 */
export async function runPool<Job, Result>(
  ctx: Context,
  jobs: ReceiveChannel<Job>,
  results: SendChannel<Outcome<Job, Result>>,
  f: PoolFunc<Job, Result>,
  options: RunOptions<Job, Result> = {},
): Promise<void> {
  if (typeof f !== "function") throw new TypeError(`runPool: f must be a function, got ${String(f)}`);
  const crew = new Crew(f, settle("runPool", { ...options, ctx }), () => undefined);
  const { max: workers, onWorkerStart, onWorkerStop, grace } = crew.settings;
  const wg = new WaitGroup();
  const here = new Set<number>();
  const works = new Map<number, Work<Job, Result>>();
  let isCutShort = false;
  let delivered = 0;

  // After the end of the context nobody may be reading any more. Whoever is gets what is left, as long as they come at once.
  const lastCall = new Channel<never>();
  const callLast = async (): Promise<void> => {
    for (let before = -1; before < delivered && here.size > 0;) {
      before = delivered;
      for (let turns = 0; turns < 10; turns++) await gosched();
    }
    lastCall.close();
  };

  const leave = (worker: number): void => {
    here.delete(worker);
    call(onWorkerStop, worker);
    wg.done();
  };
  const work = async (worker: number): Promise<void> => {
    call(onWorkerStart, worker);
    for (;;) {
      // Select chooses at random when both are ready.
      isCutShort ||= crew.ctx.err() !== undefined;
      if (isCutShort) break;
      const s = await select({ job: receive(jobs), done: receive(crew.ctx.done()) });
      if (s.case === "done") continue;
      if (!s.ok) break;
      const one = new Work(s.value, crew.ctx, nobody, 0, 0);
      one.acceptedAt = crew.clock.now();
      works.set(worker, one);
      await crew.run(one, worker);
      works.delete(worker);
      if (!here.has(worker)) return;
      const outcome = one.outcome as Outcome<Job, Result>;
      if (!results.trySend(outcome)) await select({ out: send(results, outcome), lastCall: receive(lastCall) });
      if (!here.has(worker)) return;
      delivered++;
    }
    leave(worker);
  };

  for (let worker = 1; worker <= workers; worker++) {
    here.add(worker);
    wg.add(1);
    go(work, worker);
  }
  // Some functions may never come back; nobody waits longer than that.
  const alarm = new Alarm("pool grace", () => here.forEach(leave));
  const forget = afterFunc(crew.ctx, () => {
    for (const one of works.values()) crew.settle(one, crew.ended(one) as Cancelled<Job>);
    if (here.size > 0) alarm.setIn(grace);
    return callLast();
  });
  await wg.wait();

  alarm.cancel();
  forget();
  results.close();
  const reason = cause(crew.ctx);
  crew.cancel();
  if (reason === undefined) return;
  go(drain, ctx, jobs, grace);
  if (isCutShort || cause(ctx) === undefined) throw reason;
}

// The worker itself takes the outcome from the work.
const nobody: Owner<never, never> = { settled: () => undefined };

async function drain(ctx: Context, jobs: ReceiveChannel<unknown>, grace: number): Promise<void> {
  while (ctx.err() === undefined) {
    const s = await select({ job: receive(jobs), done: receive(ctx.done()) });
    if (s.case === "job" && !s.ok) return;
  }
  // Nobody may close the channel any more, so this must not wait. A sender who comes later has to look at the context.
  const start = now();
  for (let turns = 0; turns < 2 && since(start) <= grace; turns++) {
    for (let job = jobs.tryReceive(); job !== undefined; job = jobs.tryReceive()) {
      if (!job.ok) return;
      turns = 0;
    }
    await gosched();
  }
}
