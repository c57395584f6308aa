// Many jobs, and their results in the order of the jobs.
//
// User code (the source's `next` and `return`) runs in `fill` and in goroutines, never while the pool gives an outcome.
//
// Invariants, whenever no method is on the stack:
//   1. `#ahead` are the jobs that were brought and whose results were not taken, in their order, no more than the window.
//   2. While a call of `next` waits, the first of them has no outcome, or there is none and the source is being asked or closed.
//   3. After the end nothing is ahead, no call waits, and the context of the jobs has ended.

import { Channel, type ReceiveChannel } from "../channel/channel.ts";
import { receive, select } from "../channel/select.ts";
import { onCancel } from "../context/cancel.ts";
import type { Context } from "../context/context.ts";
import { cause } from "../context/namespace.ts";
import type { AsyncContext } from "../goroutine/asynccontext.ts";
import { describe } from "../goroutine/check.ts";
import { asError } from "../goroutine/foreign.ts";
import { go } from "../goroutine/go.ts";
import { poolResult } from "../goroutine/operations.ts";
import { failed, passedWith } from "../internal/gate.ts";
import { Ring } from "../internal/ring.ts";
import { guarded } from "./crew.ts";
import type { Outcome } from "./outcome.ts";
import { Wait } from "./wait.ts";
import type { Owner, Work } from "./work.ts";

/** Options of {@link WorkerPool.map}. */
export interface MapOptions {
  /**
   * How many jobs may be between the source and the results that are taken: a whole number from 1. By default twice the present
   * maximum of workers, also after `resize`.
   */
  readonly window?: number;

  /** When it ends, so does the iteration, with its cause. Contexts of the jobs are derived from it. */
  readonly ctx?: Context;
}

/** What a pool does for a map. */
export interface Bringing<Job, Result> {
  /** How many jobs may be ahead now. */
  window(): number;

  /** Why the pool accepts no jobs; undefined, if it does. */
  refusal(): Error | undefined;

  /** Makes the context of all the jobs. The pool calls `end` of a map that has joined, if it ends first. */
  join(map: OrderedResults<Job, Result>): [ctx: Context, cancel: (cause?: Error) => void];
  leave(map: OrderedResults<Job, Result>): void;

  /** Brings a job to the pool, which may have to wait until it is accepted. */
  bring(job: Job, ctx: Context, owner: Owner<Job, Result>, scope: AsyncContext | null): Work<Job, Result>;

  /** Cancels a job. */
  giveUp(work: Work<Job, Result>, cause: Error): void;
}

type Step<Result> = IteratorResult<Result, undefined>;

const end: Step<never> = { value: undefined, done: true };

/** The results of jobs, in the order of the jobs. */
export class OrderedResults<Job, Result> implements AsyncIterableIterator<Result>, AsyncDisposable, Owner<Job, Result> {
  readonly #pool: Bringing<Job, Result>;
  readonly #jobs: Iterable<Job> | AsyncIterable<Job>;

  /** The async context of the call of `map`. */
  readonly #scope: AsyncContext | null;

  /** Both are made by the first call: a map that is never iterated leaves nothing anywhere. */
  #ctx: Context | null = null;
  #source: Source<Job> = nothing;
  readonly #ahead = new Ring<Work<Job, Result>>();
  readonly #calls = new Ring<Wait<Step<Result>>>();
  #cancel: (cause?: Error) => void = () => undefined;
  #forget: () => void = () => undefined;

  #sourceIsOpen = true;
  #isAsking = false;
  #isFilling = false;

  /** Whether a call of the source's `next` has not been answered. */
  #isPending = false;

  /** Whether the end waits until the source is closed, and the calls of `return` that wait for that. */
  #isClosing = false;
  readonly #leaving: Wait<Step<Result>>[] = [];

  /** Why no more jobs came, and the error of closing the source; both are thrown after the results of the jobs before. */
  #failure: Error | undefined;
  #closingFailure: Error | undefined;
  #isOver = false;

