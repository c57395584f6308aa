// The view for terminals: its rows, the width of its lines, and that no text of the program controls the terminal.

import { beforeAll, describe, expect, test } from "@jest/globals";
import type { Trace, TraceEvent } from "goro/trace";
import { renderText } from "../../src/trace/text/text.ts";
import type { RenderTextOptions } from "../../src/trace/view-options.ts";
import { hostile, jumble, recordings, traceOf } from "../support/traces.ts";

/**
 * How many columns a terminal gives to a line: two for each wide character of Unicode's table (East Asian Width), and
 * two for a whole cluster that is drawn as an emoji; none for marks.
 */
function columns(line: string): number {
  let sum = 0;
  for (const { segment } of new Intl.Segmenter().segment(line)) {
    const isEmoji = /\p{Emoji_Presentation}|\ufe0f|[\u{1f1e6}-\u{1f1ff}]{2}/u.test(segment);
    const first = segment.codePointAt(0) as number;
    sum += isEmoji || isWide(first) ? 2 : 1;
  }
  return sum;
}

function isWide(point: number): boolean {
  const ranges = [
    [0x1100, 0x115f],
    [0x2e80, 0x303e],
    [0x3041, 0x33ff],
    [0x3400, 0x4dbf],
    [0x4e00, 0xa4cf],
    [0xac00, 0xd7a3],
    [0xf900, 0xfaff],
    [0xff00, 0xff60],
    [0x20000, 0x3fffd],
  ] as const;
  return ranges.some(([first, last]) => point >= first && point <= last);
}

