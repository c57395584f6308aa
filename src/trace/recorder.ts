// Writes down what the hook tells.
//
// Invariants:
//   1. Events stand in the order in which they happened, and their times never decrease.
//   2. Every goroutine, channel and pool that an event names is in the list of them, but for 0 and null; and no other is, but for main.
//   3. A value has one number from its send to its receive, and those of a buffer are received in the order of their
//      sends.

import { Case, PendingSelect } from "../channel/select.ts";
import { numGoroutine } from "../runtime/goroutine-tracking.ts";
import { Check } from "../util/validate.ts";
import {
  trackCurrentGoroutine,
  runInGoroutine,
  isTrackingCurrent,
  currentGoroutine,
} from "../runtime/goroutine-tracking.ts";
import { safeToString } from "../util/inspect.ts";
import { isMainRunning } from "../runtime/deadlock.ts";
import { currentClock, realClock } from "../runtime/timer.ts";
import { addHooks, type Hooks as Hook, type GoroutineInfo } from "../runtime/hooks.ts";
import type { JobRunner } from "../pool/job-runner.ts";
import type { PoolJob } from "../pool/job.ts";
import { type Trace, type TraceEvent, version, type Who } from "./format.ts";
import { main, Numbers } from "./numbers.ts";
import { shown } from "./shown.ts";
import { tapConsole } from "./tap.ts";

/** The options of {@link record}. */
export interface RecordOptions {
  /**
   * How many events are kept, from 0; later ones are only counted, and take no memory. By default 1,000,000, which take some hundred
   * megabytes.
   */
  readonly limit?: number;

  /**
   * Whether the values that are sent are recorded too, each as a short text; no code of a value runs. By default they are not, because
   * they may be sensitive.
   */
  readonly values?: boolean;

  /**
   * Whether channels and goroutines that have no name are called after the line of the program that makes them. By
   * default not: it takes a look at the stack for each.
   */
  readonly sources?: boolean;

  /** Whether what the program prints by `console` becomes `log` events. By default not. */
  readonly console?: boolean;
}

const runtime = 0;

/** The recordings that go on. */
const recordings = new Set<Recording>();

/**
 * Records what all goroutines do from now on, until `stop`. `using` stops it when the scope ends.
 *
 * Whose doing something is, is told by the host's `AsyncLocalStorage`, also after awaits on promises of others. It is
 * null where there is none, as in browsers, and for goroutines that began before the recording.
 *
 * Errors: throws `RangeError` if `limit` is not a whole number from 0, and `TypeError` for an option that does not exist.
 *
 * Mirrors `trace.Start` of runtime/trace.
 *
 * @example
 * const recording = record({ values: true });
 * const jobs = new Channel<string>(1, { name: "jobs" });
 * go(() => jobs.send("sweep"));
 * await jobs.receive();
 * console.log(terminalView(recording.stop()));
 */
export function record(options: RecordOptions = {}): Recording {
  new Check("record").options(options, ["limit", "values", "sources", "console"]);
  return new Recording(options);
}

/** Writes `message` into all recordings that go on, as something that the goroutine that runs has to say. */
export function log(message: string): void {
  for (const recording of recordings) recording.log(message);
}

type Step<E extends TraceEvent = TraceEvent> = E extends TraceEvent ? Omit<E, "at" | "goroutine"> : never;

interface Wait {
  readonly number: number;
  readonly who: Who;
  /** null, if it is not known. */
  readonly goroutine: GoroutineInfo | null;
}

/** A recording that goes on, or has been stopped. */
export class Recording implements Disposable {
  readonly #limit: number;
  readonly #values: boolean;
  readonly #clock = currentClock();
  readonly #start = this.#clock.now();
  readonly #epoch = this.#clock.wall();
  readonly #stops: (() => void)[] = [];
  #trace: Trace | null = null;

  readonly #events: TraceEvent[] = [];
  #dropped = 0;

  readonly #numbers: Numbers;
  #lastValue = 0;
  #lastWait = 0;
  readonly #waits = new WeakMap<object, Wait>();

