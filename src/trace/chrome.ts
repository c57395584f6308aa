// A trace in the Trace Event Format, which Perfetto (ui.perfetto.dev) and chrome://tracing open.
//
// Invariants:
//   1. Every event has an instant of its own: those of the same instant are a microsecond apart, in their order.
//   2. Slices of a thread follow each other or lie within each other, and none has no duration: viewers hide such.
//   3. An arrow begins and ends at the beginning of a slice, which stands before it in the file.

import type { Trace, TracedCase, TraceEvent, Who } from "./format.ts";
import { lanes, type Span } from "./lanes.ts";
import { short } from "./shown.ts";

/**
 * Writes a trace as JSON in the Trace Event Format: for each goroutine a thread with its states, and with arrows for the values from
 * sender to receiver; counters of the buffers; for each pool a process with a thread for each worker, and its jobs.
 *
 * Times are in microseconds. Viewers hide what takes no time, and in virtual time nearly nothing does: so events of the same
 * instant are spread, a microsecond each, in their order.
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

/** An event of that format. */
interface Entry {
  readonly ph: "M" | "X" | "s" | "f" | "C" | "i" | "b" | "e";
  readonly name: string;
  readonly cat?: string;
  readonly pid: number;
  readonly tid: number;
  readonly ts?: number;
  readonly dur?: number;
  readonly id?: string;
  /** Binds the end of an arrow to the slice around it, and not to the next one. */
  readonly bp?: "e";
  /** An instant is its thread's. */
  readonly s?: "t";
  readonly args?: Readonly<Record<string, string | number | null>>;
}

const program = 1;

class Writer {
  readonly #trace: Trace;
  readonly #ticks: readonly number[];
  readonly #end: number;
  readonly #entries: Entry[] = [];
  /** Numbers for what has no number of its own come after all that have one. */
  #lastThread: number;
  readonly #runtime: number;
  readonly #unknown: number;
  #lastArrow = 0;
  readonly #goroutineNames: ReadonlyMap<number, string>;
  readonly #channelNames: ReadonlyMap<number, string>;

  constructor(trace: Trace) {
    this.#trace = trace;
    this.#ticks = spread(trace.events);
    this.#end = Math.max(Math.round(trace.end * 1000), (this.#ticks.at(-1) ?? 0) + 1);
    this.#lastThread = trace.goroutines.reduce((most, { id }) => Math.max(most, id), 1);
    this.#runtime = ++this.#lastThread;
    this.#unknown = ++this.#lastThread;
    this.#goroutineNames = named("goroutine", trace.goroutines, true);
    this.#channelNames = named("channel", trace.channels);
  }