const colours = /\u001b\[\d+m/g;

let recorded: ReadonlyMap<string, Trace>;
beforeAll(async () => void (recorded = new Map(await recordings())));

function recording(name: string): Trace {
  return recorded.get(name) as Trace;
}

interface Told {
  readonly time: string;
  /** One sign for each goroutine. */
  readonly signs: string;
  readonly text: string;
}

/** The lines of the story, between the head of the columns and what follows after an empty line. */
function story(trace: Trace, options: RenderTextOptions = {}): Told[] {
  const lines = renderText(trace, options).split("\n");
  const head = lines.findIndex((line) => /^ +\d+( +\d+)*$/.test(line));
  const rest = lines.slice(head + 1);
  const end = rest.indexOf("");
  const count = (lines[head] as string).trim().split(/ +/).length;
  const left = (lines[head] as string).search(/\d/);
  const pitch = Math.max(2, (/\d+ +(?=\d)/.exec(lines[head] as string)?.[0] ?? "").length);
  return rest.slice(0, end < 0 ? rest.length : end).map((line) => {
    const signs = Array.from({ length: count }, (_, i) => line[left + i * pitch] ?? " ").join("");
    return { time: line.slice(0, left).trim(), signs, text: line.slice(left + count * pitch).trim() };
  });
}

function texts(trace: Trace, options?: RenderTextOptions): string[] {
  return story(trace, options).map(({ text }) => text);
}

const main = { id: 1, name: "main", parent: null };
const worker = { id: 2, name: "worker", parent: 1 };
const jobs = { id: 1, name: "jobs", capacity: 0 };

describe("the view", () => {
  test("has an arrow for a value from sender to receiver, and letters for waiting goroutines", () => {
    const trace = traceOf(
      [
        { goroutine: 1, type: "go", child: 2 },
        { goroutine: 2, type: "block", wait: 1, operation: "chan receive", channel: 1 },
        { goroutine: 1, type: "log", text: "hello" },
        { goroutine: 1, type: "send", channel: 1, value: 1, length: 0, to: 2, text: "7", at: 5 },
        { goroutine: 2, type: "receive", channel: 1, value: 1, length: 0, from: 1, at: 5 },
        { goroutine: 2, type: "unblock", wait: 1, by: 1, at: 5 },
        { goroutine: 2, type: "end", at: 5 },
      ],
      { goroutines: [main, worker], channels: [jobs] },
    );
    expect(renderText(trace).split("\n")).toEqual([
      "still running after 7 events in 5 ms of virtual time",
      "1: main   2: worker",
      "┃ runs   r waits to receive   ●─► acts on   ■ ends",
      "",
      "     1 2",
      "0 ms ●─2  main starts worker 2",
      "     ┃ r  worker 2 waits to receive from jobs",
      "     ● r  main prints: hello",
      "5 ms ●─►  main sends 7 to worker 2 on jobs",
      "     ┃ ■  worker 2 ends",
    ]);
  });

  test("has every sent value, every end and every printed line of a recording", () => {
    const all = texts(recording("channels"), { width: 120 });
    const ends = all.filter((text) => / ends?\b/.test(text)).join();
    for (const number of [2, 3, 4, 5]) expect(ends).toContain(String(number));
    expect(all.filter((text) => /^worker \d sends "job \d" to main on results$/.test(text))).toHaveLength(5);
    for (let job = 1; job <= 5; job++) expect(all.join("\n")).toContain(`main prints: job ${job}`);
    expect(all).toContain("closer 4 closes results, which wakes main");
    expect(all.some((text) => text.startsWith("producer 5 closes jobs"))).toBe(true);
  });

  test("has the jobs of a pool", () => {
    const all = texts(recording("pools"), { width: 120 });
    expect(all.filter((text) => /starts job \d of work \(worker \d\)$/.test(text))).toHaveLength(4);
    expect(all.filter((text) => /^job [124] of work is done/.test(text))).toHaveLength(3);
    expect(all.filter((text) => /^job 3 of work has failed/.test(text))).toHaveLength(1);
  });

  test("has the chosen case of a select, unless a value shows it", () => {
    const all = texts(recording("selects"), { width: 120 });
    expect(all).toContain("main selects default: no case is ready");
    expect(all).toContain("main selects left, which is closed");
    expect(all.filter((text) => / selects (?!default)/.test(text))).toHaveLength(1);
    expect(
      all.some((text) => /sender 2 waits in a select for (left, right|send left, send channel \d)$/.test(text)),
    ).toBe(true);
  });

  test("has the effects of timers, and their times", () => {
    const told = story(recording("timers"), { width: 120 });
    const at = (text: string): string | undefined => told.find((each) => each.text === text)?.time;
    expect(at("time.sleep fires, which wakes main")).toBe("10 ms");
    expect(at("time.Timer fires, which wakes main")).toBe("13 ms");
    expect(told.some(({ time, text }) => time === "20 ms" && text.includes("fires"))).toBe(true);
    expect(told.some(({ text }) => /WithDeadline.* is canceled: TimeoutError/.test(text))).toBe(true);
  });

  test("has one line for many values sent to a buffer, with the first and the last", () => {
    const events = Array.from({ length: 100 }, (_, i) => ({
      goroutine: 1,
      type: "send" as const,
      channel: 1,
      value: i + 1,
      length: i + 1,
      text: String(i + 1),
    }));
    const trace = traceOf(events, { channels: [{ ...jobs, capacity: 100 }] });
    expect(texts(trace)).toEqual(["main sends 1 … 100 to jobs (100 of 100)"]);
    const silent = traceOf(
      events.map(({ text: _, ...event }) => event),
      { channels: [{ ...jobs, capacity: 100 }] },
    );
    expect(texts(silent)).toEqual(["main sends 100 values to jobs (100 of 100)"]);
  });

  test("has one line for a polling loop", () => {
    const poll = { goroutine: 1, type: "select", cases: [], chosen: "default" } as const;
    expect(texts(traceOf([poll, poll, poll]))).toEqual(["main selects default 3 times: no case is ready"]);
  });

  test("omits a wait that ended at once, and shows others once", () => {
    const block = { goroutine: 1, type: "block", operation: "sleep" } as const;
    const unblock = { goroutine: 1, type: "unblock", by: 0 } as const;
    const log = { goroutine: 1, type: "log", text: "x" } as const;
    const trace = traceOf([
      log,
      { ...block, wait: 1 },
      { ...unblock, wait: 1 },
      log,
      { ...block, wait: 2 },
      log,
      { ...unblock, wait: 2 },
      { ...block, wait: 3 },
      log,
      { ...unblock, wait: 3 },
    ]);
    const waits = texts(trace).filter((text) => text === "main sleeps");
    expect(waits).toHaveLength(1);
  });

  test("marks a panic", () => {
    const trace = traceOf([{ goroutine: 2, type: "panic", error: "Error: oh" }], {
      goroutines: [main, worker],
      ending: "panicked",
    });
    expect(story(trace)).toEqual([{ time: "0 ms", signs: "!", text: "worker 2 panics: Error: oh" }]);
    expect(renderText(trace)).toMatch(/^panicked after 1 event/);
  });

  test("has a column for unknown goroutines", () => {
    const view = renderText(traceOf([{ goroutine: null, type: "log", text: "who?" }]));
    expect(view).toContain("?: (unknown)");
    expect(view).toContain("●  an unknown goroutine prints: who?");
  });

  test("of an empty trace is short", () => {
    expect(renderText(traceOf([])).split("\n")[0]).toBe("still running after 0 events in one instant of virtual time");
  });
});

describe("the footer", () => {
  test("names the reason of a wait: a full buffer without a receiver", () => {
    const trace = traceOf(
      [
        { goroutine: 1, type: "send", channel: 1, value: 1, length: 1 },
        { goroutine: 1, type: "block", wait: 1, operation: "chan send", channel: 1 },
      ],
      { channels: [{ ...jobs, capacity: 1 }], ending: "blocked" },
    );
    expect(renderText(trace)).toMatch(/^DEADLOCK/);
    expect(renderText(trace).split("\n").slice(-4)).toEqual([
      "Deadlock: every goroutine waits, and none can wake another:",
      "  main waits to send to jobs",
      "    its buffer is full: 1 of 1",
      "    no value was ever received from it",
    ]);
  });

  test("names the reason of a wait: an open channel whose sender has ended", () => {
    const trace = traceOf(
      [
        { goroutine: 2, type: "send", channel: 1, value: 1, length: 0, to: 1 },
        { goroutine: 1, type: "receive", channel: 1, value: 1, length: 0, from: 2 },
        { goroutine: 2, type: "end" },
        { goroutine: 1, type: "block", wait: 1, operation: "chan receive", channel: 1 },
      ],
      { goroutines: [main, worker], channels: [jobs], ending: "blocked" },
    );
    expect(renderText(trace).split("\n").slice(-3)).toEqual([
      "  main waits to receive from jobs",
      "    it is open",
      "    1 value sent to it, by worker 2; ended since",
    ]);
  });

  test("groups goroutines with the same wait, and omits those that do not wait", () => {
    const block = { type: "block", operation: "sync.Mutex.Lock" } as const;
    const trace = traceOf([
      { ...block, goroutine: 3, wait: 1 },
      { ...block, goroutine: 2, wait: 2 },
      { ...block, goroutine: 1, wait: 3 },
      { type: "unblock", goroutine: 1, wait: 3, by: 2 },
    ]);
    expect(renderText(trace).split("\n").slice(-2)).toEqual([
      "Waiting at the end of the recording:",
      "  goroutine 2, 3 wait in sync.Mutex.Lock",
    ]);
  });

  test("shows the waits at the end of the requested range", () => {
    const trace = traceOf(
      [
        { goroutine: 1, type: "block", wait: 1, operation: "sleep", at: 1 },
        { goroutine: 1, type: "unblock", wait: 1, by: 0, at: 9 },
      ],
      { end: 9 },
    );
    expect(renderText(trace, { to: 5 })).toContain("Waiting at 5 ms:\n  main sleeps");
    expect(renderText(trace)).not.toContain("Waiting at");
  });
});

describe("the size", () => {
  const widths = [40, 57, 80, 200];

  test.each(widths)("of every line is at most %i columns, also with wide characters and emoji", (width) => {
    const wide = jumble(1, 200);
    const names = ["並行処理はゴルーチン並行処理", "👩‍👩‍👧‍👦🇩🇪❤️1️⃣🇩🇪🇩🇪🇩🇪", "한국어", "e\u0301".repeat(9)];
    const long = {
      ...wide,
      goroutines: wide.goroutines.map((each, i) => ({ ...each, name: names[i % 4] as string })),
      channels: wide.channels.map((each, i) => ({ ...each, name: (names[i % 4] as string).repeat(9) })),
    };
    const traces = [...recorded.values(), long, ...Array.from({ length: 20 }, (_, i) => jumble(i, 150))];
    for (const trace of traces) {
      for (const line of renderText(trace, { width }).split("\n")) {
        expect([line, columns(line) <= width]).toEqual([line, true]);
      }
    }
  });

  test("uses the whole width", () => {
    const trace = traceOf([{ goroutine: 1, type: "log", text: "並".repeat(500) }]);
    const widest = Math.max(...renderText(trace, { width: 80 }).split("\n").map(columns));
    expect(widest).toBeGreaterThanOrEqual(79);
  });

  test("limits the lines to the beginning and the end, with the number of events between", () => {
    const events = Array.from({ length: 500 }, (_, i) => ({ goroutine: 1, type: "log" as const, text: `line ${i}` }));
    for (const rows of [20, 50, 200]) {
      const lines = renderText(traceOf(events), { rows }).split("\n");
      expect(lines).toHaveLength(rows);
      const told = lines.filter((line) => line.includes("prints")).length;
      expect(lines.join("\n")).toContain(`… ${500 - told} more events`);
      expect(lines.at(-1)).toContain("line 499");
    }
    expect(renderText(traceOf(events.slice(0, 100)))).not.toContain("more event");
  });

  test("never exceeds the number of lines, for any trace", () => {
    for (let seed = 1; seed <= 30; seed++) {
      for (const width of [40, 80]) {
        const lines = renderText(jumble(seed, 400), { rows: 20, width }).split("\n");
        expect(lines.length).toBeLessThanOrEqual(20);
      }
    }
  });

  test("limits the columns, and counts the goroutines without one", () => {
    const events = Array.from({ length: 60 }, (_, i) => ({
      goroutine: i + 1,
      type: "log" as const,
      text: `line ${i}`,
    }));
    const view = renderText(traceOf(events));
    const shown = view.split("\n").filter((line) => line.includes("prints")).length;
    expect(shown).toBeGreaterThan(5);
    expect(view).toContain(`${60 - shown} more goroutines left out`);
  });

  test("is enough for many consecutive goroutines, which share columns", () => {
    const events = Array.from({ length: 60 }, (_, i) => i + 2).flatMap((child): Parameters<typeof traceOf>[0] => [
      { goroutine: 1, type: "go", child },
      { goroutine: child, type: "end" },
    ]);
    const view = renderText(traceOf(events));
    expect(view).not.toContain("left out");
    for (let child = 2; child <= 61; child++) expect(view).toContain(`●──${child}`);
  });

  test("is computed in little time for 100,000 goroutines at once", () => {
    const events = Array.from({ length: 100_000 }, (_, i) => ({ goroutine: 1, type: "go" as const, child: i + 2 }));
    const trace = traceOf(events);
    const before = performance.now();
    expect(texts(trace, { width: 200 })[0]).toMatch(/^main starts goroutine 2, 3, 4, 5, 6, 7 and 99994 more$/);
    expect(performance.now() - before).toBeLessThan(5000);
  });

  test("is computed in little time for 100,000 events", () => {
    const trace = jumble(1, 100_000);
    const before = performance.now();
    expect(renderText(trace).split("\n").length).toBeLessThanOrEqual(200);
    expect(performance.now() - before).toBeLessThan(5000);
  });
});

describe("the options", () => {
  const log = (goroutine: number, at: number): TraceEvent => ({ goroutine, type: "log", text: `at ${at}`, at });
  const trace = traceOf([log(1, 0), log(2, 10), log(1, 20), log(2, 30)], { goroutines: [main, worker], end: 30 });

  test("select a range of time, including both ends", () => {
    expect(texts(trace, { from: 10, to: 20 })).toEqual(["worker 2 prints: at 10", "main prints: at 20"]);
  });

  test("select goroutines", () => {
    expect(texts(trace, { goroutines: [2] })).toEqual(["worker 2 prints: at 10", "worker 2 prints: at 30"]);
  });

  test("add colors, and nothing else", () => {
    for (const each of [...recorded.values(), jumble(3, 300)]) {
      const coloured = renderText(each, { color: true });
      expect(coloured).toMatch(colours);
      const plain = coloured.replaceAll(colours, "").split("\n");
      expect(plain.map((line) => line.trimEnd()).join("\n")).toBe(renderText(each));
    }
  });

  test.each([
    [{ width: 39 }, RangeError, "renderText: width must be a whole number, 40 or more, got 39"],
    [{ width: "80" }, RangeError, 'renderText: width must be a whole number, 40 or more, got "80"'],
    [{ rows: 19 }, RangeError, "renderText: rows must be a whole number, 20 or more, got 19"],
    [{ from: -1 }, RangeError, "renderText: from must be a number, 0 or more, got -1"],
    [{ from: 5, to: 4 }, RangeError, "renderText: to must be a number, 5 or more, got 4"],
    [{ to: NaN }, RangeError, "renderText: to must be a number, 0 or more, got NaN"],
    [{ goroutines: 2 }, TypeError, "renderText: goroutines must be a non-empty array, got 2"],
    [{ goroutines: [] }, TypeError, "renderText: goroutines must be a non-empty array, got "],
    [{ goroutines: [7] }, RangeError, "renderText: goroutines must be ids of goroutines in the trace, got 7"],
  ])("%j are rejected", (options, kind, message) => {
    expect(() => renderText(trace, options as RenderTextOptions)).toThrow(new kind(message));
  });
});

describe("a terminal", () => {
  test("is not controlled by any text of the program", () => {
    for (let seed = 1; seed <= 20; seed++) {
      const view = renderText(jumble(seed, 300), { width: 200 });
      // Joiners of emoji are of the format characters too, and harmless.
      expect(view.replaceAll("\n", "")).not.toMatch(/(?!\u200d)[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u);
    }
  });

  test.each(hostile.map((text) => [text.slice(0, 20), text]))("shows one line for a print of %j", (_, text) => {
    const told = texts(traceOf([{ goroutine: 1, type: "log", text }]));
    expect(told).toHaveLength(1);
    expect(told[0]).toMatch(/^main prints: /);
  });

  test("shows the same text for the same trace", () => {
    expect(renderText(jumble(2, 300))).toBe(renderText(jumble(2, 300)));
  });
});
