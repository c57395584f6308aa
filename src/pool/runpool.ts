// The pool as a function, for those who think in Go: a channel of jobs goes in, a channel of outcomes comes out, and when the
// function returns everybody has gone home.

import { Channel, coreOf, type ReceiveChannel, type SendChannel } from "../channel/channel.ts";
import { receive, select, send } from "../channel/select.ts";
import { now, since } from "../channel/time.ts";
import type { Context } from "../context/context.ts";
import { afterFunc, cause } from "../context/namespace.ts";
import { asText } from "../goroutine/foreign.ts";
import { go, gosched } from "../goroutine/go.ts";
import { Alarm } from "../internal/alarm.ts";
import { WaitGroup } from "../waitgroup/waitgroup.ts";
import { call, Crew } from "./crew.ts";
import { type PoolFunc, type RunOptions, settle, type Settings } from "./options.ts";
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
  if (typeof f !== "function") throw new TypeError(`runPool: f must be a function, got ${asText(f)}`);
  // Throws for what is no channel.
  receive(jobs);
  send(results, undefined as never);
  const settings = settle("runPool", { ...options, ctx });
  const run = new Run(jobs, results, f, settings);
  await run.end();
  const reason = run.close();
  if (reason === undefined) return;
  go(drain, ctx, jobs, settings.grace);
  throw reason;
}

/** For how many turns of the event loop an outcome is offered to readers once the context has ended. */
const patience = 10;

/** The workers between two channels, from their start to the last one's end. */
class Run<Job, Result> implements Owner<Job, Result> {
  readonly #jobs: ReceiveChannel<Job>;
  readonly #results: SendChannel<Outcome<Job, Result>>;
  readonly #crew: Crew<Job, Result>;

  /** Who is here, and with what job. */
  readonly #works = new Map<number, Work<Job, Result> | null>();

  /** Counts who is here, and who sends an outcome ahead of its worker. */
  readonly #wg = new WaitGroup();
  readonly #sentAhead = new Map<Work<Job, Result>, Channel<never>>();
  #hasMoreJobs = true;
  #delivered = 0;

  // Some functions never come back. When nothing else is left, nobody waits longer than that.
  readonly #grace = new Alarm("pool grace", () => {
    for (const worker of this.#works.keys()) this.#leave(worker);
  });
  readonly #forget: () => void;

  constructor(
    jobs: ReceiveChannel<Job>,
    results: SendChannel<Outcome<Job, Result>>,
    f: PoolFunc<Job, Result>,
    settings: Settings<Job, Result>,
  ) {
    this.#jobs = jobs;
    this.#results = results;
    this.#crew = new Crew(f, settings, () => this.#lookForTheEnd());
    this.#forget = afterFunc(this.#crew.ctx, () => this.#cancelled());
    for (let worker = 1; worker <= settings.max; worker++) {
      this.#works.set(worker, null);
      this.#wg.add(1);
      const poolWorker = (): Promise<void> => this.#work(worker);
      go(poolWorker);
    }
  }

  /** Waits until all have left. */
  end(): Promise<void> {
    return this.#wg.wait();
  }

  /** Closes the results, and answers why the run was cut short, if it was. */
  close(): Error | undefined {
    this.#grace.cancel();
    this.#forget();
    this.#results.close();
    const reason = cause(this.#crew.ctx);
    this.#crew.cancel();
    return reason;
  }

  /** An outcome that comes before its function does is not left to its worker, who waits for the function. */
  settled(work: Work<Job, Result>): void {
    if (!work.isRunning) return;
    const delivered = new Channel<never>();
    this.#sentAhead.set(work, delivered);
    this.#wg.add(1);
    go(async () => {
      await this.#deliver(work);
      delivered.close();
      this.#wg.done();
    });
  }

  async #work(worker: number): Promise<void> {
    const { ctx, settings } = this.#crew;
    call(settings.onWorkerStart, worker);
    // Select chooses at random when both are ready.
    while (ctx.err() === undefined) {
      const s = await select({ job: receive(this.#jobs), done: receive(ctx.done()) });
      if (s.case === "done") break;
      if (!s.ok) {
        this.#hasMoreJobs = false;
        break;
      }
      const work = new Work<Job, Result>(s.value, ctx, this, 0, 0);
      this.#crew.accept(work);
      this.#works.set(worker, work);
      await this.#crew.run(work, worker);
      // Nobody has waited for a worker that comes back after the end.
      if (!this.#works.has(worker)) return;
      this.#works.set(worker, null);
      // The reader holds back whoever has nothing more to send, too.
      const sentAhead = this.#sentAhead.get(work);
      if (sentAhead === undefined) await this.#deliver(work);
      else await sentAhead.receive();
      this.#sentAhead.delete(work);
    }
    this.#leave(worker);
    this.#lookForTheEnd();
  }

  async #deliver({ outcome: settled }: Work<Job, Result>): Promise<void> {
    const outcome = settled as Outcome<Job, Result>;
    if (this.#results.trySend(outcome)) return;
    const { ctx } = this.#crew;
    const s = await select({ out: send(this.#results, outcome), done: receive(ctx.done()) });
    if (s.case === "out") return;
    // Nobody may be reading any more. Whoever is gets what is left, if they come at once.
    for (let turns = 0, before = this.#delivered; turns < patience; turns++) {
      if (this.#results.trySend(outcome)) {
        this.#delivered++;
        return;
      }
      if (before < this.#delivered) turns = 0;
      before = this.#delivered;
      await gosched();
    }
  }

  #leave(worker: number): void {
    this.#works.delete(worker);
    call(this.#crew.settings.onWorkerStop, worker);
    this.#wg.done();
  }

  #cancelled(): void {
    for (const work of this.#works.values()) {
      if (work?.isRunning) this.#crew.settle(work, this.#crew.ended(work) as Cancelled<Job>);
    }
    this.#lookForTheEnd();
  }

  #lookForTheEnd(): void {
    // If all are held by functions that do not come back, nobody is left to find that the jobs have ended.
    const core = coreOf(this.#jobs);
    const hasMoreJobs = this.#hasMoreJobs && !(core?.closed === true && !core.holds);
    if ((hasMoreJobs && this.#crew.ctx.err() === undefined) || this.#grace.isSet) return;
    const works = [...this.#works.values()];
    const areAllAbandoned = works.every((work) => work?.isRunning && work.outcome !== undefined);
    if (works.length > 0 && areAllAbandoned) this.#grace.setIn(this.#crew.settings.grace);
  }
}

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
