// Traces for Perfetto and chrome://tracing, read by a reader of our own, which is as strict as those are, or stricter.

import { beforeAll, describe, expect, test } from "@jest/globals";
import type { Trace } from "goro/trace";
import { toChromeTrace } from "../../src/trace/chrome.ts";
import { hostile, jumble, recordings, traceOf } from "../support/traces.ts";

interface Entry {
  readonly ph: string;
  readonly name: string;
  readonly cat?: string;
  readonly pid: number;
  readonly tid: number;
  readonly ts: number;
  readonly dur: number;
  readonly id?: string;
  readonly bp?: string;
  readonly s?: string;
  readonly args: Readonly<Record<string, unknown>>;
}

interface Arrow {
  readonly kind: string;
  readonly from: Entry;
  readonly to: Entry;
}

interface Read {
  readonly entries: readonly Entry[];
  readonly slices: readonly Entry[];
  readonly arrows: readonly Arrow[];
  readonly otherData: Readonly<Record<string, string>>;
  /** The name that a process or thread was given. */
  readonly names: ReadonlyMap<string, string>;
}

const phases: Readonly<Record<string, readonly string[]>> = {
  M: ["name", "pid", "args"],
  X: ["name", "cat", "ts", "dur", "pid", "tid"],
  s: ["name", "cat", "id", "ts", "pid", "tid"],
  f: ["name", "cat", "id", "ts", "pid", "tid", "bp"],
  C: ["name", "ts", "pid", "args"],
  i: ["name", "ts", "pid", "tid", "s"],
  b: ["name", "cat", "id", "ts", "pid", "tid"],
  e: ["name", "cat", "id", "ts", "pid", "tid"],
};

function complain(what: string, entry: unknown): never {
  throw new Error(`${what}: ${JSON.stringify(entry)}`);
}

/** Reads a file of that format from its beginning to its end, as a viewer does; throws at the first thing out of order. */
function read(text: string): Read {
  const { traceEvents: entries, otherData } = JSON.parse(text) as {
    traceEvents: Entry[];
    otherData: Record<string, string>;
  };
  const names = new Map<string, string>();
  // Of each thread, the slices around the present, the innermost last.
  const stacks = new Map<string, Entry[]>();
  const begun = new Map<string, { readonly entry: Entry; readonly slice: Entry }>();
  const open = new Map<string, Entry>();
  const arrows: Arrow[] = [];
  let now = 0;
  for (const entry of entries) {
    const needs = phases[entry.ph] ?? complain("no such phase", entry);
    for (const field of needs) if (!(field in entry)) complain(`${field} is missing`, entry);
    for (const field of ["ts", "dur", "pid", "tid"] as const) {
      if (field in entry && !Number.isSafeInteger(entry[field])) complain(`${field} is not a number`, entry);
    }
    if (/[\p{Cc}\p{Cs}]/u.test(JSON.stringify([entry.name, entry.args]).replaceAll(/\\u[0-9a-f]{4}/g, "\u0000"))) {
      complain("a character that is unfit", entry);
    }
    const thread = `${entry.pid}/${entry.tid}`;
    if (entry.ph === "M") {
      if (entry.name === "thread_name") names.set(thread, String(entry.args["name"]));
      else if (entry.name === "process_name") names.set(String(entry.pid), String(entry.args["name"]));
      else if (!entry.name.endsWith("_sort_index")) complain("no such metadata", entry);
      continue;
    }
    if (entry.ts < now) complain("the times decrease", entry);
    now = entry.ts;
    const stack = (stacks.get(thread) ?? []).filter(({ ts, dur }) => ts + dur > now);
    stacks.set(thread, stack);
    if (["X", "i", "s", "f"].includes(entry.ph) && !names.has(thread)) complain("a thread without a name", entry);
    if (!names.has(String(entry.pid))) complain("a process without a name", entry);
    if (entry.ph === "X") {
      if (entry.dur < 1) complain("an invisible slice", entry);
      const around = stack.at(-1);
      if (around !== undefined && entry.ts + entry.dur > around.ts + around.dur)
        complain("a slice that overlaps", [around, entry]);
      stack.push(entry);
    } else if (entry.ph === "s" || entry.ph === "f") {
      const slice = stack.at(-1);
      if (slice === undefined || entry.bp !== "e") complain("an arrow that is bound to no slice", entry);
      const key = `${entry.cat ?? ""}/${entry.id ?? ""}`;
      const from = begun.get(key);
      if (entry.ph === "s") {
        if (from !== undefined) complain("an arrow that begins twice", entry);
        begun.set(key, { entry, slice });
      } else {
        if (from === undefined || from.entry.name !== entry.name) complain("an arrow that has not begun", entry);
        begun.delete(key);
        arrows.push({ kind: entry.name, from: from.slice, to: slice });
      }
    } else if (entry.ph === "b" || entry.ph === "e") {
      const key = `${entry.pid}/${entry.cat ?? ""}/${entry.id ?? ""}`;
      if (entry.ph === "b" ? open.has(key) : open.get(key)?.name !== entry.name) complain("no pair", entry);
      if (entry.ph === "b") open.set(key, entry);
      else open.delete(key);
    } else if (
      entry.ph === "C" &&
      !Object.values(entry.args).every((value) => typeof value === "number" && value >= 0)
    ) {
      complain("a counter of something else", entry);
    }
  }
  for (const left of [...begun.values(), ...open.values()]) complain("has no end", left);
  return { entries, slices: entries.filter(({ ph }) => ph === "X"), arrows, otherData, names };
}

