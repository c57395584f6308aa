// A world of a test's own: time stands still until everybody in it waits, and then jumps; and in which order goroutines go
// on is drawn from a seed.
//
// Invariants, whenever no goroutine of the bubble runs:
//   1. Whatever could go on stands in `held`; the bubble has asked for the next turn of the event loop to let some of it.
//   2. Time jumps only when nothing is held and nobody is awake; while somebody is, it comes to the next alarm in real time.
//   3. After the end nothing goes on: what is held then is never given.
//
// Mirrors testing/synctest and the bubbles of runtime/synctest.go.

import { cancelWaiter } from "../channel/select.ts";
import { goroutineExited } from "../runtime/goroutine-tracking.ts";
import { otherCopies } from "../util/copies.ts";
import { callSite } from "../runtime/goroutine-tracking.ts";
import { Check, checkFunction } from "../util/validate.ts";
import { safeToString } from "../util/inspect.ts";
import { Goroutine, start } from "../runtime/goroutine.ts";
import { getEnv } from "../runtime/process.ts";
import { waitReasons } from "../runtime/wait-reasons.ts";
import { PanicError } from "../runtime/panic.ts";
import { GoroutineRegistry } from "../runtime/goroutine-registry.ts";
import { Clock } from "../runtime/timer-queue.ts";
import { rejected, fairly } from "../runtime/scheduler.ts";
import { Prng } from "../util/prng.ts";
import type { GoroutineInfo } from "../runtime/hooks.ts";
import { nextTurn } from "../runtime/macrotask.ts";
import { Deferred } from "../runtime/waiter.ts";
import { VirtualClock } from "./virtual-clock.ts";
import { type TrackedRealm, RealmTracker } from "./realm-tracker.ts";

/** What a bubble can be told. */
export interface BubbleOptions {
  /** What chance is drawn from: a whole number. The same seed gives the same run. Without it, GORO_SEED or 1. */
  readonly seed?: number;
}

/**
 * Runs `f` and all the goroutines that come of it in a bubble, and answers what `f` returns once all of them have ended.
 *
 * In a bubble the clock of the library is virtual: it starts at midnight UTC, 2000-01-01, and when every goroutine is
 * durably blocked it jumps to the next timer. The order in which goroutines go on, and every choice of `select`, are drawn
 * from the seed.
 *
 * Durably blocked is who waits for a channel, a `select`, a `WaitGroup` or a timer made in the bubble, or for
 * {@link waitUntilBlocked}. Whoever awaits any other promise, such as that of a `fetch`, is not: then time stands still, unless that
 * takes longer than the next timer.
 *
 * Errors: rejects with what a goroutine of the bubble panics with; with {@link PanicError} if all are blocked and no timer is
 * left, or if some are once `f` has returned, naming each; and at once, if it is called inside a bubble. Then the goroutines
 * that are left do not go on.
 *
 * Mirrors `synctest.Test`.
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

const check = new Check("bubble");

async function runBubble<R>(f: () => R | PromiseLike<R>, options: BubbleOptions): Promise<R> {
  checkFunction("bubble", f);
  check.options(options, ["seed"]);
  const made = new Bubble(options.seed ?? defaultSeed());
  if (tracker.current !== undefined) throw new PanicError("bubble called from within a bubble");
  const close = tracker.enable();
  try {
    const { status: way, value } = await made.run(f);
    if (way === "returned") return value as R;
    throw value;
  } finally {
    // Goroutines that are left may come back from a promise that is not goro's: as long as that can be, they must be known.
    if (!made.hasLeftovers) close();
  }
}

/** The seed of a bubble that is given none. */
export function defaultSeed(): number {
  return Number(getEnv("GORO_SEED") ?? 1);
}

/**
 * Waits until every other goroutine of the bubble is durably blocked or has ended. Time does not advance meanwhile.
 *
 * Errors: rejects with {@link PanicError} outside of a bubble.
 *
 * Mirrors `synctest.Wait`.
 */
export function waitUntilBlocked(): Promise<void> {
  const { current: here } = tracker;
  if (here === undefined) return rejected(new PanicError("goroutine is not in a bubble"));
  return here.realm.settled(here.goroutine);
}

/** The instant by the clock of the bubble, in milliseconds since the epoch; outside of one, by the real clock. */
export function now(): number {
  return tracker.current?.realm.clock.wall() ?? Date.now();
}

/** How a bubble ends, and with what: a value, or what was panicked with. */
export interface BubbleResult {
  readonly status: "returned" | "panicked" | "deadlocked";
  readonly value: unknown;
  /** For a panic, the number of the goroutine; for a deadlock, what is to be told of everybody. */
  readonly goroutine: number;
  readonly report: string;
}

/** Where everybody is. */
export const tracker: RealmTracker<Bubble> = new RealmTracker<Bubble>();

type Held = readonly [answer: (result: never) => void, result: unknown];

export class Bubble implements TrackedRealm {
  readonly #roster = new GoroutineRegistry();
  readonly clock: Clock;
  readonly #chance: Prng;
  readonly #ending = new Deferred<BubbleResult>();
  #value: unknown;
  #lastId = 0;
  #runnable: Held[] = [];
  #blockedWaiters: Deferred<void>[] = [];
  #started = false;
  #hasReturned = false;
  #hasProgram = false;
  #asked = false;
  #isOver = false;
  readonly #time = new VirtualClock(() => this.#scheduleStep());

