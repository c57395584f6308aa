// A realm for tests: time does not advance until all its goroutines are blocked, and then jumps; the order of goroutines is drawn from a
// seed.
//
// Invariants, whenever no goroutine of the bubble runs:
//   1. All resolutions that can resume a goroutine are in `runnable`; a turn of the event loop is scheduled to run some of them.
//   2. Time jumps only when nothing is runnable and all goroutines are durably blocked; otherwise it reaches the next timer in real time.
//   3. After the end no goroutine resumes: the remaining resolutions are discarded.
//
// See testing/synctest and the bubbles of runtime/synctest.go.

import { cancelWaiter } from "../channel/select.ts";
import { otherCopies } from "../util/copies.ts";
import { deadlockHints, mayBeWoken } from "../runtime/deadlock-info.ts";
import { Check, checkFunction, describe } from "../util/validate.ts";
import { callSite, Goroutine, goroutineExited, start } from "../runtime/goroutine.ts";
import { getEnv } from "../runtime/process.ts";
import { PanicError } from "../runtime/panic.ts";
import { GoroutineRegistry } from "../runtime/goroutine-registry.ts";
import { Clock } from "../runtime/timer-queue.ts";
import { rejected, fairly } from "../runtime/scheduler.ts";
import { Prng } from "../util/prng.ts";
import type { BlockReason, GoroutineInfo } from "../runtime/hooks.ts";
import { nextTurn } from "../runtime/macrotask.ts";
import { Deferred } from "../runtime/waiter.ts";
import { VirtualClock } from "./virtual-clock.ts";
import { type TrackedRealm, RealmTracker } from "./realm-tracker.ts";

/** Options of {@link bubble}. */
export interface BubbleOptions {
  /**
   * The seed of all random choices: an integer. The same seed gives the same run.
   *
   * @defaultValue the environment variable GORO_SEED, or 1
   */
  readonly seed?: number;
}

/**
 * Runs `f` and all goroutines that it starts in a bubble, and resolves with the result of `f` when all of them have finished.
 *
 * In a bubble the clock of the library is virtual: it starts at midnight UTC, 2000-01-01, and jumps to the next timer when every goroutine
 * is durably blocked. The order in which goroutines resume, and every choice of `select`, are drawn from the seed.
 *
 * A goroutine is durably blocked if it waits for a channel, a `select`, a `WaitGroup`, a lock or a timer created in the bubble, or for
 * {@link waitUntilBlocked}. A goroutine that awaits an external promise, such as that of a `fetch`, is not: until that promise settles, the
 * clock stands still, and each timer fires when its delay has passed in real time. The clock then has the time of that timer.
 *
 * @throws (rejects) the error with which a goroutine of the bubble panics; {PanicError} if all goroutines are blocked and no timer is set,
 * or if some are blocked after `f` has returned, with a report of each; {PanicError} if it is called inside a bubble. Goroutines that remain
 * do not resume.
 *
 * @see [synctest.Test](https://pkg.go.dev/testing/synctest#Test)
 *
 * @example
 * await bubble(async () => {
 *   const start = now();
 *   await time.sleep(10 * time.hour);
 *   console.log(now() - start); // 36000000, at once
 * });
 */
export function bubble<R>(f: () => R | PromiseLike<R>, options: BubbleOptions = {}): Promise<R> {
  return fairly(runBubble(f, options));
}

const check = /* @__PURE__ */ new Check("bubble");

async function runBubble<R>(f: () => R | PromiseLike<R>, options: BubbleOptions): Promise<R> {
  checkFunction("bubble", f);
  check.options(options, ["seed"]);
  const bubble = new Bubble(options.seed ?? defaultSeed());
  if (tracker.current !== undefined) throw new PanicError("bubble called from within a bubble");
  const disable = tracker.enable();
  try {
    const { status, value } = await bubble.run(f);
    if (status === "returned") return value as R;
    throw value;
  } finally {
    // A remaining goroutine may resume from an external promise, and must then be recognized.
    if (!bubble.hasLeftovers) disable();
  }
}

/** Returns the default seed of a bubble. */
export function defaultSeed(): number {
  return Number(getEnv("GORO_SEED") ?? 1);
}

