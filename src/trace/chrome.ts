// A trace in the Trace Event Format, which Perfetto (ui.perfetto.dev) and chrome://tracing open.
//
// Invariants:
//   1. Every event has a timestamp of its own: events of the same instant are 1 microsecond apart, in their order.
//   2. Slices of a thread do not overlap unless one contains the other, and each has a duration: viewers hide those without.
//   3. A flow begins and ends at the beginning of a slice, which precedes it in the file.

import type { EventOf, GoroutineRef, Trace, TracedCase, TraceEvent } from "./format.ts";
import { NameTable } from "./names.ts";
import { readPoolHistory } from "./pool-history.ts";
import { truncate } from "./formatting.ts";
import { buildTracks, type GoroutineTrack } from "./tracks.ts";

/** An entry of the file; the format defines further fields for each phase `ph`. */
interface Entry extends Readonly<Record<string, unknown>> {
  readonly ph: "M" | "X" | "s" | "f" | "C" | "i" | "b" | "e";
  readonly name: string;
  readonly pid: number;
  readonly tid: number;
  readonly ts?: number;
  readonly dur?: number;
}

type Args = Readonly<Record<string, string | number>>;

/** An instant on a thread. */
type Position = Required<Pick<Entry, "pid" | "tid" | "ts">>;

/** The process whose threads are the goroutines. Each pool is a process, too. */
const program = 1;

/** The length of names, in characters. */
const maxName = 40;

/**
 * Converts a trace to JSON in the Trace Event Format: a thread for each goroutine with its states, and flows for the values from sender to
 * receiver; a counter for each buffer; a process for each pool with a thread for each worker, its jobs and the length of its queue.
 *
 * Times are in microseconds. Viewers hide what takes no time, and in virtual time most operations take none; therefore events of the
 * same instant are spread by 1 microsecond each, in their order. The text has up to 500 bytes an event.
 *
 * @param trace - the trace to convert
 * @example
 * const recording = record({ values: true });
 * const jobs = new Channel<string>(0, { name: "jobs" });
 * go(() => jobs.send("sweep"));
 * await jobs.receive();
 * console.log(toChromeTrace(recording.stop())); // the content of a file such as run.chrome.json
 */
export function toChromeTrace(trace: Trace): string {
  const { clock, epoch, ending, dropped } = trace;
  const otherData = {
    source: "goro",
    clock,
    epoch: new Date(Number.isFinite(epoch) ? epoch : 0).toISOString(),
    ending,
    dropped: String(dropped),
    times: "Events of the same instant are spread by 1 microsecond each, in their order.",
  };
  const lines = entriesOf(trace).map((entry) => JSON.stringify(entry));
  return `{"displayTimeUnit":"ms","otherData":${JSON.stringify(otherData)},"traceEvents":[\n${lines.join(",\n")}\n]}\n`;
}

