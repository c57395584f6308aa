// The pool as a service: it has its own queue, its own workers, and a door for each way of asking.
//
// Invariants, whenever no method is on the stack:
//   1. A worker is idle only while no job waits, accepted or not.
//   2. There are never more workers than the maximum, but for those that still work when it has been lowered.
//   3. A job that was accepted gets one outcome, and a call that waits for acceptance gets an answer, however the pool ends.
//   4. Once the pool is over there is no worker, no job, no alarm, and nothing of it stands in the list of a context.

import { Channel, type ReceiveChannel } from "../channel/channel.ts";
import type { Context } from "../context/context.ts";
import { afterFunc, cause } from "../context/namespace.ts";
import { Check } from "../goroutine/check.ts";
import { asText } from "../goroutine/foreign.ts";
import { spawn } from "../goroutine/go.ts";
import { poolStop, poolSubmit } from "../goroutine/operations.ts";
import { Alarm } from "../internal/alarm.ts";
import { failed, passed, passedWith, ready } from "../internal/gate.ts";
import { Backlog } from "./backlog.ts";
import { Crew, workKey } from "./crew.ts";
import { type MapOptions, OrderedResults } from "./map.ts";
import type { PoolStats } from "./meter.ts";
import { type PoolFunc, type PoolOptions, settle, type Settings } from "./options.ts";
import type { Cancelled, Outcome } from "./outcome.ts";
import { Staff, type Worker } from "./staff.ts";
import { SubmittedTask, type Task } from "./task.ts";
import { Wait } from "./wait.ts";
import { type Owner, Work } from "./work.ts";

/** A job came when the pool took no more. */
export class StoppedError extends Error {
  static {
    this.prototype.name = "StoppedError";
  }
}

/** What a pool left undone when it stopped. */
export interface StopReport<Job> {
  /** The jobs that were accepted and then cancelled because the pool ended, the earliest first; none after a full drain. */
  readonly undone: readonly Job[];

  /** How many functions had not returned when the pool gave up waiting for them. */
  readonly abandoned: number;

  /** Why jobs were left undone; undefined, if none were. */
  readonly cause: Error | undefined;
}

/**
 * A fixed or elastic number of workers that call `f` with each job, and never more of them at once. There are three ways to ask:
 * `send` for jobs whose outcomes are read from `results`, `submit` for those whose outcome is the caller's own, and `map` for
 * many whose results are wanted in order.
 *
 * Accepting waits, and never fails because the pool is busy. A job that throws has failed, and its worker lives on. A worker is
 * held until its function has really returned. Every promise that the pool hands out settles, whatever happens.
 *
 * A pool that nobody uses costs nothing: an idle worker is no goroutine, and a pool that is let go without `stop` leaves nothing
 * behind.
 *
 * Errors: throws `TypeError` or `RangeError` for options that make no sense, such as fewer workers than one.
 *
 * @example
 * await using pool = new WorkerPool(async (_ctx, n: number) => n * n, { workers: 3 });
 * for await (const square of pool.map([1, 2, 3, 4, 5])) console.log(square);
 */
export class WorkerPool<Job, Result> implements AsyncDisposable {
  readonly #settings: Settings<Job, Result>;
  readonly #crew: Crew<Job, Result>;
  readonly #staff: Staff<Work<Job, Result>>;
  readonly #backlog: Backlog<Work<Job, Result>>;
  readonly #results = new Channel<Outcome<Job, Result>>(2 ** 32 - 1, { name: "results" });
  #lastOrder = 0;

  #takesJobs = true;
  #isStopped = false;
  #endedBy: Error | undefined;
  #report: StopReport<Job> | undefined;
  readonly #stops: Wait<StopReport<Job>>[] = [];

  /** Jobs that have called `stop`, which cannot end before they are answered, and their calls. */
  readonly #stoppers = new Set<Work<Job, Result>>();
  readonly #stopsInside: Wait<StopReport<Job>>[] = [];
  #graceIsOver = false;