/**
 * Waits until every other goroutine of the bubble is durably blocked or has finished. Time does not advance during the wait.
 *
 * @throws {PanicError} (rejects) outside of a bubble.
 *
 * @see [synctest.Wait](https://pkg.go.dev/testing/synctest#Wait)
 */
export function waitUntilBlocked(): Promise<void> {
  const { current } = tracker;
  if (current === undefined) return rejected(new PanicError("goroutine is not in a bubble"));
  return current.realm.waitUntilBlocked(current.goroutine);
}

/** Returns the time of the bubble, in milliseconds since the epoch; outside of a bubble, the real time. */
export function now(): number {
  return tracker.current?.realm.clock.wall() ?? Date.now();
}

/** The end of a bubble. */
export interface BubbleResult {
  readonly status: "returned" | "panicked" | "deadlocked";

  /** The result of the function, or the error of a panic. */
  readonly value: unknown;

  /** The id of the goroutine that panicked; 1 otherwise. */
  readonly goroutine: number;

  /** The origin of the goroutine that panicked, or the report of a deadlock. */
  readonly report: string;
}

/** Tracks which code runs in which bubble. */
export const tracker: RealmTracker<Bubble> = new RealmTracker<Bubble>();

type Resolution = readonly [resolve: (result: never) => void, result: unknown];

/** A bubble. */
export class Bubble implements TrackedRealm {
  readonly #registry = new GoroutineRegistry();
  readonly clock: Clock;
  readonly #prng: Prng;
  readonly #result = new Deferred<BubbleResult>();
  #value: unknown;
  #lastId = 0;
  #runnable: Resolution[] = [];
  #blockedWaiters: Deferred<void>[] = [];
  #started = false;
  #hasReturned = false;
  #hasProgram = false;
  #isStepScheduled = false;
  #isOver = false;
  readonly #time = new VirtualClock(() => this.#scheduleStep());