/** Returns the entries for a trace, in the order of the file. */
function entriesOf(trace: Trace): Entry[] {
  const { events, pools } = trace;
  const { goroutines, channels, flows } = buildTracks(trace);
  const names = new NameTable(trace);
  const entries: Entry[] = [];
  let last = -1;
  /** The timestamps of the events and of the end, in microseconds. */
  const timestamps = [...events, { at: trace.end }].map(({ at }) => (last = Math.max(Math.round(at * 1000), last + 1)));
  // Threads without a goroutine have ids after those of all goroutines.
  const runtimeThread = trace.goroutines.reduce((max, { id }) => Math.max(max, id), 1) + 1;
  const unknownThread = runtimeThread + 1;
  let lastThread = unknownThread;
  let lastFlow = 0;

  function addGoroutine({ id, startEvent, spans, hasEnded }: GoroutineTrack): void {
    // The unknown goroutines may be many; a common state would be wrong for all of them.
    if (id === 0 || id === null) return;
    for (const { from, to, state, wait } of spans) {
      const name = wait === null ? state : waitName(wait);
      const isLast = !hasEnded && to === events.length;
      const note = wait !== null && isLast ? { note: "still waiting when the trace ended" } : {};
      const cat = wait === null ? state : `blocked,${state}`;
      const position = positionOf(id, from);
      const args = { ...caseArgs(wait?.cases), ...note };
      addSlice(name, cat, position, (timestamps[to] as number) - position.ts, args);
    }
    const starter = events[startEvent]?.goroutine;
    if (starter === undefined || spans[0]?.from !== startEvent) return;
    addFlow("go", positionOf(starter, startEvent), positionOf(id, startEvent));
  }

  // As asynchronous slices: several unknown goroutines may wait at once, and slices of a thread must not overlap.
  function addUnknownWaits(): void {
    const active = new Map<number, Entry>();
    const end = (wait: number, ts: number): void => {
      const { args: _, ...begin } = active.get(wait) ?? ({} as Entry);
      if (active.delete(wait)) entries.push({ ...begin, ph: "e", ts });
    };
    for (const [i, event] of events.entries()) {
      if (event.goroutine !== null || (event.type !== "block" && event.type !== "unblock")) continue;
      const position = positionOf(null, i);
      end(event.wait, position.ts);
      if (event.type === "unblock") continue;
      const [name, id, args] = [waitName(event), `wait ${event.wait}`, caseArgs(event.cases)];
      const begin: Entry = { ph: "b", name, cat: "blocked", ...position, id, args };
      active.set(event.wait, begin);
      entries.push(begin);
    }
    for (const wait of [...active.keys()]) end(wait, last);
  }

  /** Describes an event: as a slice, if an arrow begins or ends at it, and as an instant otherwise. */
  function describe(event: TraceEvent): readonly [ph: "X" | "i", name: string, cat: string, args?: Args] | null {
    const { type } = event;
    if (type === "send" || type === "receive") {
      const peer = type === "send" ? event.to : event.from;
      const args = {
        ...(type === "send" && event.text !== undefined && { value: truncate(event.text, 40) }),
        ...(peer !== undefined && { [type === "send" ? "to" : "from"]: goroutineName(peer) }),
        length: event.length,
      };
      return ["X", `${type} ${channelName(event.channel)}`, "channel", args];
    }
    if (type === "go") return ["X", `go ${goroutineName(event.child)}`, "goroutine"];
    if (type === "select") return ["i", `select: ${truncate(event.chosen, 40)}`, type, caseArgs(event.cases)];
    if (type === "close") return ["i", `close ${channelName(event.channel)}`, "channel"];
    if (type === "timer") return ["i", truncate(event.purpose, 40), type];
    if (type === "cancel")
      return ["i", `cancel ${truncate(event.context, 60)}`, "context", { cause: truncate(event.cause, 200) }];
    if (type === "log") return ["i", truncate(event.text, 80), type, { text: truncate(event.text, 400) }];
    if (type !== "panic") return null;
    return ["i", `panic: ${truncate(event.error, 80)}`, type, { error: truncate(event.error, 400) }];
  }

  /** Adds a thread for each worker. A worker runs one job at a time; in a trace that says otherwise, a job ends where the next begins. */
  function addPool(pool: number, pid: number): void {
    const name = names.pool(pool, maxName);
    addName("process", name.startsWith("pool ") ? name : `pool ${name}`, pid);
    const { jobs, queueLengths, indexes } = readPoolHistory(trace, pool);
    const times = indexes.map((i) => timestamps[i] as number);
    const started = jobs.filter((job) => job.started >= 0).sort((a, b) => a.started - b.started);
    const threads = new Map<number | null, number>();
    for (const { worker } of started) {
      if (threads.has(worker)) continue;
      threads.set(worker, ++lastThread);
      addName("thread", `worker ${worker}`, pid, lastThread);
    }
    const nextStarts = new Map<number | null, number>();
    for (const { job, worker, status, ...events } of started.toReversed()) {
      const start = times[events.started] as number;
      const end = nextStarts.get(worker) ?? last;
      nextStarts.set(worker, start);
      const finish = times[events.finished] ?? Infinity;
      const isFinished = start < finish && finish <= end;
      const position = { pid, tid: threads.get(worker) as number, ts: start };
      const args = { status: isFinished ? status : "not finished" };
      addSlice(`job ${job}`, `job,${args.status}`, position, (isFinished ? finish : end) - start, args);
    }
    for (const [i, length] of queueLengths.entries()) {
      if (length !== (queueLengths[i - 1] ?? 0)) addCounter(pid, "queue", times[i] as number, length);
    }
  }

  // ---- Names and positions

  function threadOf(id: GoroutineRef): number {
    return id === 0 ? runtimeThread : (id ?? unknownThread);
  }

  function positionOf(id: GoroutineRef, i: number): Position {
    return { pid: program, tid: threadOf(id), ts: timestamps[i] as number };
  }

  function goroutineName(id: GoroutineRef): string {
    if (id === 0) return "the runtime";
    if (id === null) return "unknown";
    const name = names.function(id);
    return name === "" ? `goroutine ${id}` : `${truncate(name, maxName)} #${id}`;
  }

  function channelName(id: number): string {
    return names.channel(id, maxName);
  }

  function waitName({ operation, channel }: EventOf<"block">): string {
    return truncate(operation, 40) + (channel === undefined ? "" : ` ${channelName(channel)}`);
  }

  function caseArgs(cases: readonly TracedCase[] = []): Args {
    if (cases.length === 0) return {};
    const labels = cases.slice(0, 20).map(({ name, operation, channel }) => {
      const label = channel === null ? "disabled" : `${operation} ${channelName(channel)}`;
      return `${truncate(name, 20)}: ${label}`;
    });
    return { cases: labels.join(", ") };
  }

  // ---- Entries

  /** Names a process, or a thread of the process `pid`, and sorts it by its id. */
  function addName(kind: "process" | "thread", name: string, pid: number, tid: number = pid): void {
    entries.push({ ph: "M", name: `${kind}_name`, pid, tid, args: { name } });
    entries.push({ ph: "M", name: `${kind}_sort_index`, pid, tid, args: { sort_index: tid } });
  }

  function addSlice(name: string, cat: string, position: Position, dur: number, args: Args): void {
    entries.push({ ph: "X", name, cat, ...position, dur, args });
  }

  function addFlow(name: string, from: Position, to: Position): void {
    const id = String(++lastFlow);
    // "bp" binds the end of the flow to the slice around it, and not to the next one.
    entries.push({ ph: "s", name, cat: name, ...from, id, bp: "e" });
    entries.push({ ph: "f", name, cat: name, ...to, id, bp: "e" });
  }

  function addCounter(pid: number, name: string, ts: number, value: number): void {
    entries.push({ ph: "C", name, pid, tid: pid, ts, args: { values: value } });
  }

  addName("process", "goroutines", program);
  const present = new Set<GoroutineRef>(goroutines.map(({ id }) => id));
  if (events.some(({ type }) => type === "timer")) present.add(0);
  for (const id of present) addName("thread", goroutineName(id), program, threadOf(id));
  for (const track of goroutines) addGoroutine(track);
  addUnknownWaits();
  for (const [i, event] of events.entries()) {
    const description = describe(event);
    if (description === null) continue;
    const [ph, name, cat, args = {}] = description;
    const position = positionOf(event.type === "timer" ? 0 : event.goroutine, i);
    entries.push({ ph, name, cat, ...position, ...(ph === "X" ? { dur: 1 } : { s: "t" }), args });
  }
  for (const { sendEvent, receiveEvent, from, to } of flows) {
    if (receiveEvent === events.length) continue;
    addFlow("value", positionOf(from, sendEvent), positionOf(to, receiveEvent));
  }
  for (const { channel, levels } of channels) {
    if (channel.capacity === 0 || levels.length === 0) continue;
    const name = channelName(channel.id);
    if (levels[0]?.from !== 0) addCounter(program, name, 0, 0);
    for (const { from, length } of levels) addCounter(program, name, timestamps[from] as number, length);
  }
  for (const [i, { id }] of pools.entries()) addPool(id, program + 1 + i);
  return entries.sort(compareEntries);
}

/** At the same time outer slices come first, and flows after the slices. */
function compareEntries(a: Entry, b: Entry): number {
  return (a.ts ?? -1) - (b.ts ?? -1) || rankOf(a) - rankOf(b) || (b.dur ?? 0) - (a.dur ?? 0);
}

function rankOf({ ph }: Entry): number {
  return ph === "X" ? 0 : ph === "e" ? 1 : 2;
}