  /** The goroutines that have begun and not ended, and for how many things each waits. */
  readonly #living = new Map<GoroutineInfo, number>();
  #ending: Trace["ending"] = "running";

  /** Whoever is in no goroutine, if it is certain that there is no other whom nobody knows. */
  readonly #others: Who;
  #isTimer = false;

  constructor({ limit = 1_000_000, values = false, sources = false, console: printed = false }: RecordOptions) {
    this.#limit = new Check("record").count("limit", 0, limit);
    this.#values = values;
    this.#numbers = new Numbers(sources);
    const askNoMore = trackCurrentGoroutine();
    const isFirst = numGoroutine() === 1 && !isMainRunning;
    this.#others = isTrackingCurrent() && isFirst ? main : null;
    this.#stops.push(addHooks(this.#hook), askNoMore);
    if (printed) this.#stops.push(tapConsole((text) => this.log(text)));
    recordings.add(this);
  }

  /** What has been recorded until now. */
  get trace(): Trace {
    if (this.#trace !== null) return this.#trace;
    return {
      format: "goro-trace",
      version,
      clock: this.#clock === realClock ? "real" : "virtual",
      epoch: Math.round(this.#epoch),
      end: this.#now(),
      ending: this.#ending === "running" && this.#isBlocked ? "blocked" : this.#ending,
      dropped: this.#dropped,
      goroutines: [...this.#numbers.goroutines],
      channels: [...this.#numbers.channels],
      pools: [...this.#numbers.pools],
      events: [...this.#events],
    };
  }

  /** Ends the recording, and answers it; again the same, if it was stopped before. */
  stop(): Trace {
    this.#trace ??= this.trace;
    recordings.delete(this);
    for (const stop of this.#stops.splice(0)) stop();
    return this.#trace;
  }

  [Symbol.dispose](): void {
    this.stop();
  }

  log(message: string): void {
    if (!this.#isFull()) this.#add(this.#runner, { type: "log", text: safeToString(message) });
  }

  readonly #hook: Hook = {
    go: (goroutine) => {
      this.#living.set(goroutine, 0);
      if (this.#isFull(goroutine.id === main ? 0 : 1)) return;
      const parent = this.#runner;
      const child = this.#numbers.newGoroutine(goroutine, parent);
      if (child !== main) this.#add(parent, { type: "go", child });
    },
    run: runInGoroutine,
    panic: (goroutine, error) => {
      this.#ending = "panicked";
      if (this.#isFull()) return;
      this.#add(this.#numbers.goroutine(goroutine), { type: "panic", error: safeToString(error) });
    },
    end: (goroutine) => {
      this.#living.delete(goroutine);
      if (goroutine.id === main && this.#ending === "running") this.#ending = "returned";
      if (this.#isFull()) return;
      this.#add(this.#numbers.goroutine(goroutine), { type: "end" });
    },
    block: (party, operation, _isDurable, subject) => {
      const goroutine = currentGoroutine() ?? null;
      this.#count(goroutine, 1);
      const isFull = this.#isFull();
      const who = isFull ? null : this.#runner;
      const number = ++this.#lastWait;
      this.#waits.set(party, { number, who, goroutine });
      if (isFull) return;
      const step: Step = { type: "block", wait: number, operation };
      if (party instanceof PendingSelect) this.#add(who, { ...step, cases: this.#numbers.cases(party.cases) });
      else if (subject !== null) this.#add(who, { ...step, channel: this.#numbers.channel(subject).id });
      else this.#add(who, step);
    },
    unblock: (party) => {
      const wait = this.#waits.get(party);
      if (wait === undefined) return;
      this.#waits.delete(party);
      this.#count(wait.goroutine, -1);
      if (this.#isFull()) return;
      this.#add(wait.who, { type: "unblock", wait: wait.number, by: this.#runner });
    },
    channelCreated: (core) => {
      if (!this.#isFull(0)) this.#numbers.newChannel(core);
    },
    valueMoved: (core, value, from, to, length) => {
      if (this.#isFull(from !== core && to !== core ? 2 : 1)) return;
      const { id, buffered } = this.#numbers.channel(core);
      if (from !== core) {
        const number = ++this.#lastValue;
        const text = this.#values ? { text: shown(value) } : {};
        const step: Step = { type: "send", channel: id, value: number, length, ...text };
        if (to === core) {
          // A timer takes back what nobody has received.
          buffered.splice(0, buffered.length - length + 1);
          buffered.push(number);
          this.#add(this.#party(from), step);
        } else {
          this.#add(this.#party(from), { ...step, to: this.#party(to) });
          this.#add(this.#party(to), { type: "receive", channel: id, value: number, length, from: this.#party(from) });
        }
      } else {
        // What was sent before the recording has no number.
        const number = buffered.length > length ? (buffered.shift() as number) : ++this.#lastValue;
        this.#add(this.#party(to), { type: "receive", channel: id, value: number, length });
      }
    },
    close: (core) => {
      if (this.#isFull()) return;
      this.#add(this.#runner, { type: "close", channel: this.#numbers.channel(core).id });
    },
    select: (cases, chosen, party) => {
      if (this.#isFull()) return;
      const one = chosen as Case<unknown> | null;
      const who = this.#party(party);
      const name = one === null ? "default" : String(one.name);
      this.#add(who, { type: "select", cases: this.#numbers.cases(cases as Case<unknown>[]), chosen: name });
    },
    timer: (purpose, fire) => {
      const before = this.#isTimer;
      this.#isTimer = true;
      try {
        if (!this.#isFull()) this.#add(runtime, { type: "timer", purpose });
        fire();
      } finally {
        this.#isTimer = before;
      }
    },
    cancel: (context, cause) => {
      if (this.#isFull()) return;
      this.#add(this.#runner, { type: "cancel", context: safeToString(context), cause: safeToString(cause) });
    },
    jobEvent: (crew, work, step) => {
      if (this.#isFull()) return;
      const { worker = null, outcome } = work as PoolJob<unknown, unknown>;
      const at = this.#numbers.job(crew as JobRunner<unknown, unknown>, work);
      if (step === "accept") this.#add(this.#runner, { type: "accept", ...at });
      else if (step === "start") this.#add(this.#runner, { type: "start", ...at, worker: worker as number });
      else {
        const status = outcome === undefined || outcome.status === "canceled" ? "cancelled" : outcome.status;
        this.#add(this.#runner, { type: "finish", ...at, worker, status });
      }
    },
  };

  #now(): number {
    return Math.round((this.#clock.now() - this.#start) * 1000) / 1000;
  }

  /** Whether the limit has been reached: then nothing that events name is noted, and `events` of them are counted as dropped. */
  #isFull(events: number = 1): boolean {
    if (this.#events.length < this.#limit) return false;
    this.#dropped += events;
    return true;
  }

  #add(goroutine: Who, step: Step): void {
    if (this.#events.length < this.#limit) this.#events.push({ at: this.#now(), goroutine, ...step });
    else this.#dropped++;
  }

  get #runner(): Who {
    if (this.#isTimer) return runtime;
    const runs = currentGoroutine();
    return runs === undefined ? this.#others : this.#numbers.goroutine(runs);
  }

  /** The goroutine that waits in `party`; the one that runs, if it is null. */
  #party(party: object | null): Who {
    if (party === null) return this.#runner;
    const wait = this.#waits.get(party instanceof Case ? (party.pendingSelect as PendingSelect) : party);
    return wait === undefined ? null : wait.who;
  }

  #count(goroutine: GoroutineInfo | null, by: number): void {
    const waits = goroutine === null ? undefined : this.#living.get(goroutine);
    if (waits !== undefined) this.#living.set(goroutine as GoroutineInfo, waits + by);
  }

  get #isBlocked(): boolean {
    const waits = [...this.#living.values()];
    return waits.length > 0 && waits.every((count) => count > 0) && this.#clock.size === 0;
  }
}