  write(): Entry[] {
    this.#process(program, "goroutines");
    this.#lanes();
    this.#waitsOfUnknown();
    this.#events();
    this.#pools();
    // What begins at the same time must stand with the outer slice first, and arrows after the slices.
    return this.#entries.sort(
      (a, b) => (a.ts ?? -1) - (b.ts ?? -1) || rank(a) - rank(b) || (b.dur ?? 0) - (a.dur ?? 0),
    );
  }

  #tick(i: number): number {
    return this.#ticks[i] ?? this.#end;
  }

  #thread(who: Who): number {
    return who === 0 ? this.#runtime : (who ?? this.#unknown);
  }

  #who(who: Who): string {
    return who === 0
      ? "the runtime"
      : who === null
        ? "not known"
        : (this.#goroutineNames.get(who) ?? `goroutine ${who}`);
  }

  #channel(id: number): string {
    return this.#channelNames.get(id) ?? `channel ${id}`;
  }

  #process(pid: number, name: string): void {
    this.#entries.push({ ph: "M", name: "process_name", pid, tid: pid, args: { name } });
    this.#entries.push({ ph: "M", name: "process_sort_index", pid, tid: pid, args: { sort_index: pid } });
  }

  #threadName(pid: number, tid: number, name: string): void {
    this.#entries.push({ ph: "M", name: "thread_name", pid, tid, args: { name } });
    this.#entries.push({ ph: "M", name: "thread_sort_index", pid, tid, args: { sort_index: tid } });
  }

  #lanes(): void {
    const { goroutines, channels } = lanes(this.#trace);
    const present = new Set<Who>(goroutines.map(({ id }) => id));
    for (const { type } of this.#trace.events) if (type === "timer") present.add(0);
    for (const who of present) this.#threadName(program, this.#thread(who), this.#who(who));
    for (const { id, born, spans, hasEnded } of goroutines) {
      // Nobody knows how many the unknown are: the one state of them all would be a fiction.
      if (id === 0 || id === null) continue;
      for (const span of spans) this.#state(id, span, hasEnded);
      const starter = this.#trace.events[born]?.goroutine;
      if (starter === undefined || spans[0]?.from !== born) continue;
      const ts = this.#tick(born);
      this.#arrow("go", { tid: this.#thread(starter), ts }, { tid: id, ts });
    }
    for (const { channel, fills, first } of channels) {
      if (channel.capacity === 0 || first === this.#trace.events.length) continue;
      if (fills[0]?.from !== first) this.#counter(program, this.#channel(channel.id), this.#tick(first), 0);
      for (const { from, length } of fills) this.#counter(program, this.#channel(channel.id), this.#tick(from), length);
    }
  }

  #state(who: number, { from, to, state, operation, channel, cases }: Span, hasEnded: boolean): void {
    const [ts, end] = [this.#tick(from), this.#tick(to)];
    const isRunning = state === "running";
    const name = isRunning ? "running" : this.#waiting(operation, channel);
    const isForever = !isRunning && !hasEnded && to === this.#trace.events.length;
    const args = { ...this.#cases(cases), ...(isForever ? { note: "still waiting when the trace ended" } : {}) };
    const at = { pid: program, tid: who, ts, dur: end - ts };
    this.#entries.push({ ph: "X", name, cat: isRunning ? "running" : `blocked,${state}`, ...at, args });
  }

  #waiting(operation: string, channel: number | null): string {
    return `${short(operation, 40)}${channel === null ? "" : ` ${this.#channel(channel)}`}`;
  }

  #cases(cases: readonly TracedCase[]): Readonly<Record<string, string>> {
    if (cases.length === 0) return {};
    const told = cases.slice(0, 20).map(({ name, operation, channel }) => {
      return `${short(name, 20)}: ${channel === null ? "off" : `${operation} ${this.#channel(channel)}`}`;
    });
    return { cases: told.join(", ") };
  }

  // Several of them may wait at once, and would overlap on a thread.
  #waitsOfUnknown(): void {
    const open = new Map<number, Entry>();
    for (const [i, event] of this.#trace.events.entries()) {
      if (event.goroutine !== null) continue;
      if (event.type === "block") {
        const name = this.#waiting(event.operation, event.channel ?? null);
        const at = { pid: program, tid: this.#unknown, ts: this.#tick(i), id: `wait ${event.wait}` };
        const begin: Entry = { ph: "b", name, cat: "blocked", ...at, args: this.#cases(event.cases ?? []) };
        this.#over(open, event.wait, this.#tick(i));
        open.set(event.wait, begin);
        this.#entries.push(begin);
      } else if (event.type === "unblock") {
        this.#over(open, event.wait, this.#tick(i));
      }
    }
    for (const wait of [...open.keys()]) this.#over(open, wait, this.#end);
  }

  #over(open: Map<number, Entry>, wait: number, ts: number): void {
    const begin = open.get(wait);
    if (begin === undefined) return;
    open.delete(wait);
    const { name, pid, tid, id = "" } = begin;
    this.#entries.push({ ph: "e", name, cat: "blocked", pid, tid, ts, id });
  }

  #events(): void {
    const sent = new Map<number, { readonly tid: number; readonly ts: number }>();
    for (const [i, event] of this.#trace.events.entries()) {
      const [ts, tid] = [this.#tick(i), this.#thread(event.goroutine)];
      switch (event.type) {
        case "send": {
          const to = event.to === undefined ? {} : { to: this.#who(event.to) };
          const what = event.text === undefined ? {} : { value: short(event.text, 40) };
          this.#operation(tid, ts, `send ${this.#channel(event.channel)}`, "channel", {
            ...what,
            ...to,
            length: event.length,
          });
          sent.set(event.value, { tid, ts });
          break;
        }
        case "receive": {
          const from = event.from === undefined ? {} : { from: this.#who(event.from) };
          this.#operation(tid, ts, `receive ${this.#channel(event.channel)}`, "channel", {
            ...from,
            length: event.length,
          });
          const begin = sent.get(event.value);
          sent.delete(event.value);
          if (begin !== undefined) this.#arrow("value", begin, { tid, ts });
          break;
        }
        case "go":
          this.#operation(tid, ts, `go ${this.#who(event.child)}`, "goroutine", {});
          break;
        case "select":
          this.#instant(tid, ts, `select: ${short(event.chosen, 40)}`, "select", this.#cases(event.cases));
          break;
        case "close":
          this.#instant(tid, ts, `close ${this.#channel(event.channel)}`, "channel");
          break;
        case "timer":
          this.#instant(this.#runtime, ts, short(event.purpose, 40), "timer");
          break;
        case "cancel":
          this.#instant(tid, ts, `cancel ${short(event.context, 60)}`, "context", { cause: short(event.cause, 200) });
          break;
        case "log":
          this.#instant(tid, ts, short(event.text, 80), "log", { text: short(event.text, 400) });
          break;
        case "panic":
          this.#instant(tid, ts, `panic: ${short(event.error, 80)}`, "panic", { error: short(event.error, 400) });
          break;
        default:
      }
    }
  }

  #operation(
    tid: number,
    ts: number,
    name: string,
    cat: string,
    args: Readonly<Record<string, string | number>>,
  ): void {
    this.#entries.push({ ph: "X", name, cat, pid: program, tid, ts, dur: 1, args });
  }

  #instant(tid: number, ts: number, name: string, cat: string, args: Readonly<Record<string, string>> = {}): void {
    this.#entries.push({ ph: "i", name, cat, pid: program, tid, ts, s: "t", args });
  }

  #arrow(
    name: string,
    from: { readonly tid: number; readonly ts: number },
    to: { readonly tid: number; readonly ts: number },
  ): void {
    const id = String(++this.#lastArrow);
    this.#entries.push({ ph: "s", name, cat: name, pid: program, ...from, id, bp: "e" });
    this.#entries.push({ ph: "f", name, cat: name, pid: program, ...to, id, bp: "e" });
  }

  #counter(pid: number, name: string, ts: number, value: number): void {
    this.#entries.push({ ph: "C", name, pid, tid: pid, ts, args: { values: value } });
  }

  #pools(): void {
    const pids = new Map(this.#trace.pools.map(({ id }, place) => [id, program + 1 + place]));
    for (const [id, name] of named("pool", this.#trace.pools)) {
      this.#process(pids.get(id) as number, name.startsWith("pool ") ? name : `pool ${name}`);
    }
    new Jobs({
      thread: (pid, worker) => {
        const tid = ++this.#lastThread;
        this.#threadName(pid, tid, `worker ${worker}`);
        return tid;
      },
      job: (pid, tid, ts, end, job, status) => {
        const at = { pid, tid, ts, dur: end - ts };
        this.#entries.push({ ph: "X", name: `job ${job}`, cat: `job,${status}`, ...at, args: { status } });
      },
      queue: (pid, ts, length) => this.#counter(pid, "queue", ts, length),
    }).read(this.#trace.events, pids, (i) => this.#tick(i));
  }
}

/** What becomes of jobs. */
interface Sink {
  readonly thread: (pid: number, worker: number) => number;
  readonly job: (pid: number, tid: number, ts: number, end: number, job: number, status: string) => void;
  readonly queue: (pid: number, ts: number, length: number) => void;
}

interface Begun {
  readonly job: number;
  readonly ts: number;
  readonly pid: number;
  readonly tid: number;
}

/** Follows the jobs of pools. A worker does one at a time: should a trace say otherwise, the one before ends where the next begins. */
class Jobs {
  readonly #sink: Sink;
  readonly #threads = new Map<string, number>();
  readonly #begun = new Map<number, Begun>();
  readonly #queued = new Map<number, Set<number>>();

  constructor(sink: Sink) {
    this.#sink = sink;
  }

  read(events: readonly TraceEvent[], pids: ReadonlyMap<number, number>, tick: (i: number) => number): void {
    for (const [i, event] of events.entries()) {
      if (!("pool" in event)) continue;
      const pid = pids.get(event.pool);
      if (pid === undefined) continue;
      const ts = tick(i);
      if (event.type === "accept") this.#queue(pid, ts, event.job, true);
      else this.#queue(pid, ts, event.job, false);
      if (event.type === "start") this.#start(pid, event.worker, event.job, ts);
      else if (event.type === "finish" && event.worker !== null)
        this.#finish(pid, event.worker, event.job, ts, event.status);
    }
    const end = tick(events.length);
    for (const { pid, tid, ts, job } of this.#begun.values()) this.#sink.job(pid, tid, ts, end, job, "not finished");
  }

  #start(pid: number, worker: number, job: number, ts: number): void {
    const key = `${pid}/${worker}`;
    let tid = this.#threads.get(key);
    if (tid === undefined) this.#threads.set(key, (tid = this.#sink.thread(pid, worker)));
    this.#close(tid, ts, "not finished");
    this.#begun.set(tid, { job, ts, pid, tid });
  }

  #finish(pid: number, worker: number, job: number, ts: number, status: string): void {
    const tid = this.#threads.get(`${pid}/${worker}`);
    if (tid !== undefined && this.#begun.get(tid)?.job === job) this.#close(tid, ts, status);
  }

  #close(tid: number, end: number, status: string): void {
    const begun = this.#begun.get(tid);
    if (begun === undefined) return;
    this.#begun.delete(tid);
    this.#sink.job(begun.pid, tid, begun.ts, end, begun.job, status);
  }

  /** The queue has what is accepted, and neither begun nor cancelled. */
  #queue(pid: number, ts: number, job: number, isIn: boolean): void {
    let queued = this.#queued.get(pid);
    if (queued === undefined) this.#queued.set(pid, (queued = new Set()));
    const before = queued.size;
    if (isIn) queued.add(job);
    else queued.delete(job);
    if (queued.size !== before) this.#sink.queue(pid, ts, queued.size);
  }
}

/** The instant of each event in microseconds, later than that of the event before. */
function spread(events: readonly TraceEvent[]): number[] {
  let last = -1;
  return events.map(({ at }) => (last = Math.max(Math.round(at * 1000), last + 1)));
}

function rank({ ph }: Entry): number {
  return ph === "X" ? 0 : ph === "e" ? 1 : 2;
}

/** What each is called, with its number where the name is not enough. */
function named(
  kind: string,
  all: readonly { readonly id: number; readonly name: string }[],
  isNumbered = false,
): ReadonlyMap<number, string> {
  const counts = new Map<string, number>();
  for (const { name } of all) counts.set(name, (counts.get(name) ?? 0) + 1);
  return new Map(
    all.map(({ id, name }) => {
      if (name === "") return [id, `${kind} ${id}`];
      return [id, short(name, 40) + (isNumbered || (counts.get(name) as number) > 1 ? ` #${id}` : "")];
    }),
  );
}
