// Records the events of the hooks as a trace.
//
// Invariants:
//   1. Events are in the order in which they happened, and their times never decrease.
//   2. The lists contain each goroutine, channel and pool that an event refers to and, except for the main goroutine, no others.
//   3. A value has the same id in its send and its receive, and the values of a buffer are received in the order of their sends.
//   4. When the limit is reached, events are counted and leave nothing else behind.

import { numGoroutine } from "../runtime/goroutine.ts";
import {
  currentGoroutine,
  isTrackingCurrent,
  runInGoroutine,
  trackCurrentGoroutine,
} from "../runtime/goroutine-tracking.ts";
import { addHooks, type GoroutineInfo, type Hooks } from "../runtime/hooks.ts";
import { isMainRunning } from "../runtime/deadlock.ts";
import { currentClock, realClock } from "../runtime/timer.ts";
import { safeToString } from "../util/inspect.ts";
import { Check, checkCount } from "../util/validate.ts";
import { captureConsole } from "./console-capture.ts";
import { type EventBase, type GoroutineRef, type Trace, type TraceEvent, version } from "./format.ts";
import { IdTable, MAIN_ID } from "./id-table.ts";
import { callerLine } from "./name-inference.ts";
import { previewValue } from "./preview.ts";

/** The options of {@link record}. */
export interface RecordOptions {
  /**
   * How many events are kept, 0 or more. Later events are only counted, and take no memory. A million events take some hundred megabytes.
   *
   * @defaultValue 1,000,000
   */
  readonly limit?: number;

  /**
   * Whether previews of the sent values are recorded. No code of a value runs. Values may be sensitive, so this is opt-in.
   *
   * @defaultValue false
   */
  readonly values?: boolean;

  /**
   * Whether events have the `line` of the program where they happen, and channels and goroutines without a name are named after the line
   * that creates them. Each of these events captures a stack.
   *
   * @defaultValue false
   */
  readonly sources?: boolean;

  /**
   * Whether what the program prints by `console` becomes `log` events.
   *
   * @defaultValue false
   */
  readonly console?: boolean;
}

/** The id of the runtime, such as a timer. */
const RUNTIME_ID = 0;

const activeRecordings = new Set<Recording>();

/**
 * Records what all goroutines do from now on, until `stop` is called. With `using`, it stops at the end of the scope.
 *
 * The goroutine of an event is determined by the host's `AsyncLocalStorage`, and so is correct after awaits on promises of other libraries,
 * too. It is null on hosts without one, such as browsers, and for goroutines that began before the recording.
 *
 * @param options - what is recorded
 * @throws {RangeError} if `limit` is not a whole number, 0 or more
 * @throws {TypeError} if an option does not exist
 * @see {@link https://pkg.go.dev/runtime/trace#Start | trace.Start}
 *
 * @example
 * const recording = record({ values: true });
 * const jobs = new Channel<string>(1, { name: "jobs" });
 * go(() => jobs.send("sweep"));
 * await jobs.receive();
 * console.log(renderText(recording.stop()));
 */
export function record(options: RecordOptions = {}): Recording {
  new Check("record").options(options, ["limit", "values", "sources", "console"]);
  return new Recording(options);
}

/**
 * Adds a `log` event of the running goroutine to all active recordings.
 *
 * @param message - the text of the event
 */
export function log(message: string): void {
  for (const recording of activeRecordings) recording.log(message);
}

/** The goroutine of an event, and the line of the program where it is. */
type Actor = Pick<EventBase, "goroutine" | "line">;

type EventBody<E extends TraceEvent = TraceEvent> = E extends TraceEvent ? Omit<E, keyof EventBase> : never;

interface Wait {
  readonly id: number;
  readonly actor: Actor;
  /** null if it is not known. */
  readonly goroutine: GoroutineInfo | null;
}

/** An active or stopped recording. */
export class Recording implements Disposable {
  readonly #limit: number;
  readonly #hasValues: boolean;
  readonly #hasLines: boolean;
  readonly #clock = currentClock();
  readonly #start = this.#clock.now();
  readonly #epoch = this.#clock.wall();
  readonly #stops: (() => void)[] = [];
  #trace: Trace | null = null;

  readonly #events: TraceEvent[] = [];
  #dropped = 0;
  readonly #ids: IdTable;
  #lastValue = 0;
  #lastWait = 0;
  readonly #waits = new WeakMap<object, Wait>();