  constructor(seed: number) {
    if (!Number.isSafeInteger(seed))
      throw new RangeError(`bubble: seed must be a whole number, got ${safeToString(seed)}`);
    this.#chance = new Prng(seed);
    this.clock = new Clock(this.#time, () => this.randomInt(2 ** 32));
  }

  /** Runs `f` as the first goroutine, to the end of the bubble. */
  run(f: () => unknown): Promise<BubbleResult> {
    const body = async (): Promise<void> => {
      this.#value = await f();
      this.#hasReturned = true;
    };
    Object.defineProperty(body, "name", { value: f.name });
    this.#started = true;
    tracker.runIn(this, undefined, () => start(new Goroutine(this.nextId(), body, [], null)));
    return this.#ending.promise;
  }

  /** Whether goroutines were left when it ended. */
  get hasLeftovers(): boolean {
    return this.#isOver && this.#roster.size > 0;
  }

  /** How it has ended. */
  get ending(): Promise<BubbleResult> {
    return this.#ending.promise;
  }

  async settled(goroutine: GoroutineInfo | undefined): Promise<void> {
    const settling = new Deferred<void>();
    this.#blockedWaiters.push(settling);
    this.blocked(settling, "synctest.Wait", true, goroutine);
    await settling.promise;
  }

  randomInt(n: number): number {
    return this.#chance.randomInt(n);
  }

  runOutside(f: () => void): void {
    tracker.outside(f);
  }

  schedule(answer: (result: never) => void, result: unknown): void {
    if (this.#isOver) return;
    this.#runnable.push([answer, result]);
    this.#scheduleStep();
  }

  nextId(): number {
    return ++this.#lastId;
  }

  panicked(error: unknown, goroutine: GoroutineInfo): void {
    this.#end({ status: "panicked", value: error, goroutine: goroutine.id, report: this.#roster.origin(goroutine) });
  }

  /** A program inside a bubble is over when its `main` returns, and so is the bubble. */
  main(f: () => unknown): void {
    if (this.#hasProgram) throw new PanicError("main: another main is running");
    this.#hasProgram = true;
    this.#started = true;
    const returned = (): void => this.#end(done(undefined));
    start(new Goroutine(this.nextId(), f, [], { onReturn: returned, onPanic: () => undefined }));
  }

  born(goroutine: GoroutineInfo, creator: GoroutineInfo | undefined): void {
    this.#roster.add(goroutine, creator);
  }

  blocked(waiter: object, operation: string, isDurable: boolean, goroutine: GoroutineInfo | undefined): void {
    if (this.#isOver) {
      decrementWaiting(operation);
      cancelWaiter(waiter);
      return;
    }
    this.#roster.block(waiter, operation, goroutine, callSite(), isDurable);
    this.#scheduleStep();
  }

  unblocked(waiter: object): void {
    this.#roster.unblock(waiter);
    this.#scheduleStep();
  }

  ended(goroutine: GoroutineInfo): void {
    this.#roster.remove(goroutine);
    this.#scheduleStep();
  }

  #scheduleStep(): void {
    if (this.#asked || this.#isOver) return;
    this.#asked = true;
    nextTurn(() => {
      this.#asked = false;
      if (!this.#isOver) tracker.runIn(this, undefined, () => this.#step());
    });
  }

  // When a turn of the event loop comes, every goroutine has run as far as it can.
  #step(): void {
    this.#time.clear();
    // What is due now needs no jump.
    if (this.clock.next <= this.clock.now()) this.clock.runDueTimers();
    if (this.#runnable.length > 0) {
      this.#resumeSome();
    } else if (this.#roster.hasRunnable) {
      this.#time.advanceInRealTime(this.clock.next);
    } else if (this.#blockedWaiters.length > 0) {
      for (const settling of this.#blockedWaiters.splice(0)) {
        this.#roster.unblock(settling);
        this.schedule(settling.resolve, undefined);
      }
    } else if (this.#started && this.#roster.size === 0) {
      this.#end(done(this.#value));
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
    const report = this.#roster.report() + otherCopies();
    this.#end({ status: "deadlocked", value: new PanicError(`deadlock: ${why}\n\n${report}`), goroutine: 1, report });
  }

  // At least one, at random: so any goroutine may get ahead of any other, and none is held for ever.
  #resumeSome(): void {
    const held = this.#runnable;
    const some = 1 + this.randomInt(held.length);
    for (let i = 0; i < some; i++) {
      const chosen = i + this.randomInt(held.length - i);
      [held[i], held[chosen]] = [held[chosen] as Held, held[i] as Held];
    }
    this.#runnable = held.slice(some);
    for (const [answer, result] of held.slice(0, some)) answer(result as never);
    this.#scheduleStep();
  }

  #end(ending: BubbleResult): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#time.clear();
    // Whoever is left will not go on, and is no reason for a warning when the process ends.
    for (const goroutine of this.#roster.goroutines) goroutineExited(goroutine);
    // Nobody may meet them in a line either, and hand them a value that they would never use.
    for (const waiter of this.#roster.waiters) cancelWaiter(waiter);
    for (const name of this.#roster.operations) decrementWaiting(name);
    this.#ending.resolve(ending);
  }
}

function decrementWaiting(name: string): void {
  const operation = waitReasons.find((each) => each.name === name);
  if (operation !== undefined) operation.waiting--;
}

function done(value: unknown): BubbleResult {
  return { status: "returned", value, goroutine: 1, report: "" };
}
