// A trace in the Trace Event Format, which Perfetto (ui.perfetto.dev) and chrome://tracing open.
//
// Invariants:
//   1. Every event has an instant of its own: those of the same instant are a microsecond apart, in their order.
//   2. Slices of a thread follow each other or lie within each other, and none has no duration: viewers hide such.
//   3. An arrow begins and ends at the beginning of a slice, which stands before it in the file.

import type { Trace, TracedCase, TraceEvent, Who } from "../format.ts";
import { distinctNames } from "../labels.ts";
import { type Lane, lanes, type Span } from "../lanes.ts";
import { short } from "../shown.ts";
import { type Args, Entries, type Entry, type Spot } from "./entries.ts";
import { addJobs } from "./jobs.ts";

/**
 * Writes a trace as JSON in the Trace Event Format: for each goroutine a thread with its states, and with arrows for
 * the values from sender to receiver; counters of the buffers; for each pool a process with a thread for each worker,
 * and its jobs.
 *
 * Times are in microseconds. Viewers hide what takes no time, and in virtual time nearly nothing does: so events of the
 * same instant are spread, a microsecond each, in their order.
 *
 * The text is as long as the trace, some hundred bytes an event.
 *
 * @example
 * const recording = record({ values: true });
 * const jobs = new Channel<string>(0, { name: "jobs" });
 * go(() => jobs.send("sweep"));
 * await jobs.receive();
 * console.log(chromeTrace(recording.stop())); // what a file such as run.chrome.json holds
 */
export function chromeTrace(trace: Trace): string {
  const written = new Writer(trace).write();
  const { clock, epoch, ending, dropped } = trace;
  const otherData = {
    source: "goro",
    clock,
    epoch: new Date(Number.isFinite(epoch) ? epoch : 0).toISOString(),
    ending,
    dropped: String(dropped),
    times: "Events of the same instant are spread by 1 microsecond each, in their order.",
  };
  const lines = written.map((each) => JSON.stringify(each)).join(",\n");
  return `{"displayTimeUnit":"ms","otherData":${JSON.stringify(otherData)},"traceEvents":[\n${lines}\n]}\n`;
}

/** The process whose threads are the goroutines; those of pools come after it. */
const program = 1;

const longest = 40;

class Writer {
  readonly #trace: Trace;
  readonly #entries: Entries;
  readonly #runtime: number;
  readonly #unknown: number;
  readonly #goroutineNames: ReadonlyMap<number, string>;
  readonly #channelNames: ReadonlyMap<number, string>;

  constructor(trace: Trace) {
    this.#trace = trace;
    this.#entries = new Entries(trace);
    this.#runtime = this.#entries.newThread();
    this.#unknown = this.#entries.newThread();
    this.#goroutineNames = distinctNames("goroutine", trace.goroutines, longest, true);
    this.#channelNames = distinctNames("channel", trace.channels, longest);
  }

  write(): Entry[] {
    this.#entries.process(program, "goroutines");
    this.#lanes();
    this.#waitsOfUnknown();
    this.#events();
    this.#pools();
    return this.#entries.sorted();
  }