let recorded: ReadonlyMap<string, Trace>;
beforeAll(async () => void (recorded = new Map(await recordings())));

function recording(name: string): Trace {
  return recorded.get(name) as Trace;
}

describe("an independent reader accepts", () => {
  test("every recording, with a slice or an instant for each event", () => {
    for (const trace of recorded.values()) {
      const { entries, slices } = read(toChromeTrace(trace));
      const starts = new Set(entries.filter(({ ph }) => ph !== "M").map(({ ts }) => ts));
      // Every event begins or ends something at its own instant.
      const ends = slices.map(({ ts, dur }) => ts + dur);
      expect(new Set([...starts, ...ends]).size).toBeGreaterThanOrEqual(trace.events.length);
    }
  });

  test("inconsistent events and hostile names", () => {
    for (let seed = 1; seed <= 30; seed++) {
      expect(() => read(toChromeTrace(jumble(seed, 300)))).not.toThrow();
    }
  });

  test("an empty trace", () => {
    expect(read(toChromeTrace(traceOf([]))).entries.map(({ ph }) => ph)).toEqual(["M", "M"]);
  });

  test("100,000 events, in little time and space", () => {
    const trace = jumble(1, 100_000);
    const before = performance.now();
    const text = toChromeTrace(trace);
    expect(performance.now() - before).toBeLessThan(8000);
    expect(text.length).toBeLessThan(500 * trace.events.length);
    expect(() => read(text)).not.toThrow();
  });

  test("the same text for the same trace", () => {
    expect(toChromeTrace(jumble(5, 200))).toBe(toChromeTrace(jumble(5, 200)));
  });
});