  constructor(jobs: Iterable<Job> | AsyncIterable<Job>, scope: AsyncContext | null, pool: Bringing<Job, Result>) {
    if (!isIterable(jobs)) throw new TypeError(`WorkerPool.map: jobs must be iterable, got ${describe(jobs)}`);
    this.#jobs = jobs;
    this.#scope = scope;
    this.#pool = pool;
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  next(): Promise<Step<Result>> {
    if (this.#ctx === null) this.#begin();
    this.#fill();
    if (this.#calls.length === 0) {
      try {
        const step = this.#step();
        if (step !== undefined) {
          // The workers go on while the result is looked at.
          this.#fill();
          return passedWith(step);
        }
      } catch (error) {
        return failed(error);
      }
    }
    const call = new Wait<Step<Result>>(poolResult);
    this.#calls.push(call);
    return call.promise;
  }

  return(): Promise<Step<Result>> {
    if (this.#ctx === null) this.#begin();
    this.#finish();
    this.#close((f) => f());
    this.#serve();
    if (this.#isClosing) {
      const leaving = new Wait<Step<Result>>(poolResult);
      this.#leaving.push(leaving);
      return leaving.promise;
    }
    const error = this.#takeClosingFailure();
    return error === undefined ? passedWith(end) : failed(error);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.return();
  }

  /** One of the jobs has its outcome. */
  settled(work: Work<Job, Result>): void {
    if (this.#ahead.first === work) this.#serve();
  }

  proceed(): void {
    if (this.#hasRoom) this.#fill();
  }

  /** Ends the iteration, with `cause`, after the results that are there. */
  end(cause: Error): void {
    this.#cancel(cause);
  }

  #begin(): void {
    [this.#ctx, this.#cancel] = this.#pool.join(this);
    const ctx = this.#ctx;
    this.#failure = this.#pool.refusal();
    try {
      this.#source = this.#inScope(() => sourceOf(this.#jobs, ctx));
    } catch (error) {
      this.#failure ??= asError(error);
      this.#sourceIsOpen = false;
    }
    this.#forget = onCancel(ctx, () => this.#cutShort(cause(ctx) as Error));
  }

  /** The next step; undefined, if it has to be waited for. Throws the error that ends the iteration. */
  #step(): Step<Result> | undefined {
    if (this.#isOver) return end;
    const outcome: Outcome<Job, Result> | undefined = this.#ahead.first?.outcome;
    if (outcome?.status === "done") {
      this.#ahead.shift();
      return { value: outcome.value, done: false };
    }
    if (outcome !== undefined) {
      this.#failure = outcome.error;
      this.#dropAll(outcome.error);
      this.#close();
    }
    if (this.#ahead.length > 0 || this.#sourceIsOpen || this.#isClosing) return undefined;
    this.#finish();
    const closing = this.#takeClosingFailure();
    if (closing !== undefined && this.#failure !== undefined) throw both(this.#failure, closing);
    const error = this.#failure ?? closing;
    if (error !== undefined) throw error;
    return end;
  }

  // Each error is reported once.
  #takeClosingFailure(): Error | undefined {
    const error = this.#closingFailure;
    this.#closingFailure = undefined;
    return error;
  }

  /** Settles the calls that wait, as far as that is possible. */
  #serve(): void {
    while (this.#calls.length > 0) {
      try {
        const step = this.#step();
        if (step === undefined) break;
        this.#calls.shift().end(step);
      } catch (error) {
        this.#calls.shift().fail(error as Error);
      }
    }
  }

  get #hasRoom(): boolean {
    return this.#sourceIsOpen && !this.#isOver && this.#ahead.length < this.#pool.window();
  }

  /** Brings jobs as long as there is room. */
  #fill(): void {
    if (!this.#hasRoom || this.#isAsking || this.#isFilling) return;
    if (this.#source.isSlow) {
      this.#isAsking = true;
      this.#inScope(() => go(() => this.#ask()));
      return;
    }
    this.#isFilling = true;
    this.#inScope(() => {
      while (this.#mayAsk()) this.#take(this.#next);
    });
    this.#isFilling = false;
    this.#serve();
  }

  readonly #next = (): IteratorResult<Job, unknown> => this.#source.next() as IteratorResult<Job, unknown>;

  /** Whether there is room for a job, and a pool that accepts it. */
  #mayAsk(): boolean {
    if (!this.#hasRoom) return false;
    const refusal = this.#pool.refusal();
    if (refusal !== undefined) this.#refuse(refusal);
    return refusal === undefined;
  }

  /** Asks a source that needs time, as long as there is room. */
  async #ask(): Promise<void> {
    while (this.#mayAsk()) {
      this.#isPending = true;
      const step = await resultOf(() => this.#source.next());
      this.#isPending = false;
      this.#take(step);
      this.#serve();
    }
    this.#isAsking = false;
    this.#serve();
  }

  /** Brings the job that `next` returns to the pool, or notes that there is none. */
  #take(next: () => IteratorResult<Job, unknown>): void {
    let step: IteratorResult<Job, unknown>;
    try {
      step = next();
    } catch (error) {
      // Once the iteration is being ended, that is the usual answer of a source which was asked before.
      if (this.#sourceIsOpen) this.#failure ??= asError(error);
      this.#sourceIsOpen = false;
      return;
    }
    if (step.done === true || this.#isOver) {
      this.#sourceIsOpen = false;
      return;
    }
    try {
      this.#ahead.push(this.#pool.bring(step.value, this.#ctx as Context, this, this.#scope));
    } catch (error) {
      this.#refuse(asError(error));
    }
  }

  #refuse(error: Error): void {
    this.#failure ??= error;
    this.#close();
  }

  /** Closes the source; by default in a goroutine, because that is user code. */
  #close(run: (f: () => unknown) => void = go): void {
    if (!this.#sourceIsOpen) return;
    this.#sourceIsOpen = false;
    // A source that is being asked may never answer: the iteration does not wait for it.
    const isWaited = !this.#isPending;
    this.#isClosing = isWaited;
    this.#inScope(() =>
      run(async () => {
        const closed = resultOf(() => this.#source.return?.());
        if (isWaited) this.#closed(await closed);
        else void closed.then(guarded);
      }),
    );
  }

  /** The source is closed; `result` throws if that has failed. */
  #closed(result: () => unknown): void {
    this.#isClosing = false;
    try {
      result();
    } catch (thrown) {
      this.#closingFailure = asError(thrown);
    }
    this.#serve();
    for (const leaving of this.#leaving.splice(0)) {
      const error = this.#takeClosingFailure();
      if (error === undefined) leaving.end(end);
      else leaving.fail(error);
    }
  }

  #finish(): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#forget();
    this.#cancel();
    this.#dropAll(cause(this.#ctx as Context) as Error);
    this.#pool.leave(this);
  }