  constructor(seed: number) {
    if (!Number.isSafeInteger(seed)) throw new RangeError(`bubble: seed must be a whole number, got ${describe(seed)}`);
    this.#prng = new Prng(seed);
    this.clock = new Clock(this.#time, () => this.randomInt(2 ** 32));
  }

  /** Runs `f` as the first goroutine, and resolves at the end of the bubble. */
  run(f: () => unknown): Promise<BubbleResult> {
    const fn = async (): Promise<void> => {
      this.#value = await f();
      this.#hasReturned = true;
    };
    Object.defineProperty(fn, "name", { value: f.name });
    this.#started = true;
    tracker.runIn(this, undefined, () => start(new Goroutine(this.nextId(), fn, [], null)));
    return this.#result.promise;
  }

  /** Whether the bubble has ended before all its goroutines have finished. */
  get hasLeftovers(): boolean {
    return this.#isOver && this.#registry.size > 0;
  }

  /** Resolves at the end of the bubble. */
  get result(): Promise<BubbleResult> {
    return this.#result.promise;
  }

  /** See the function {@link waitUntilBlocked}. */
  async waitUntilBlocked(goroutine: GoroutineInfo | undefined): Promise<void> {
    const waiter = new Deferred<void>();
    this.#blockedWaiters.push(waiter);
    // The reason is not in the list: a program outside of a bubble cannot wait for it.
    this.blocked(waiter, { name: "synctest.Wait", waiting: 1 }, true, goroutine);
    await waiter.promise;
  }

  randomInt(n: number): number {
    return this.#prng.randomInt(n);
  }

  runOutside(f: () => void): void {
    tracker.outside(f);
  }

  schedule(resolve: (result: never) => void, result: unknown): void {
    if (this.#isOver) return;
    this.#runnable.push([resolve, result]);
    this.#scheduleStep();
  }

  nextId(): number {
    return ++this.#lastId;
  }

  panicked(error: unknown, goroutine: GoroutineInfo): void {
    this.#end({ status: "panicked", value: error, goroutine: goroutine.id, report: this.#registry.origin(goroutine) });
  }

  /** The bubble ends when the `main` of a program inside it returns. */
  main(f: () => unknown): void {
    if (this.#hasProgram) throw new PanicError("main: another main is running");
    this.#hasProgram = true;
    this.#started = true;
    const onReturn = (): void => this.#end(returnedResult(undefined));
    start(new Goroutine(this.nextId(), f, [], { onReturn, onPanic: () => undefined }));
  }

  /** Ends the program, if it has not ended, as a deadlock: the host has nothing left to run that could wake a goroutine. */
  endIdleProgram(): void {
    if (this.#hasProgram && !mayBeWoken()) this.#deadlock("the host has nothing left to run");
  }

  goroutineStarted(goroutine: GoroutineInfo, creator: GoroutineInfo | undefined): void {
    this.#registry.add(goroutine, creator);
  }

  blocked(waiter: object, reason: BlockReason, isDurable: boolean, goroutine: GoroutineInfo | undefined): void {
    if (this.#isOver) {
      reason.waiting--;
      cancelWaiter(waiter);
      return;
    }
    this.#registry.block(waiter, reason, goroutine, callSite(), isDurable);
    this.#scheduleStep();
  }

  unblocked(waiter: object): void {
    this.#registry.unblock(waiter);
    this.#scheduleStep();
  }

  goroutineExited(goroutine: GoroutineInfo): void {
    this.#registry.remove(goroutine);
    this.#scheduleStep();
  }

  #scheduleStep(): void {
    if (this.#isStepScheduled || this.#isOver) return;
    this.#isStepScheduled = true;
    nextTurn(() => {
      this.#isStepScheduled = false;
      if (!this.#isOver) tracker.runIn(this, undefined, () => this.#step());
    });
  }

  // At a turn of the event loop, every goroutine has run until it waits.
  #step(): void {
    this.#time.clear();
    // Timers that are due now need no jump.
    if (this.clock.next <= this.clock.now()) this.clock.runDueTimers();
    if (this.#runnable.length > 0) {
      this.#resumeSome();
    } else if (this.#registry.hasRunnable) {
      this.#time.advanceInRealTime(this.clock.next);
    } else if (this.#blockedWaiters.length > 0) {
      for (const waiter of this.#blockedWaiters.splice(0)) {
        this.#registry.unblock(waiter);
        this.schedule(waiter.resolve, undefined);
      }
    } else if (this.#started && this.#registry.size === 0) {
      this.#end(returnedResult(this.#value));
    } else if (this.#hasReturned && !this.#hasProgram) {
      this.#deadlock("main bubble goroutine has exited but blocked goroutines remain");
    } else if (this.clock.next < Infinity) {
      this.#time.advanceTo(this.clock.next);
      this.clock.runDueTimers();
      this.#scheduleStep();
    } else if (this.#started) {
      this.#deadlock("all goroutines in bubble are blocked");
    }
  }

  #deadlock(why: string): void {
    const report = this.#registry.report() + deadlockHints() + otherCopies();
    this.#end({ status: "deadlocked", value: new PanicError(`deadlock: ${why}\n\n${report}`), goroutine: 1, report });
  }

  // At least one, at random: any goroutine may overtake any other, and none is delayed forever.
  #resumeSome(): void {
    const runnable = this.#runnable;
    const count = 1 + this.randomInt(runnable.length);
    for (let i = 0; i < count; i++) {
      const chosen = i + this.randomInt(runnable.length - i);
      [runnable[i], runnable[chosen]] = [runnable[chosen] as Resolution, runnable[i] as Resolution];
    }
    this.#runnable = runnable.slice(count);
    for (const [resolve, result] of runnable.slice(0, count)) resolve(result as never);
    this.#scheduleStep();
  }

  #end(result: BubbleResult): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#time.clear();
    // Remaining goroutines will not resume, and must not cause a warning when the process exits.
    for (const goroutine of this.#registry.goroutines) goroutineExited(goroutine);
    // Remove the remaining waiters from their queues, so that no value is delivered to a goroutine that will not resume.
    for (const waiter of this.#registry.waiters) cancelWaiter(waiter);
    for (const reason of this.#registry.reasons) reason.waiting--;
    this.#result.resolve(result);
  }
}

function returnedResult(value: unknown): BubbleResult {
  return { status: "returned", value, goroutine: 1, report: "" };
}
