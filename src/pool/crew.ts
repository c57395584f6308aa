// The engine behind both doors: what happens to a job in the hands of a worker. It knows attempts, pauses, rates and timeouts,
// and the context that ends everything. Where jobs come from and who works on them is for the doors to say.
//
// Invariants:
//   1. A job has one outcome, and its first one: what comes later does not count.
//   2. A job whose context has ended before its function returned is not done, whatever the function says.

import { receive, select } from "../channel/select.ts";
import { after } from "../channel/time.ts";
import type { Context, Key } from "../context/context.ts";
import { DeadlineExceeded } from "../context/errors.ts";
import { afterFunc, type CancelCauseFunc, cause, key, withCancelCause, withTimeout } from "../context/namespace.ts";
import { ValueContext } from "../context/plain.ts";
import { nameOf } from "../goroutine/foreign.ts";
import { go } from "../goroutine/go.ts";
import { currentClock } from "../internal/alarm.ts";
import type { Clock } from "../internal/clock.ts";
import { below } from "../internal/random.ts";
import { trace } from "../internal/trace.ts";
import { Meter } from "./meter.ts";
import type { PoolFunc, RetryOptions, Settings } from "./options.ts";
import { asError, type Cancelled, type Failed, type Outcome } from "./outcome.ts";
import type { Work } from "./work.ts";

/** By this a context tells for which job it was made. */
export const workKey: Key<object> = key("goro job");

/** How jobs are worked on, and what comes of them. */
export class Crew<Job, Result> {
  readonly #f: PoolFunc<Job, Result>;

  readonly #cancel: CancelCauseFunc;

  /** Whether a call of the function is all that there is to a job. */
  readonly isPlain: boolean;

  readonly settings: Settings<Job, Result>;

  /** Ends with the pool, and is the context of each job that has none of its own. */
  readonly ctx: Context;
  readonly clock: Clock = currentClock();
  readonly meter: Meter = new Meter();

  /** How many functions have been called and have not returned, and how many of them although their jobs have an outcome. */
  running = 0;
  abandoned = 0;

  /** Accepted jobs that were cancelled because the context of all has ended. */
  readonly undone: Work<Job, Result>[] = [];

  /** The job whose function is on the stack. */
  calling: Work<Job, Result> | undefined = undefined;

  /** Is called when a job gets its outcome although its function goes on. */
  readonly #onAbandoned: () => void;

