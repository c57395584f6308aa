// Many jobs, and their results in the order of the jobs.
//
// Invariants, whenever no method is on the stack:
//   1. `#ahead` are the jobs that were brought and not answered yet, in their order, no more than the window.
//   2. While a call of `next` waits, the first of them has no outcome, or there is none and the source is being asked.
//   3. After the end nothing is ahead, nobody waits, and the context of the jobs has ended.

import { Channel, type ReceiveChannel } from "../channel/channel.ts";
import { receive, select } from "../channel/select.ts";
import type { Context } from "../context/context.ts";
import { afterFunc, cause } from "../context/namespace.ts";
import { asText } from "../goroutine/foreign.ts";
import { go } from "../goroutine/go.ts";
import { poolResult } from "../goroutine/operations.ts";
import { failed, passedWith } from "../internal/gate.ts";
import { Ring } from "../internal/ring.ts";
import { asError, type Outcome } from "./outcome.ts";
import { Wait } from "./wait.ts";
import type { Owner, Work } from "./work.ts";

/** How to map. */
export interface MapOptions {
  /** How many jobs may be ahead of the results that are taken: a whole number from 1. By default twice the workers. */
  readonly window?: number;

  /** When it ends, so does the iteration, with its cause. Contexts of the jobs are derived from it. */
  readonly ctx?: Context;
}

/** What a pool does for whoever maps. */
export interface Bringing<Job, Result> {
  /** The context of all the jobs, and what lets go of it. */
  derive(): [ctx: Context, cancel: () => void];

  /** Brings a job to the pool, which may have to wait until it is accepted. */
  bring(job: Job, ctx: Context, owner: Owner<Job, Result>): Work<Job, Result>;

  /** Takes back a job whose context has ended. */
  giveUp(work: Work<Job, Result>): void;
}

type Step<Result> = IteratorResult<Result, undefined>;

const end: Step<never> = { value: undefined, done: true };

/** The results of jobs, in the order of the jobs. */
export class OrderedResults<Job, Result> implements AsyncIterableIterator<Result>, AsyncDisposable, Owner<Job, Result> {
  readonly #pool: Bringing<Job, Result>;
  readonly #window: number;
  readonly #jobs: Iterable<Job> | AsyncIterable<Job>;

  /** Both are made when somebody begins to iterate: who never does leaves nothing anywhere. */
  #ctx: Context | null = null;
  #source: Source<Job> = nothing;
  readonly #ahead = new Ring<Work<Job, Result>>();
  readonly #calls = new Ring<Wait<Step<Result>>>();
  #letGo: () => void = () => undefined;
  #sourceIsOpen = true;
  #isAsking = false;

  /** Why no more jobs came; told when the results of those before have been. */
  #failure: Error | undefined;
  #isOver = false;

  constructor(jobs: Iterable<Job> | AsyncIterable<Job>, window: number, pool: Bringing<Job, Result>) {
    if (!isIterable(jobs)) throw new TypeError(`WorkerPool.map: jobs must be iterable, got ${asText(jobs)}`);
    this.#jobs = jobs;
    this.#window = window;
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

  async return(): Promise<Step<Result>> {
    await this.#leave();
    return end;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#leave();
  }

  /** One of the jobs has its outcome. */
  settled(work: Work<Job, Result>): void {
    if (this.#ahead.first !== work) return;
    this.#serve();
    this.#fill();
  }

  #begin(): void {
    const [ctx, cancel] = this.#pool.derive();
    const forget = afterFunc(ctx, () => this.#cutShort(cause(ctx) as Error));
    this.#ctx = ctx;
    this.#letGo = () => {
      forget();
      cancel();
    };
    try {
      this.#source = sourceOf(this.#jobs, ctx);
    } catch (error) {
      this.#failure = asError(error);
      this.#sourceIsOpen = false;
    }
  }

  /** The next answer, if it is there. Throws what ends the iteration. */
  #step(): Step<Result> | undefined {
    if (this.#isOver) return end;
    const { first } = this.#ahead;
    if (first === undefined) {
      if (this.#sourceIsOpen) return undefined;
      this.#finish();
      if (this.#failure !== undefined) throw this.#failure;
      return end;
    }
    const outcome: Outcome<Job, Result> | undefined = first.outcome;
    if (outcome === undefined) return undefined;
    this.#ahead.shift();
    if (outcome.status === "done") return { value: outcome.value, done: false };
    this.#finish();
    // What the source has to say to that would hide why.
    void this.#closeSource().catch(() => undefined);
    throw outcome.error;
  }

  /** Answers those who wait, as far as that is possible. */
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
    return this.#sourceIsOpen && !this.#isOver && this.#ahead.length < this.#window;
  }

  #fill(): void {
    if (!this.#source.isSlow) {
      while (this.#hasRoom) this.#take(this.#next);
    } else if (this.#hasRoom && !this.#isAsking) {
      this.#isAsking = true;
      go(() => this.#ask());
    }
  }

  readonly #next = (): IteratorResult<Job, unknown> => this.#source.next() as IteratorResult<Job, unknown>;

  /** Asks a source that needs time, as long as there is room. */
  async #ask(): Promise<void> {
    while (this.#hasRoom) {
      const step = await resultOf(() => this.#source.next());
      this.#take(step);
      this.#serve();
    }
    this.#isAsking = false;
  }

  /** Brings the job that `next` answers to the pool, or notes that there is none. */
  #take(next: () => IteratorResult<Job, unknown>): void {
    try {
      const step = next();
      if (step.done !== true && !this.#isOver) {
        this.#bring(step.value);
        return;
      }
    } catch (error) {
      this.#failure ??= asError(error);
    }
    this.#sourceIsOpen = false;
  }

  #bring(job: Job): void {
    try {
      this.#ahead.push(this.#pool.bring(job, this.#ctx as Context, this));
    } catch (error) {
      this.#failure ??= asError(error);
      void this.#closeSource().catch(() => undefined);
    }
  }

  /** Whoever iterates goes: nothing of theirs is worked on any more. */
  async #leave(): Promise<void> {
    if (this.#ctx === null) this.#begin();
    this.#finish();
    this.#serve();
    await this.#closeSource();
  }

  async #closeSource(): Promise<void> {
    if (!this.#sourceIsOpen) return;
    this.#sourceIsOpen = false;
    const closed = this.#source.return?.();
    // A source that is being asked may never answer, and nobody waits for what it will say.
    if (this.#isAsking) void Promise.resolve(closed).catch(() => undefined);
    else await closed;
  }

  #finish(): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#letGo();
    for (const work of this.#takeAll()) this.#pool.giveUp(work);
  }

  /** The context has ended: what is done is still told in its order, and then why there is no more. */
  #cutShort(reason: Error): void {
    const left = this.#takeAll();
    // What has been brought may have been done before, and then there is nothing to cut.
    if (this.#sourceIsOpen || left.some(({ outcome }) => outcome === undefined)) {
      this.#failure ??= reason;
      void this.#closeSource().catch(() => undefined);
      for (const work of left) this.#pool.giveUp(work);
    }
    for (const work of left) this.#ahead.push(work);
    this.#serve();
  }

  #takeAll(): Work<Job, Result>[] {
    return Array.from({ length: this.#ahead.length }, () => this.#ahead.shift());
  }
}

interface Source<Job> {
  /** Whether each answer takes its time. */
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

/** What `ask` comes to, as a function that answers or throws. */
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