  #thread(who: Who): number {
    return who === 0 ? this.#runtime : (who ?? this.#unknown);
  }

  #spot(who: Who, i: number): Spot {
    return { pid: program, tid: this.#thread(who), ts: this.#entries.tick(i) };
  }

  #who(who: Who): string {
    if (who === 0) return "the runtime";
    return who === null ? "not known" : (this.#goroutineNames.get(who) ?? `goroutine ${who}`);
  }

  #channel(id: number): string {
    return this.#channelNames.get(id) ?? `channel ${id}`;
  }

  #lanes(): void {
    const { goroutines, channels } = lanes(this.#trace);
    const present = new Set<Who>(goroutines.map(({ id }) => id));
    for (const { type } of this.#trace.events) if (type === "timer") present.add(0);
    for (const who of present) this.#entries.thread(program, this.#thread(who), this.#who(who));
    for (const lane of goroutines) this.#lane(lane);
    for (const { channel, fills, first } of channels) {
      if (channel.capacity === 0 || first === this.#trace.events.length) continue;
      const count = (i: number, length: number): void =>
        this.#entries.counter(program, this.#channel(channel.id), this.#entries.tick(i), length);
      if (fills[0]?.from !== first) count(first, 0);
      for (const { from, length } of fills) count(from, length);
    }
  }

  #lane({ id, born, spans, hasEnded }: Lane): void {
    // Nobody knows how many the unknown are: the one state of them all would be a fiction.
    if (id === 0 || id === null) return;
    for (const span of spans) this.#state(id, span, hasEnded);
    const starter = this.#trace.events[born]?.goroutine;
    if (starter === undefined || spans[0]?.from !== born) return;
    this.#entries.arrow("go", this.#spot(starter, born), this.#spot(id, born));
  }

  #state(who: number, { from, to, state, operation, channel, cases }: Span, hasEnded: boolean): void {
    const spot = this.#spot(who, from);
    const isRunning = state === "running";
    const name = isRunning ? "running" : this.#waiting(operation, channel);
    const isForever = !isRunning && !hasEnded && to === this.#trace.events.length;
    const args = { ...this.#cases(cases), ...(isForever ? { note: "still waiting when the trace ended" } : {}) };
    this.#entries.slice(name, isRunning ? "running" : `blocked,${state}`, spot, this.#entries.tick(to) - spot.ts, args);
  }

  #waiting(operation: string, channel: number | null): string {
    return `${short(operation, 40)}${channel === null ? "" : ` ${this.#channel(channel)}`}`;
  }

  #cases(cases: readonly TracedCase[]): Args {
    if (cases.length === 0) return {};
    const told = cases.slice(0, 20).map(({ name, operation, channel }) => {
      return `${short(name, 20)}: ${channel === null ? "off" : `${operation} ${this.#channel(channel)}`}`;
    });
    return { cases: told.join(", ") };
  }

  // Several of them may wait at once, and would overlap on a thread.
  #waitsOfUnknown(): void {
    const open = new Map<number, Entry>();
    const end = (wait: number, ts: number): void => {
      const begin = open.get(wait);
      if (begin === undefined) return;
      open.delete(wait);
      const { name, pid, tid, id = "" } = begin;
      this.#entries.add({ ph: "e", name, cat: "blocked", pid, tid, ts, id });
    };
    for (const [i, event] of this.#trace.events.entries()) {
      if (event.goroutine !== null || (event.type !== "block" && event.type !== "unblock")) continue;
      const spot = this.#spot(null, i);
      end(event.wait, spot.ts);
      if (event.type === "unblock") continue;
      const name = this.#waiting(event.operation, event.channel ?? null);
      const args = this.#cases(event.cases ?? []);
      const begin: Entry = { ph: "b", name, cat: "blocked", ...spot, id: `wait ${event.wait}`, args };
      open.set(event.wait, begin);
      this.#entries.add(begin);
    }
    for (const wait of [...open.keys()]) end(wait, this.#entries.tick(this.#trace.events.length));
  }

  #events(): void {
    const sent = new Map<number, Spot>();
    for (const [i, event] of this.#trace.events.entries()) {
      const spot = this.#spot(event.goroutine, i);
      this.#event(event, spot);
      if (event.type === "send") sent.set(event.value, spot);
      if (event.type !== "receive") continue;
      const begin = sent.get(event.value);
      sent.delete(event.value);
      if (begin !== undefined) this.#entries.arrow("value", begin, spot);
    }
  }

  #event(event: TraceEvent, spot: Spot): void {
    const slice = (name: string, cat: string, args: Args): void => this.#entries.slice(name, cat, spot, 1, args);
    const instant = (name: string, cat: string, args?: Args): void => this.#entries.instant(name, cat, spot, args);
    switch (event.type) {
      case "send": {
        const { channel, text, to, length } = event;
        const value = text === undefined ? {} : { value: short(text, 40) };
        const whom = to === undefined ? {} : { to: this.#who(to) };
        slice(`send ${this.#channel(channel)}`, "channel", { ...value, ...whom, length });
        break;
      }
      case "receive": {
        const { channel, from, length } = event;
        const whom = from === undefined ? {} : { from: this.#who(from) };
        slice(`receive ${this.#channel(channel)}`, "channel", { ...whom, length });
        break;
      }
      case "go":
        slice(`go ${this.#who(event.child)}`, "goroutine", {});
        break;
      case "select":
        instant(`select: ${short(event.chosen, 40)}`, "select", this.#cases(event.cases));
        break;
      case "close":
        instant(`close ${this.#channel(event.channel)}`, "channel");
        break;
      case "timer":
        this.#entries.instant(short(event.purpose, 40), "timer", { ...spot, tid: this.#runtime });
        break;
      case "cancel":
        instant(`cancel ${short(event.context, 60)}`, "context", { cause: short(event.cause, 200) });
        break;
      case "log":
        instant(short(event.text, 80), "log", { text: short(event.text, 400) });
        break;
      case "panic":
        instant(`panic: ${short(event.error, 80)}`, "panic", { error: short(event.error, 400) });
        break;
      default:
    }
  }

  #pools(): void {
    const { pools, events } = this.#trace;
    const pids = new Map(pools.map(({ id }, place) => [id, program + 1 + place]));
    for (const [id, name] of distinctNames("pool", pools, longest)) {
      this.#entries.process(pids.get(id) as number, name.startsWith("pool ") ? name : `pool ${name}`);
    }
    addJobs(this.#entries, events, pids);
  }
}