describe("goroutines", () => {
  test("are the threads of one process, with their ids and names", () => {
    const { names, entries } = read(toChromeTrace(recording("channels")));
    const goroutines = [...names].filter(([key]) => key.startsWith("1/")).map(([, name]) => name);
    expect(goroutines).toEqual(["main #1", "worker #2", "worker #3", "closer #4", "producer #5"]);
    const order = entries.filter(({ name, pid }) => name === "thread_sort_index" && pid === 1);
    expect(order.map(({ tid, args }) => tid - (args["sort_index"] as number))).toEqual([0, 0, 0, 0, 0]);
  });

  test("have slices for running and waiting, and a wait names its operation and channel", () => {
    const trace = traceOf(
      [
        { goroutine: 1, type: "go", child: 2 },
        { goroutine: 2, type: "block", wait: 1, operation: "chan receive", channel: 1 },
        { goroutine: 1, type: "send", channel: 1, value: 1, length: 0, to: 2, text: "7", at: 5 },
        { goroutine: 2, type: "receive", channel: 1, value: 1, length: 0, from: 1, at: 5 },
        { goroutine: 2, type: "unblock", wait: 1, by: 1, at: 5 },
        { goroutine: 2, type: "end", at: 6 },
      ],
      { channels: [{ id: 1, name: "jobs", capacity: 0 }], end: 6 },
    );
    const { slices } = read(toChromeTrace(trace));
    const states = slices.filter(({ tid, cat }) => tid === 2 && /running|blocked/.test(cat ?? ""));
    expect(states.map(({ name, ts, dur }) => [name, ts, dur])).toEqual([
      ["running", 0, 1],
      ["chan receive jobs", 1, 5001],
      ["running", 5002, 998],
    ]);
  });

  test("that wait at the end have a note", () => {
    const trace = traceOf([{ goroutine: 1, type: "block", wait: 1, operation: "chan send", channel: 1 }]);
    const { slices } = read(toChromeTrace(trace));
    expect(slices.map(({ name, args }) => [name, args["note"]])).toEqual([
      ["chan send channel 1", "still waiting when the trace ended"],
    ]);
  });

  test("that are unknown have concurrent waits, and no state", () => {
    const trace = traceOf([
      { goroutine: null, type: "block", wait: 1, operation: "sleep" },
      { goroutine: null, type: "block", wait: 2, operation: "chan send", channel: 1 },
      { goroutine: null, type: "unblock", wait: 1, by: 0 },
    ]);
    const { entries, slices } = read(toChromeTrace(trace));
    expect(slices).toEqual([]);
    const waits = entries.filter(({ ph }) => ph === "b" || ph === "e");
    expect(waits.map(({ ph, name, ts }) => [ph, name, ts])).toEqual([
      ["b", "sleep", 0],
      ["b", "chan send channel 1", 1],
      ["e", "sleep", 2],
      ["e", "chan send channel 1", 3],
    ]);
  });
});

describe("arrows", () => {
  test("lead from each send to the receive of its value, and from each go to the goroutine", () => {
    const trace = recording("channels");
    const { arrows } = read(toChromeTrace(trace));
    const thread = ({ tid }: Entry): number => tid;
    const values = trace.events.flatMap((event) => {
      if (event.type !== "receive") return [];
      const sent = trace.events.find((each) => each.type === "send" && each.value === event.value);
      return [[sent?.goroutine, event.goroutine]];
    });
    expect(values).toHaveLength(10);
    const drawn = arrows.filter(({ kind }) => kind === "value");
    expect(drawn.map(({ from, to }) => [thread(from), thread(to)])).toEqual(values);
    expect(drawn.every(({ from, to }) => from.name.startsWith("send ") && to.name.startsWith("receive "))).toBe(true);
    const starts = trace.events.flatMap((event) => (event.type === "go" ? [[event.goroutine, event.child]] : []));
    const begun = arrows.filter(({ kind }) => kind === "go");
    expect(begun.map(({ from, to }) => [thread(from), thread(to)])).toEqual(starts);
    expect(begun.every(({ to }) => to.name === "running")).toBe(true);
  });

  test("are one for each value, even if it is received twice", () => {
    const receive = { goroutine: 1, type: "receive", channel: 1, value: 1, length: 0 } as const;
    const trace = traceOf([{ goroutine: 1, type: "send", channel: 1, value: 1, length: 1 }, receive, receive]);
    expect(read(toChromeTrace(trace)).arrows).toHaveLength(1);
  });

  test("are not drawn for a value without a receive or without a send", () => {
    const trace = traceOf([
      { goroutine: 1, type: "send", channel: 1, value: 1, length: 1 },
      { goroutine: 1, type: "receive", channel: 1, value: 9, length: 0 },
    ]);
    expect(read(toChromeTrace(trace)).arrows).toEqual([]);
  });
});

describe("time", () => {
  test("is in microseconds, with events of the same instant 1 microsecond apart", () => {
    const log = (at: number): { goroutine: 1; type: "log"; text: string; at: number } => ({
      goroutine: 1,
      type: "log",
      text: "x",
      at,
    });
    const { entries, otherData } = read(
      toChromeTrace(traceOf([log(0), log(0), log(0), log(0.001), log(2.5), log(2.5)])),
    );
    expect(entries.filter(({ ph }) => ph === "i").map(({ ts }) => ts)).toEqual([0, 1, 2, 3, 2500, 2501]);
    expect(otherData).toMatchObject({
      clock: "virtual",
      epoch: "2000-01-01T00:00:00.000Z",
      times: expect.stringContaining("spread by 1 microsecond"),
    });
  });
});

