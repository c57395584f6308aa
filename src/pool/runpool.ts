// The pool as a function, for those who think in Go: a channel of jobs goes in, a channel of outcomes comes out, and when the
// function returns everybody has gone home.

import type { ReceiveChannel, SendChannel } from "../channel/channel.ts";
import { receive, select, send } from "../channel/select.ts";
import { now, since } from "../channel/time.ts";
import type { Context } from "../context/context.ts";
import { afterFunc, cause } from "../context/namespace.ts";
import { asText } from "../goroutine/foreign.ts";
import { go, gosched } from "../goroutine/go.ts";
import { Alarm } from "../internal/alarm.ts";
import { WaitGroup } from "../waitgroup/waitgroup.ts";
import { call, Crew } from "./crew.ts";
import { type PoolFunc, type RunOptions, settle } from "./options.ts";
import type { Cancelled, Outcome } from "./outcome.ts";
import { Work } from "./work.ts";

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
  if (typeof f !== "function") throw new TypeError(`runPool: f must be a function, got ${asText(f)}`);
  // Throws for what is no channel.
  receive(jobs);
  send(results, undefined as never);
  const crew = new Crew(f, settle("runPool", { ...options, ctx }), () => lookForTheEnd());
  const { max: workers, onWorkerStart, onWorkerStop, grace } = crew.settings;
  const wg = new WaitGroup();
  const works = new Map<number, Work<Job, Result> | null>();
  let noMoreJobs = false;
  let delivered = 0;

  const leave = (worker: number): void => {
    works.delete(worker);
    call(onWorkerStop, worker);
    wg.done();
  };

  // After the end of the context nobody may be reading any more. Whoever is gets what is left, if they come at once.
  const deliver = async (outcome: Outcome<Job, Result>): Promise<void> => {
    if (results.trySend(outcome)) return;
    const s = await select({ out: send(results, outcome), done: receive(crew.ctx.done()) });
    if (s.case === "out") return;
    for (let turns = 0, before = delivered; turns < patience; turns++) {
      if (results.trySend(outcome)) {
        delivered++;
        return;
      }
      if (before < delivered) turns = 0;
      before = delivered;
      await gosched();
    }
  };

  const work = async (worker: number): Promise<void> => {
    call(onWorkerStart, worker);
    // Select chooses at random when both are ready.
    while (crew.ctx.err() === undefined) {
      const s = await select({ job: receive(jobs), done: receive(crew.ctx.done()) });
      if (s.case === "done") break;
      noMoreJobs ||= !s.ok;
      if (!s.ok) break;
      // An outcome that comes before its function does is sent by somebody else.
      const one = new Work<Job, Result>(s.value, crew.ctx, { settled: sendAhead }, 0, 0);
      one.acceptedAt = crew.clock.now();
      works.set(worker, one);
      await crew.run(one, worker);
      if (!works.has(worker)) return;
      works.set(worker, null);
      if (!sentAhead.delete(one)) await deliver(one.outcome as Outcome<Job, Result>);
      if (!works.has(worker)) return;
    }
    leave(worker);
    lookForTheEnd();
  };

  const sentAhead = new Set<Work<Job, Result>>();
  const sendAhead = (one: Work<Job, Result>): void => {
    if (!one.isRunning) return;
    sentAhead.add(one);
    wg.add(1);
    go(async () => {
      await deliver(one.outcome as Outcome<Job, Result>);
      wg.done();
    });
  };

  // Some functions may never come back. When nothing else is left, nobody waits longer than that.
  const alarm = new Alarm("pool grace", () => {
    for (const worker of works.keys()) leave(worker);
  });
  const lookForTheEnd = (): void => {
    if ((!noMoreJobs && crew.ctx.err() === undefined) || works.size === 0 || alarm.isSet) return;
    if ([...works.values()].every((one) => one?.isRunning && one.outcome !== undefined)) alarm.setIn(grace);
  };
  const forget = afterFunc(crew.ctx, () => {
    for (const one of works.values()) if (one?.isRunning) crew.settle(one, crew.ended(one) as Cancelled<Job>);
    lookForTheEnd();
  });

  for (let worker = 1; worker <= workers; worker++) {
    works.set(worker, null);
    wg.add(1);
    go(work, worker);
  }
  await wg.wait();

  alarm.cancel();
  forget();
  results.close();
  const reason = cause(crew.ctx);
  crew.cancel();
  if (reason === undefined) return;
  go(drain, ctx, jobs, grace);
  throw reason;
}

/** For how many turns of the event loop an outcome is offered to readers when the context has ended. */
const patience = 10;

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