  /** The goroutines that have started and not ended, and how many waits each has. */
  readonly #waitCounts = new Map<GoroutineInfo, number>();
  #ending: Trace["ending"] = "running";

  /** The goroutine of code that is in no tracked goroutine: the main one, unless other goroutines began before the recording. */
  readonly #defaultGoroutine: GoroutineRef;
  #isTimer = false;

  /** @internal */
  constructor({ limit = 1_000_000, values = false, sources = false, console = false }: RecordOptions) {
    this.#limit = checkCount(new Check("record"), "limit", 0, limit);
    this.#hasValues = values;
    this.#hasLines = sources;
    this.#ids = new IdTable(sources);
    const stopTracking = trackCurrentGoroutine();
    const isFirst = numGoroutine() === 1 && !isMainRunning;
    this.#defaultGoroutine = isTrackingCurrent() && isFirst ? MAIN_ID : null;
    this.#stops.push(addHooks(this.#hooks), stopTracking);
    if (console) this.#stops.push(captureConsole((text) => this.log(text)));
    activeRecordings.add(this);
  }

  /** The trace of what has been recorded until now. */
  get trace(): Trace {
    if (this.#trace !== null) return this.#trace;
    return {
      format: "goro-trace",
      version,
      clock: this.#clock === realClock ? "real" : "virtual",
      epoch: Math.round(this.#epoch),
      end: this.#now(),
      ending: this.#ending === "running" && this.#isBlocked() ? "blocked" : this.#ending,
      dropped: this.#dropped,
      goroutines: [...this.#ids.goroutines],
      channels: [...this.#ids.channels],
      pools: [...this.#ids.pools],
      events: [...this.#events],
    };
  }

  /** Stops the recording and returns its trace; returns the same trace if it was stopped before. */
  stop(): Trace {
    this.#trace ??= this.trace;
    activeRecordings.delete(this);
    for (const stop of this.#stops.splice(0)) stop();
    return this.#trace;
  }

  /** Stops the recording. */
  [Symbol.dispose](): void {
    this.stop();
  }

  /** Adds a `log` event of the running goroutine. */
  log(message: string): void {
    if (!this.#isFull()) this.#add(this.#running(), { type: "log", text: safeToString(message) });
  }

  readonly #hooks: Hooks = {
    go: (goroutine) => {
      this.#waitCounts.set(goroutine, 0);
      if (this.#isFull(goroutine.id === MAIN_ID ? 0 : 1)) return;
      const actor = this.#running();
      const child = this.#ids.addGoroutine(goroutine, actor.goroutine);
      if (child !== MAIN_ID) this.#add(actor, { type: "go", child });
    },
    run: runInGoroutine,
    panic: (goroutine, error) => {
      this.#ending = "panicked";
      if (this.#isFull()) return;
      this.#add({ goroutine: this.#ids.goroutine(goroutine) }, { type: "panic", error: safeToString(error) });
    },
    end: (goroutine) => {
      this.#waitCounts.delete(goroutine);
      if (goroutine.id === MAIN_ID && this.#ending === "running") this.#ending = "returned";
      if (this.#isFull()) return;
      this.#add({ goroutine: this.#ids.goroutine(goroutine) }, { type: "end" });
    },
    block: (waiter, { name }, _isDurable, target) => {
      const goroutine = currentGoroutine() ?? null;
      this.#adjustWaitCount(goroutine, 1);
      const isFull = this.#isFull();
      const actor = isFull ? { goroutine: null } : this.#running();
      const id = ++this.#lastWait;
      this.#waits.set(waiter, { id, actor, goroutine });
      if (isFull) return;
      const body: EventBody = { type: "block", wait: id, operation: name };
      if (target === null) this.#add(actor, body);
      else if ("cases" in target) this.#add(actor, { ...body, cases: this.#ids.cases(target.cases) });
      else this.#add(actor, { ...body, channel: this.#ids.channel(target).id });
    },
    unblock: (waiter) => {
      const wait = this.#waits.get(waiter);
      if (wait === undefined) return;
      this.#waits.delete(waiter);
      this.#adjustWaitCount(wait.goroutine, -1);
      if (this.#isFull()) return;
      this.#add(wait.actor, { type: "unblock", wait: wait.id, by: this.#runningId() });
    },
    channelCreated: (channel) => {
      if (!this.#isFull(0)) this.#ids.nameChannel(channel);
    },
    valueMoved: (channel, value, from, to, length) => {
      if (this.#isFull(from !== channel && to !== channel ? 2 : 1)) return;
      const { id, buffered } = this.#ids.channel(channel);
      if (from === channel) {
        // A value that was sent before the recording has no id yet.
        const number = buffered.length > length ? (buffered.shift() as number) : ++this.#lastValue;
        this.#add(this.#actorOf(to), { type: "receive", channel: id, value: number, length });
        return;
      }
      const sender = this.#actorOf(from);
      const number = ++this.#lastValue;
      const text = this.#hasValues ? { text: previewValue(value) } : {};
      if (to === channel) {
        // A timer or a lossy channel removes a value that was not received.
        buffered.splice(0, buffered.length - length + 1);
        buffered.push(number);
        this.#add(sender, { type: "send", channel: id, value: number, length, ...text });
      } else {
        const receiver = this.#actorOf(to);
        this.#add(sender, { type: "send", channel: id, value: number, length, ...text, to: receiver.goroutine });
        this.#add(receiver, { type: "receive", channel: id, value: number, length, from: sender.goroutine });
      }
    },
    valueDropped: ({ name }, value) => {
      const text = this.#hasValues ? previewValue(value) : "a value";
      this.log(`dropped ${text}: ${name === "" ? "a channel" : name} is full`);
    },
    close: (channel) => {
      if (!this.#isFull()) this.#add(this.#running(), { type: "close", channel: this.#ids.channel(channel).id });
    },
    select: (cases, chosen, waiter) => {
      if (this.#isFull()) return;
      const name = chosen === null ? "default" : String(chosen.name);
      this.#add(this.#actorOf(waiter), { type: "select", cases: this.#ids.cases(cases), chosen: name });
    },
    timer: (purpose, fire) => {
      const wasTimer = this.#isTimer;
      this.#isTimer = true;
      try {
        if (!this.#isFull()) this.#add({ goroutine: RUNTIME_ID }, { type: "timer", purpose });
        fire();
      } finally {
        this.#isTimer = wasTimer;
      }
    },
    cancel: (context, cause) => {
      if (this.#isFull()) return;
      this.#add(this.#running(), { type: "cancel", context: safeToString(context), cause: safeToString(cause) });
    },
    jobEvent: (pool, job, step) => {
      if (this.#isFull()) return;
      const { worker = null, outcome } = job;
      const body = this.#ids.job(pool, job);
      if (step === "accept") this.#add(this.#running(), { type: "accept", ...body });
      else if (step === "start") this.#add(this.#running(), { type: "start", ...body, worker: worker as number });
      else this.#add(this.#running(), { type: "finish", ...body, worker, status: outcome?.status ?? "canceled" });
    },
  };

  #now(): number {
    return Math.round((this.#clock.now() - this.#start) * 1000) / 1000;
  }

  /** Whether the limit is reached; if so, counts `events` of them as dropped. */
  #isFull(events: number = 1): boolean {
    if (this.#events.length < this.#limit) return false;
    this.#dropped += events;
    return true;
  }

  #add(actor: Actor, body: EventBody): void {
    if (this.#events.length < this.#limit) this.#events.push({ at: this.#now(), ...actor, ...body });
    else this.#dropped++;
  }

  /** The id of the running goroutine. */
  #runningId(): GoroutineRef {
    if (this.#isTimer) return RUNTIME_ID;
    const goroutine = currentGoroutine();
    return goroutine === undefined ? this.#defaultGoroutine : this.#ids.goroutine(goroutine);
  }

  /** The running goroutine, and the line of the program that calls the library. */
  #running(): Actor {
    const goroutine = this.#runningId();
    const line = this.#hasLines && goroutine !== RUNTIME_ID ? callerLine() : undefined;
    return line === undefined ? { goroutine } : { goroutine, line };
  }

  /** The goroutine of a parked operation; the running one if `waiter` is null. */
  #actorOf(waiter: object | null): Actor {
    if (waiter === null) return this.#running();
    return this.#waits.get(waiter)?.actor ?? { goroutine: null };
  }

  #adjustWaitCount(goroutine: GoroutineInfo | null, by: number): void {
    const count = goroutine === null ? undefined : this.#waitCounts.get(goroutine);
    if (goroutine !== null && count !== undefined) this.#waitCounts.set(goroutine, count + by);
  }

  #isBlocked(): boolean {
    const counts = [...this.#waitCounts.values()];
    return counts.length > 0 && counts.every((count) => count > 0) && this.#clock.size === 0;
  }
}