  /** Whether the end of a context will decide how long jobs are waited for. */
  #isPatient = false;
  readonly #grace = new Alarm("pool grace", () => {
    this.#graceIsOver = this.#staff.works.every((work) => isAbandoned(work) || this.#stoppers.has(work));
    this.#lookForTheEnd();
  });
  readonly #forget: () => void;

  /**
   * The outcomes of what was sent with `send`, as they come. It keeps them until somebody reads them, so that no order of
   * sending, stopping and reading can block; if nobody is going to read them, `submit`. Closed once the last worker has stopped.
   */
  readonly results: ReceiveChannel<Outcome<Job, Result>> = this.#results;

  constructor(f: PoolFunc<Job, Result>, options: PoolOptions<Job, Result> = {}) {
    if (typeof f !== "function") throw new TypeError(`WorkerPool: f must be a function, got ${asText(f)}`);
    const settings = settle("WorkerPool", options);
    this.#settings = settings;
    this.#crew = new Crew(f, settings, () => this.#lookForTheEnd());
    this.#staff = new Staff(settings);
    this.#backlog = new Backlog(settings.queue);
    this.#forget = afterFunc(this.#crew.ctx, () => this.#cancelled());
  }

  /**
   * Waits until `job` is accepted: a worker takes it, or there is room in the queue. Its outcome goes to `results`.
   *
   * Errors: rejects with {@link StoppedError} once the pool was stopped, and with the cause if the pool was cancelled before or is
   * cancelled meanwhile; then the job was not accepted.
   *
   * Cancellation: when `ctx` ends the call gives up; if the job was accepted before, it is cancelled instead.
   */
  send(job: Job, ctx?: Context): Promise<void> {
    try {
      const work = this.#made(job, ctx);
      return this.#offer("WorkerPool.send", work) ? passed() : this.#acceptance(work, undefined);
    } catch (error) {
      return failed(error);
    }
  }

  /** Like {@link WorkerPool.send}, but does not wait: false, if the job would have to. Errors: throws what `send` rejects with. */
  trySend(job: Job): boolean {
    return this.#offer("WorkerPool.trySend", this.#made(job, undefined));
  }

  /**
   * Waits until `job` is accepted, as {@link WorkerPool.send} does, and answers the task whose `result` is its outcome. Its context
   * is derived from `ctx`, if it is given.
   */
  submit(job: Job, ctx?: Context): Promise<Task<Job, Result>> {
    try {
      const [work, task] = this.#submitted(job, ctx);
      return this.#offer("WorkerPool.submit", work) ? passedWith(task) : this.#acceptance(work, task);
    } catch (error) {
      return failed(error);
    }
  }

  /** Like {@link WorkerPool.submit}, but does not wait: undefined, if the job would have to. Errors: as with `trySend`. */
  trySubmit(job: Job): Task<Job, Result> | undefined {
    const [work, task] = this.#submitted(job, undefined);
    if (this.#offer("WorkerPool.trySubmit", work)) return task;
    work.release?.();
    return undefined;
  }

  /**
   * The bare results of `jobs`, in their order. It asks for jobs no faster than results are taken: at most `window` are between
   * the two. So it needs no more memory for a million jobs than for a hundred, and cannot block.
   *
   * Errors: the first job, in their order, that failed or was cancelled ends it with its error, as does an error of `jobs`.
   *
   * Cancellation: who leaves the loop, by `break` or an error, cancels the jobs that are left and closes `jobs`.
   */
  map(
    jobs: Iterable<Job> | AsyncIterable<Job>,
    options: MapOptions = {},
  ): AsyncIterableIterator<Result> & AsyncDisposable {
    new Check("WorkerPool.map").isContext("ctx", options.ctx);
    const window = new Check("WorkerPool.map").count("window", 1, options.window ?? 2 * Math.max(this.#staff.max, 1));
    return new OrderedResults(jobs, window, {
      derive: () => this.#crew.derived(options.ctx),
      bring: (job, ctx, owner) => {
        const work = this.#work(job, ctx, owner);
        if (!this.#offer("WorkerPool", work)) this.#backlog.add(work);
        return work;
      },
      giveUp: (work) => this.#giveUp(work),
    });
  }

  /**
   * Changes the number of workers, or the least and the greatest number. Workers who are too many leave as soon as they are idle:
   * each finishes its job first.
   *
   * Errors: throws `RangeError` for numbers that make no sense.
   */
  resize(min: number, max: number = min): void {
    const check = new Check("WorkerPool.resize");
    check.count("max", 1, max);
    check.count("min", min === max ? 1 : 0, min, max);
    if (this.#report !== undefined) return;
    this.#staff.resize(min, max);
    while (!this.#backlog.isEmpty) {
      const worker = this.#staff.take();
      if (worker === undefined || this.#report !== undefined) break;
      this.#start(worker, this.#taken());
    }
  }

  /** What the pool has done until now, and is doing. */
  stats(): PoolStats {
    const { processed, failed, timedOut, cancelled, retried, latency } = this.#crew.meter;
    return {
      workers: this.#staff.size,
      perWorker: this.#staff.stats(),
      running: this.#crew.running,
      abandoned: this.#crew.abandoned,
      queued: this.#backlog.queued,
      waiting: this.#backlog.waiting,
      processed,
      failed,
      timedOut,
      cancelled,
      retried,
      latency: latency.figures(),
    };
  }

  /**
   * Takes no more jobs, waits until those that it has been asked for are done, those too that still wait to be accepted, and until
   * all workers have stopped. It can be called any number of times. A job may call it; to await it, it passes the context that it was
   * given, or one derived from that, and then it is not waited for itself.
   *
   * Cancellation: when `ctx` ends first, all jobs that are left are cancelled, with its cause, and the report says which. For
   * functions that do not listen it waits no longer than `grace`; without `ctx` it waits as long as it takes, unless nothing is left
   * but functions whose jobs have timed out or were cancelled.
   */
  stop(ctx?: Context): Promise<StopReport<Job>> {
    try {
      new Check("WorkerPool.stop").isContext("ctx", ctx);
    } catch (error) {
      return failed(error);
    }
    if (this.#crew.ctx.err() !== undefined) this.#cancelled();
    this.#takesJobs = false;
    this.#isStopped = true;
    for (let work = this.#backlog.admit(true); work !== undefined; work = this.#backlog.admit(true)) {
      this.#accept(work);
      this.#backlog.add(work);
    }
    if (this.#report !== undefined) return passedWith(this.#report);
    const wait = new Wait<StopReport<Job>>(poolStop);
    const caller = this.#crew.calling ?? ctx?.value(workKey);
    const stopper = this.#staff.works.find((work) => work === caller);
    if (stopper !== undefined) this.#stoppers.add(stopper);
    (stopper === undefined ? this.#stops : this.#stopsInside).push(wait);
    // The context that the job was given says who it is, and nothing about its patience.
    if (ctx !== undefined && ctx !== stopper?.given) {
      this.#isPatient = true;
      const forget = afterFunc(ctx, () => {
        // A context derived from a job's ends with the job, and that is nobody's impatience.
        if (stopper?.outcome === undefined) this.#crew.cancel(cause(ctx));
      });
      void wait.promise.then(forget);
    }
    this.#lookForTheEnd();
    return wait.promise;
  }

  /** `await using` stops the pool when the scope ends: what was accepted is done then. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
  }

  readonly #toResults: Owner<Job, Result> = {
    settled: ({ outcome }) => void this.#results.trySend(outcome as Outcome<Job, Result>),
  };

  #work(job: Job, ctx: Context, owner: Owner<Job, Result>): Work<Job, Result> {
    return new Work(job, ctx, owner, this.#priority(job), ++this.#lastOrder);
  }

  #priority(job: Job): number {
    const { priority: rank } = this.#settings;
    const priority = rank === undefined ? 0 : rank(job);
    if (typeof priority !== "number" || Number.isNaN(priority)) {
      throw new RangeError(`WorkerPool: priority must answer a number, got ${asText(priority)}`);
    }
    return priority;
  }

  #made(job: Job, ctx: Context | undefined): Work<Job, Result> {
    return ctx === undefined
      ? this.#work(job, this.#crew.ctx, this.#toResults)
      : this.#owning(job, ctx, this.#toResults)[0];
  }

  #submitted(job: Job, ctx: Context | undefined): [Work<Job, Result>, Task<Job, Result>] {
    const task = new SubmittedTask<Job, Result>(job);
    const [work, cancel] = this.#owning(job, ctx, task);
    task.cancelBy(cancel);
    return [work, task];
  }

  /** A job with a context of its own, and what ends that. */
  #owning(
    job: Job,
    ctx: Context | undefined,
    owner: Owner<Job, Result>,
  ): [work: Work<Job, Result>, cancel: (reason?: Error) => void] {
    new Check("WorkerPool").isContext("ctx", ctx);
    // User code first: it may throw.
    const priority = this.#priority(job);
    const [own, cancel] = this.#crew.derived(ctx);
    const work = new Work(job, own, owner, priority, ++this.#lastOrder);
    const forget = afterFunc(own, () => this.#giveUp(work));
    work.release = () => {
      forget();
      cancel();
    };
    return [work, cancel];
  }

  /** Whether the job is accepted at once. Throws why the pool takes none. */
  #offer(caller: string, work: Work<Job, Result>): boolean {
    const error = this.#refusal(caller, work.ctx);
    if (error !== undefined) {
      work.release?.();
      throw error;
    }
    const worker = this.#staff.take();
    // A hook of the user's may just have stopped the pool.
    if (this.#report !== undefined) return this.#offer(caller, work);
    if (worker === undefined && !this.#backlog.hasRoom) return false;
    this.#accept(work, worker?.since);
    if (worker === undefined) this.#backlog.add(work);
    else this.#start(worker, work);
    return true;
  }

  #refusal(caller: string, ctx: Context): Error | undefined {
    if (this.#isStopped) {
      const options = this.#endedBy && { cause: this.#endedBy };
      return new StoppedError(`${caller}: the pool has been stopped`, options);
    }
    return this.#endedBy ?? cause(this.#crew.ctx) ?? cause(ctx);
  }

  #accept(work: Work<Job, Result>, now?: number): void {
    work.isAccepted = true;
    this.#crew.accept(work, now);
    work.acceptance?.end(work.token);
  }

  #acceptance<T>(work: Work<Job, Result>, token: T): Promise<T> {
    const acceptance = new Wait<T>(poolSubmit);
    work.acceptance = acceptance as Wait<unknown>;
    work.token = token;
    this.#backlog.add(work);
    return acceptance.promise;
  }

  #start(worker: Worker<Work<Job, Result>>, work: Work<Job, Result> | null): void {
    worker.work = work;
    if (worker.isAwake) return;
    worker.isAwake = true;
    // In reports and traces the goroutine is called after its function.
    const poolWorker = (): Promise<void> => this.#workOn(worker);
    spawn("WorkerPool", poolWorker, [], null);
  }

  // Goroutines must not starve others, however short their jobs are: so each job passes the gate. What is in `Crew.run` stands here
  // once more: an async function for each job would cost a fifth of a short one.
  async #workOn(worker: Worker<Work<Job, Result>>): Promise<void> {
    const crew = this.#crew;
    while (worker.work !== null) {
      const { work } = worker;
      let outcome: Outcome<Job, Result> | undefined = crew.begin(work, worker.id);
      try {
        outcome ??= crew.isPlain ? crew.done(work, await crew.call(work)) : await crew.attempt(work);
      } catch (thrown) {
        outcome = crew.threw(work, thrown);
      }
      const returned = crew.end(work, outcome);
      worker.jobs++;
      const gate = passed();
      if (gate !== ready) await gate;
      // Nobody has waited for a worker that comes back after the end.
      if (this.#report !== undefined) return;
      worker.work = this.#staff.isTooMany ? null : this.#taken();
      if (worker.work !== null) continue;
      this.#staff.rest(worker, returned);
      this.#lookForTheEnd();
      // Who has heard of the last outcome often brings the next job: that is cheaper than a new goroutine.
      await ready;
    }
    worker.isAwake = false;
  }

  /** The best of the jobs that wait, which leaves room for another. */
  #taken(): Work<Job, Result> | null {
    if (this.#crew.ctx.err() !== undefined) this.#cancelled();
    const work = this.#backlog.take();
    if (work === undefined) return null;
    if (!work.isAccepted) this.#accept(work);
    this.#letIn();
    return work;
  }

  #letIn(): void {
    // Perhaps nobody has noticed yet.
    if (this.#crew.ctx.err() !== undefined) return;
    for (let work = this.#backlog.admit(); work !== undefined; work = this.#backlog.admit()) {
      this.#accept(work);
      this.#backlog.add(work);
    }
  }

  /** The context of a job has ended. */
  #giveUp(work: Work<Job, Result>): void {
    if (work.outcome !== undefined) return;
    const outcome = this.#crew.ended(work) as Cancelled<Job>;
    if (!this.#backlog.remove(work)) {
      if (work.isRunning) this.#crew.settle(work, outcome);
    } else if (work.acceptance === null || work.isAccepted) {
      this.#crew.settle(work, outcome);
      this.#letIn();
    } else {
      work.release?.();
      work.acceptance.fail(outcome.error);
    }
    this.#lookForTheEnd();
  }

  /** The context of the pool has ended; it may be noticed by whoever comes first. */
  #cancelled(): void {
    if (this.#endedBy !== undefined || this.#report !== undefined) return;
    this.#takesJobs = false;
    this.#endedBy = cause(this.#crew.ctx);
    const left = [...this.#staff.works, ...this.#backlog.all].sort((a, b) => a.order - b.order);
    for (const work of left) this.#giveUp(work);
    this.#lookForTheEnd();
  }

  #lookForTheEnd(): void {
    if (this.#takesJobs || this.#report !== undefined) return;
    const { works } = this.#staff;
    if (!this.#backlog.isEmpty) {
      // If no function ever comes back, nobody will take what waits, and no context will end that.
      if (this.#isPatient || works.length < this.#staff.max || !works.every(isAbandoned)) return;
      if (this.#graceIsOver) this.#crew.cancel(new StoppedError("WorkerPool: no function has come back"));
      else if (!this.#grace.isSet) this.#grace.setIn(this.#settings.grace);
      return;
    }
    const others = works.filter((work) => !this.#stoppers.has(work));
    if (!others.every(isAbandoned)) return;
    // Now nobody is left but functions whose jobs are over, and jobs that wait for the others.
    if (others.length === 0 || this.#graceIsOver) this.#answer(this.#stopsInside, this.#reported(others.length));
    if (works.every(isAbandoned) && (works.length === 0 || this.#graceIsOver)) {
      this.#finish();
    } else if (works.some(isAbandoned) && !this.#graceIsOver && !this.#grace.isSet) {
      this.#grace.setIn(this.#settings.grace);
    }
  }

  #finish(): void {
    const report = this.#reported(this.#crew.running);
    this.#report = report;
    this.#grace.cancel();
    this.#forget();
    this.#staff.close();
    this.#crew.cancel(new StoppedError("WorkerPool: the pool has been stopped"));
    this.#results.close();
    this.#answer(this.#stops, report);
    this.#answer(this.#stopsInside, report);
  }

  #answer(stops: Wait<StopReport<Job>>[], report: StopReport<Job>): void {
    for (const wait of stops.splice(0)) wait.end(report);
  }

  #reported(abandoned: number): StopReport<Job> {
    const undone = [...this.#crew.undone].sort((a, b) => a.order - b.order).map(({ job }) => job);
    return { undone, abandoned, cause: undone.length === 0 ? undefined : cause(this.#crew.ctx) };
  }
}

function isAbandoned({ isRunning, outcome }: Work<unknown, unknown>): boolean {
  return isRunning && outcome !== undefined;
}