  /** The context has ended: what is done is still returned in its order, and then the reason of the end. */
  #cutShort(reason: Error): void {
    const works = this.#takeAll();
    // All jobs may have been done before, and then there is nothing to cut.
    if (this.#sourceIsOpen || works.some(({ outcome }) => outcome === undefined)) {
      this.#failure ??= reason;
      this.#close();
      for (const work of works) this.#pool.giveUp(work, reason);
    }
    for (const work of works) this.#ahead.push(work);
    this.#serve();
  }

  #dropAll(reason: Error): void {
    for (const work of this.#takeAll()) this.#pool.giveUp(work, reason);
  }

  #takeAll(): Work<Job, Result>[] {
    return Array.from({ length: this.#ahead.length }, () => this.#ahead.shift());
  }

  #inScope<R>(f: () => R): R {
    return this.#scope === null ? f() : this.#scope.runInAsyncScope(f);
  }
}

interface Source<Job> {
  /** Whether each step takes time. */
  readonly isSlow: boolean;
  next(): IteratorResult<Job, unknown> | PromiseLike<IteratorResult<Job, unknown>>;
  return?(): unknown;
}

const nothing: Source<never> = { isSlow: false, next: () => ({ value: undefined, done: true }) };

type Both<Job> = Partial<AsyncIterable<Job> & Iterable<Job>>;

function isIterable(jobs: unknown): boolean {
  const { [Symbol.asyncIterator]: slow, [Symbol.iterator]: quick } = Object(jobs) as Both<unknown>;
  return typeof slow === "function" || typeof quick === "function";
}

function sourceOf<Job>(jobs: Iterable<Job> | AsyncIterable<Job>, ctx: Context): Source<Job> {
  if (jobs instanceof Channel) return ofChannel(jobs as ReceiveChannel<Job>, ctx);
  const { [Symbol.asyncIterator]: slow, [Symbol.iterator]: quick } = Object(jobs) as Both<Job>;
  const isSlow = typeof slow === "function";
  const iterator = ((isSlow ? slow : quick) as () => Iterator<Job> | AsyncIterator<Job>).call(jobs);
  return { isSlow, next: () => iterator.next(), return: () => iterator.return?.() };
}

// A loop over the channel could not be left while it waits.
function ofChannel<Job>(jobs: ReceiveChannel<Job>, ctx: Context): Source<Job> {
  return {
    isSlow: true,
    async next(): Promise<IteratorResult<Job, undefined>> {
      const s = await select({ job: receive(jobs), done: receive(ctx.done()) });
      if (s.case === "done") throw cause(ctx) as Error;
      return s.ok ? { value: s.value, done: false } : { value: undefined, done: true };
    },
  };
}

function both(error: Error, closing: Error): AggregateError {
  const message = `${error.message}; and closing the jobs failed: ${closing.message}`;
  return new AggregateError([error, closing], message, { cause: error });
}

/** The result of `ask`, as a function that returns or throws it. */
async function resultOf<R>(ask: () => R | PromiseLike<R>): Promise<() => R> {
  try {
    const result = await ask();
    return () => result;
  } catch (error) {
    return () => {
      throw error;
    };
  }
}