  constructor(f: PoolFunc<Job, Result>, settings: Settings<Job, Result>, onAbandoned: () => void) {
    this.#f = f;
    this.#onAbandoned = onAbandoned;
    this.settings = settings;
    [this.ctx, this.#cancel] = withCancelCause(settings.ctx);
    this.isPlain = settings.timeout === Infinity && settings.retry.retries === 0 && settings.limiter === undefined;
  }

  /** What its function is called; "", if that has no name. */
  get name(): string {
    return nameOf(this.#f);
  }

  /** Ends the context of all jobs. */
  cancel(reason?: Error): void {
    this.#cancel(reason);
  }

  /** A context that ends with `ctx` and with the pool; what it comes with ends it, or lets go of it. */
  derived(ctx: Context | undefined): [ctx: Context, cancel: (reason?: Error) => void] {
    if (ctx === undefined) return withCancelCause(this.ctx);
    const [own, end] = withCancelCause(ctx);
    const forget = afterFunc(this.ctx, () => end(cause(this.ctx)));
    const cancel = (reason?: Error): void => {
      // The end of the pool may be known and not have come here yet.
      end(reason ?? cause(this.ctx));
      forget();
    };
    return [own, cancel];
  }

  /** Notes that a job is in the hands of the pool since `now`. */
  accept(work: Work<Job, Result>, now: number = this.clock.now()): void {
    work.acceptedAt = now;
    if (trace !== null) trace.job(this, work, "accept");
  }

  /** Works on a job until its function has returned, for good; then the job has its outcome. Answers when that was. */
  async run(work: Work<Job, Result>, worker: number): Promise<number> {
    let outcome: Outcome<Job, Result> | undefined = this.begin(work, worker);
    try {
      outcome ??= this.isPlain ? this.done(work, await this.call(work)) : await this.attempt(work);
    } catch (thrown) {
      outcome = this.threw(work, thrown);
    }
    return this.end(work, outcome);
  }

  /** A worker has taken a job: its outcome, if its context has ended. */
  begin(work: Work<Job, Result>, worker: number): Cancelled<Job> | undefined {
    const { onEvent } = this.settings;
    work.isRunning = true;
    work.worker = worker;
    this.running++;
    if (trace !== null) trace.job(this, work, "start");
    if (onEvent !== undefined) call(onEvent, { type: "started", job: work.job, worker });
    return this.ended(work);
  }

  /** The function of a job has returned, for good. Answers when. */
  end(work: Work<Job, Result>, outcome: Outcome<Job, Result>): number {
    const now = this.clock.now();
    work.isRunning = false;
    this.running--;
    if (work.outcome !== undefined) this.abandoned--;
    else this.settle(work, outcome, now);
    return now;
  }

  /** Gives a job its outcome, unless it has one. */
  settle(work: Work<Job, Result>, outcome: Outcome<Job, Result>, now: number = this.clock.now()): void {
    if (work.outcome !== undefined) return;
    const { onEvent } = this.settings;
    work.outcome = outcome;
    if (trace !== null) trace.job(this, work, "finish");
    this.meter.count(outcome, now - work.acceptedAt, work.isTooLate);
    if (outcome.status === "cancelled" && work.isAccepted && outcome.error === cause(this.ctx)) this.undone.push(work);
    work.release?.();
    if (work.isRunning) this.abandoned++;
    work.owner.settled(work);
    if (onEvent !== undefined) call(onEvent, { type: "ended", outcome, worker: work.worker });
    if (this.settings.cancelsOnError && outcome.status === "failed") this.cancel(outcome.error);
    if (work.isRunning) this.#onAbandoned();
  }

  /** The outcome of a job whose context has ended; undefined, if it has not. */
  ended({ job, attempts, ctx }: Work<Job, Result>): Cancelled<Job> | undefined {
    if (this.ctx.err() === undefined && ctx.err() === undefined) return undefined;
    const error = (cause(ctx) ?? cause(this.ctx)) as Error;
    return { status: "cancelled", job, attempts, error };
  }

  /** The outcome of a plain job whose function has returned `value`. */
  done(work: Work<Job, Result>, value: Result): Outcome<Job, Result> {
    return this.ended(work) ?? { status: "done", job: work.job, attempts: work.attempts, value };
  }

  /** The outcome of a plain job whose function has thrown. */
  threw(work: Work<Job, Result>, thrown: unknown): Outcome<Job, Result> {
    return this.ended(work) ?? { status: "failed", job: work.job, attempts: work.attempts, error: asError(thrown) };
  }

  // A timeout must be told when it happens, and not when a function that does not listen comes back.
  /** What comes of a job that is not plain. */
  async attempt(work: Work<Job, Result>): Promise<Outcome<Job, Result>> {
    const { timeout } = this.settings;
    const refusal = await this.#turn(work.ctx);
    if (refusal !== undefined) return { status: "failed", job: work.job, attempts: 0, error: refusal };
    if (timeout === Infinity) return this.#attempts(work, work.ctx);
    const [ctx, cancel] = withTimeout(work.ctx, timeout);
    const stop = afterFunc(ctx, () => {
      const over = this.#over(work, ctx);
      if (over !== undefined) this.settle(work, over);
    });
    try {
      return await this.#attempts(work, ctx);
    } finally {
      stop();
      cancel();
    }
  }

  /** Calls the function until it succeeds, as often as it may; the rate has let the first call through. */
  async #attempts(work: Work<Job, Result>, ctx: Context): Promise<Outcome<Job, Result>> {
    const { retry } = this.settings;
    const { job } = work;
    const worker = work.worker as number;
    for (;;) {
      const over = this.#over(work, ctx);
      if (over !== undefined) return over;
      let failed: Failed<Job>;
      try {
        if (work.attempts > 0) this.meter.retried++;
        const value = await this.call(work, ctx);
        return this.#over(work, ctx) ?? { status: "done", job, attempts: work.attempts, value };
      } catch (thrown) {
        failed = { status: "failed", job, attempts: work.attempts, error: asError(thrown) };
      }
      const { error, attempts } = failed;
      if (this.#over(work, ctx) !== undefined) continue;
      if (attempts > retry.retries) return failed;
      try {
        if (!retry.when(error, attempts)) return failed;
      } catch (thrown) {
        return { ...failed, error: asError(thrown) };
      }
      const delay = pause(retry, attempts);
      call(this.settings.onEvent, { type: "retrying", job, worker, error, attempts, delay });
      await select({ pause: receive(after(delay)), done: receive(ctx.done()) });
      const refusal = await this.#turn(ctx);
      if (refusal !== undefined) return { ...failed, error: refusal };
    }
  }

  /**
   * Waits until the rate allows a call, or the context has ended; answers why it never will. (`limiter.wait` gives up at once if a
   * deadline is too near: here that end is an outcome of its own.)
   */
  async #turn(ctx: Context): Promise<Error | undefined> {
    const { limiter } = this.settings;
    if (limiter === undefined || ctx.err() !== undefined) return undefined;
    const reservation = limiter.reserve();
    if (!reservation.ok) return new RangeError(`rate: Wait(n=1) exceeds limiter's burst ${limiter.burst}`);
    const delay = reservation.delay();
    if (delay === 0) return undefined;
    const s = await select({ due: receive(after(delay)), done: receive(ctx.done()) });
    if (s.case === "done") reservation.cancel();
    return undefined;
  }

  /** Why the job is over although its function has not said so: the context of the pool, its own, or the timeout. */
  #over(work: Work<Job, Result>, ctx: Context): Cancelled<Job> | Failed<Job> | undefined {
    const ended = this.ended(work);
    if (ended !== undefined || ctx.err() === undefined) return ended;
    work.isTooLate = true;
    const error = new DeadlineExceeded(`the job took longer than ${this.settings.timeout} ms`);
    return { status: "failed", job: work.job, attempts: work.attempts, error };
  }

  /** Calls the function once. */
  call(work: Work<Job, Result>, ctx: Context = work.ctx): Result | PromiseLike<Result> {
    work.attempts++;
    const outer = this.calling;
    this.calling = work;
    work.given = new ValueContext(ctx, workKey, work);
    try {
      return this.#f(work.given, work.job, work.worker as number);
    } finally {
      this.calling = outer;
    }
  }
}

/** Calls a hook of the user's. What it throws is a panic, and not the pool's: nothing that the pool does depends on it. */
export function call<A>(hook: ((argument: A) => void) | undefined, argument: A): void {
  try {
    hook?.(argument);
  } catch (error) {
    go(() => {
      throw error;
    });
  }
}

function pause({ delay, factor, maxDelay, jitter }: Required<RetryOptions>, attempts: number): number {
  // Without a delay, a factor to a high power would make it no number.
  const full = delay === 0 ? 0 : Math.min(delay * factor ** (attempts - 1), maxDelay);
  return full * (1 - jitter * (below(1e6) / 1e6));
}