describe("instants and counters", () => {
  test("show prints, closes, timers, contexts and selects on the threads where they happened", () => {
    const trace = traceOf([
      { goroutine: 1, type: "log", text: "hello" },
      { goroutine: 1, type: "close", channel: 1 },
      { goroutine: 0, type: "timer", purpose: "time.sleep" },
      { goroutine: 1, type: "cancel", context: "ctx", cause: "Canceled" },
      { goroutine: 1, type: "select", cases: [], chosen: "default" },
      { goroutine: 1, type: "panic", error: "oh" },
    ]);
    const { entries, names } = read(toChromeTrace(trace));
    const signs = entries.filter(({ ph }) => ph === "i");
    expect(signs.map(({ pid, tid, name }) => [names.get(`${pid}/${tid}`), name])).toEqual([
      ["main #1", "hello"],
      ["main #1", "close channel 1"],
      ["the runtime", "time.sleep"],
      ["main #1", "cancel ctx"],
      ["main #1", "select: default"],
      ["main #1", "panic: oh"],
    ]);
  });

  test("count the values in a buffer, from 0 to 0, and never above the capacity", () => {
    const { entries } = read(toChromeTrace(recording("channels")));
    const counts = entries.filter(({ ph }) => ph === "C");
    expect(new Set(counts.map(({ name }) => name))).toEqual(new Set(["jobs"]));
    const fills = counts.map(({ args }) => args["values"] as number);
    expect(fills.at(-1)).toBe(0);
    expect([1, 2]).toContain(Math.max(...fills));
    for (const [i, fill] of fills.slice(1).entries()) expect(Math.abs(fill - (fills[i] as number))).toBe(1);
  });
});

describe("a pool", () => {
  test("is a process with a thread for each worker and a slice for each job", () => {
    const trace = recording("pools");
    const { slices, names, entries } = read(toChromeTrace(trace));
    expect(names.get("2")).toBe("pool work");
    const jobs = slices.filter(({ pid }) => pid === 2);
    expect(jobs.map(({ name, args }) => [name, args["status"]]).sort()).toEqual([
      ["job 1", "done"],
      ["job 2", "done"],
      ["job 3", "failed"],
      ["job 4", "done"],
    ]);
    expect(new Set(jobs.map(({ pid, tid }) => names.get(`${pid}/${tid}`)))).toEqual(new Set(["worker 1", "worker 2"]));
    const queue = entries.filter(({ ph, pid }) => ph === "C" && pid === 2).map(({ args }) => args["values"]);
    expect(queue.length).toBeGreaterThan(1);
    expect(queue.at(-1)).toBe(0);
  });

  test("shows a job that does not finish until the end of the trace", () => {
    const trace = traceOf([{ goroutine: 1, type: "start", pool: 1, job: 1, worker: 1 }], { end: 7 });
    const jobs = read(toChromeTrace(trace)).slices.filter(({ pid }) => pid === 2);
    expect(jobs.map(({ name, ts, dur, args }) => [name, ts, dur, args["status"]])).toEqual([
      ["job 1", 0, 7000, "not finished"],
    ]);
  });

  test("shows overlapping jobs of one worker one after the other", () => {
    const start = { goroutine: 1, type: "start", pool: 1, worker: 1 } as const;
    const trace = traceOf([
      { ...start, job: 1 },
      { ...start, job: 2, at: 4 },
      { goroutine: 1, type: "finish", pool: 1, worker: 1, job: 1, status: "done", at: 5 },
      { goroutine: 1, type: "finish", pool: 1, worker: 1, job: 2, status: "done", at: 6 },
    ]);
    const jobs = read(toChromeTrace(trace)).slices.filter(({ pid }) => pid === 2);
    expect(jobs.map(({ name, ts, dur, args }) => [name, ts, dur, args["status"]])).toEqual([
      ["job 1", 0, 4000, "not finished"],
      ["job 2", 4000, 2000, "done"],
    ]);
  });
});

test("a long name does not make the file long", () => {
  for (const name of hostile) {
    const trace = traceOf([{ goroutine: 1, type: "log", text: name }], { goroutines: [{ id: 1, name, parent: null }] });
    expect(toChromeTrace(trace).length).toBeLessThan(5000);
  }
});
