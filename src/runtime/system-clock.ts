// The real time. It uses the time functions that the host has at the time of the call, so that a test's fake timers drive the library too,
// and it continues when fakes are installed or removed.
//
// Invariants:
//   1. `now()` never decreases, and does not jump when the host's functions are replaced.
//   2. The timer is set with the current functions of the host or, if these have changed since, is set again with them when the clock is
//      next used or, at the latest, when the watch finds the change.
//   3. A timer that was set with the host's own functions stays set while fakes replace them, and is honored when it fires.

import { type TimeSource, roundingError } from "./timer-queue.ts";
import { currentRealm } from "./realm.ts";
import { MAX_TIMEOUT_MS } from "./timeout.ts";

/** The interval, in milliseconds, of the check whether fake functions have been removed, while a timer is set with them. */
const watchInterval = 100;

interface TimeFunctions {
  readonly performance?: { now(): number };
  setTimeout(run: () => void, ms: number): unknown;
  clearTimeout(handle: unknown): void;
  readonly AbortSignal?: { timeout?(ms: number): AbortSignal };
}

const host = globalThis as unknown as TimeFunctions;
const setTimeoutAtImport = /* @__PURE__ */ (() => host.setTimeout)();

/** A set of time functions that the host has or had. */
class Source {
  readonly performance: TimeFunctions["performance"] = host.performance;
  readonly read: () => number = nowOf(this.performance);
  readonly setTimeout: TimeFunctions["setTimeout"] = host.setTimeout;
  readonly clearTimeout: TimeFunctions["clearTimeout"] = host.clearTimeout;

  /** The number that is added to `read()`. */
  offset = 0;

  /** Whether the functions are considered the host's own and not fakes. The result of the first timer decides, if it shows that. */
  isHosts: boolean = this.setTimeout === setTimeoutAtImport;

  now(): number {
    return this.read.call(this.performance) + this.offset;
  }

  // The property `performance` is not compared: it is a getter on Node, and fakes replace its method.
  get isCurrent(): boolean {
    return this.setTimeout === host.setTimeout && this.read === nowOf(this.performance);
  }
}

function nowOf(performance: TimeFunctions["performance"]): () => number {
  return performance?.now ?? Date.now;
}

interface Timer {
  readonly source: Source;
  readonly due: number;
  readonly runDueTimers: () => void;
  handle: unknown;
}

/** The real time. A longer delay than the host supports is split: the clock finds that it was called early, and sets the timer again. */
export class SystemClock implements TimeSource {
  #source: Source | undefined;
  readonly #sources = new WeakMap<object, Source>();
  #last = 0;
  #timer: Timer | undefined;

  /** A timer that was set with the host's own functions before fakes replaced them. */
  #kept: Timer | undefined;
  #isWatching = false;

  now(): number {
    return this.#advance(this.#current());
  }

  wall(): number {
    return Date.now();
  }

  set(delay: number, runDueTimers: () => void): void {
    const source = this.#current();
    stop(this.#timer);
    if (this.#kept?.source === source) this.#dropKept();
    const ms = Math.min(Math.max(Math.ceil(delay - roundingError), 0), MAX_TIMEOUT_MS);
    const timer: Timer = { source, due: this.#advance(source) + ms, runDueTimers, handle: undefined };
    this.#timer = timer;
    outside(() => {
      timer.handle = source.setTimeout.call(globalThis, () => this.#fired(timer), ms);
      source.isHosts = isHosts(timer.handle) ?? source.isHosts;
      if (!source.isHosts) this.#watch();
    });
  }

  clear(): void {
    stop(this.#timer);
    this.#timer = undefined;
    this.#dropKept();
  }

  #dropKept(): void {
    stop(this.#kept);
    this.#kept = undefined;
  }

  #fired(timer: Timer): void {
    if (timer === this.#timer) this.#timer = undefined;
    else if (timer === this.#kept) this.#kept = undefined;
    else return;
    const { source, due } = timer;
    this.#advance(source);
    // Some fake timers do not replace `performance.now`: then the timers determine the time. A real timer that is a fraction of a
    // millisecond early while there are fakes would be set again with these.
    if (this.#last < due && !(source.isHosts && source.isCurrent)) {
      source.offset += due - this.#last;
      this.#last = due;
    }
    timer.runDueTimers();
  }

  /** Returns the time by `source`, which continues from the last reading if it is behind that. */
  #advance(source: Source): number {
    const time = source.now();
    if (time >= this.#last) this.#last = time;
    else source.offset += this.#last - time || 0;
    return this.#last;
  }

  /** Returns the current functions of the host. If they have changed, the timer is set again. */
  #current(): Source {
    const before = this.#source;
    if (before?.isCurrent === true) return before;
    const known = this.#sources.get(host.setTimeout);
    const source = known?.isCurrent === true ? known : new Source();
    if (source !== known) {
      this.#sources.set(host.setTimeout, source);
      if (before !== undefined) source.offset = this.#last - source.now();
    }
    this.#source = source;
    const timer = this.#timer;
    if (timer !== undefined) {
      this.#timer = undefined;
      if (timer.source.isHosts) this.#kept = timer;
      else stop(timer);
      this.set(timer.due - this.#advance(source), timer.runDueTimers);
    }
    return source;
  }

  // Not by a timer of the host, which may be a fake: fake timers do not replace those of AbortSignal, which keep no process alive.
  #watch(): void {
    if (this.#isWatching) return;
    const signal = host.AbortSignal?.timeout?.(watchInterval);
    if (signal === undefined) return;
    this.#isWatching = true;
    signal.addEventListener("abort", () => {
      this.#isWatching = false;
      this.#current();
      if (this.#timer?.source.isHosts === false) this.#watch();
    });
  }
}

function outside(f: () => void): void {
  // The callback of a real timer that is set inside a realm must not run in that realm.
  const realm = currentRealm();
  if (realm === undefined) f();
  else realm.runOutside(f);
}

// Timers of removed fakes need no clearing; clearing one of node:test's would break the next ones.
function stop(timer: Timer | undefined): void {
  if (timer === undefined) return;
  const { source, handle } = timer;
  if (source.isHosts || source.isCurrent) source.clearTimeout.call(globalThis, handle);
}

// Node's own timers are objects of a class; those of fakes are other objects, or lack a method. Undefined for a number.
function isHosts(handle: unknown): boolean | undefined {
  if (typeof handle !== "object" || handle === null) return undefined;
  return handle.constructor.name === "Timeout" && "close" in handle;
}
