import { describe, expect, test } from "@jest/globals";
import type { Trace } from "../../src/trace/format.ts";
import { renderTimeline } from "../../src/trace/pictures.ts";
import type { RenderTimelineOptions } from "../../src/trace/view-options.ts";
import { hostile, jumble, recordings, traceOf } from "../support/traces.ts";
import { type Element, parseXml } from "../support/xml.ts";

const recorded = await recordings();

type Events = Parameters<typeof traceOf>[0];

function draw(trace: Trace, options?: RenderTimelineOptions): Element[] {
  return parseXml(renderTimeline(trace, options)).all;
}

function texts(elements: readonly Element[]): string[] {
  return elements.filter(({ name }) => name === "text").map(({ text }) => text);
}

function titles(elements: readonly Element[]): string[] {
  return elements.filter(({ name }) => name === "title").map(({ text }) => text);
}

function bars(elements: readonly Element[], state: string): Element[] {
  const all = elements.filter(({ attributes }) => attributes.get("class") === state);
  // Those of the legend have no title.
  return all.filter(({ children }) => children.length > 0);
}

/** The height of a rectangle. */
function heightOf(element: Element | undefined): number {
  const [, top, bottom] = /^M[\d.]+ ([\d.]+)H[\d.]+V([\d.]+)/.exec(element?.attributes.get("d") ?? "") ?? [];
  return Number(bottom) - Number(top);
}

const handOver: Events = [
  { goroutine: 1, type: "go", child: 2 },
  { goroutine: 2, type: "block", wait: 1, operation: "chan receive", channel: 1 },
  { goroutine: 1, type: "send", channel: 1, value: 1, length: 0, to: 2, text: "42" },
  { goroutine: 2, type: "receive", channel: 1, value: 1, length: 0, from: 1 },
  { goroutine: 2, type: "unblock", wait: 1, by: 1 },
  { goroutine: 1, type: "log", text: "all is said" },
  { goroutine: 2, type: "end" },
  { goroutine: 1, type: "end" },
];
const named: Partial<Trace> = {
  ending: "returned",
  goroutines: [
    { id: 1, name: "main", parent: null },
    { id: 2, name: "", parent: 1 },
  ],
  channels: [{ id: 1, name: "jobs", capacity: 0 }],
};

describe("a timeline", () => {
  const drawn = draw(traceOf(handOver, named), { title: "one job" });

  test("has a track for each goroutine and channel, a title, and the ending of the program", () => {
    expect(texts(drawn)).toEqual(expect.arrayContaining(["one job", "1 main", "2 func", "jobs", "0 ms"]));
    expect(texts(drawn).find((one) => one.startsWith("returned · 8 events · 2 goroutines"))).toMatch(/virtual time/);
  });

  test("says what a goroutine waits for, and draws waiting lower than running", () => {
    expect(texts(drawn)).toContain("receive jobs");
    const [waiting] = bars(drawn, "receive");
    const [running] = bars(drawn, "running");
    expect(waiting?.text).toBe("2 func waits: receive jobs, at 0 ms");
    expect(heightOf(waiting)).toBeLessThan(heightOf(running));
  });

  test("has an arrow for a value, down from the track of its sender, with the value beside it", () => {
    const arrow = drawn.find(({ text, name }) => name === "path" && text.startsWith("jobs: 42, from 1 main to 2 func"));
    const [, from, to] = /^M[\d.]+ ([\d.]+)V([\d.]+)$/.exec(arrow?.attributes.get("d") ?? "") ?? [];
    expect(Number(to)).toBeGreaterThan(Number(from));
    expect(texts(drawn)).toContain("42");
  });

  test("shows the output, and the ends of goroutines", () => {
    expect(texts(drawn)).toContain("all is said");
    expect(titles(drawn).filter((title) => title === "returned")).toHaveLength(2);
  });

  test("has a legend of exactly what occurs", () => {
    expect(texts(drawn)).toEqual(expect.arrayContaining(["runs", "waits to receive ←", "value", "returned"]));
    for (const absent of ["waits to send →", "sleeps z", "panicked", "closed", "time passes", "many short spans"]) {
      expect(texts(drawn)).not.toContain(absent);
    }
  });
});

test("a goroutine that panicked ends in a cross with the error", () => {
  const drawn = draw(
    traceOf([
      { goroutine: 1, type: "panic", error: "nil map" },
      { goroutine: 1, type: "end" },
    ]),
  );
  expect(titles(drawn)).toContain("panicked: nil map");
  expect(texts(drawn)).toContain("panicked");
});

test("the level of a channel rises to its capacity", () => {
  const events: Events = [1, 2].map((value) => ({ goroutine: 1, type: "send", channel: 1, value, length: value }));
  const drawn = draw(traceOf(events, { channels: [{ id: 1, name: "queue", capacity: 2 }] }));
  expect(texts(drawn)).toEqual(expect.arrayContaining(["queue (2)", "full"]));
  const area = drawn.filter(({ attributes }) => attributes.get("class") === "level0").at(-1);
  const heights = [...(area?.attributes.get("d") ?? "").matchAll(/V([\d.]+)/g)].map(([, y]) => Number(y));
  expect(heights.slice(0, 2)).toEqual([(heights[2] as number) - 9, (heights[2] as number) - 18]);
});

test("channels that no shown goroutine uses have no track", () => {
  const events: Events = [
    { goroutine: 1, type: "send", channel: 1, value: 1, length: 1 },
    { goroutine: 2, type: "send", channel: 2, value: 2, length: 1 },
  ];
  expect(texts(draw(traceOf(events), { goroutines: [1] }))).toContain("channel 1");
  expect(texts(draw(traceOf(events), { goroutines: [1] }))).not.toContain("channel 2");
  expect(texts(draw(traceOf(events)))).toContain("channel 2");
});

test("only the requested goroutines have tracks, and arrows of others are stubs", () => {
  const drawn = draw(traceOf(handOver, named), { goroutines: [2] });
  expect(texts(drawn)).not.toContain("1 main");
  expect(texts(drawn)).toContain("2 func");
  expect(titles(drawn).some((title) => title.startsWith("jobs: 42, from 1 main to 2 func"))).toBe(true);
});

test("only the requested range of time is shown", () => {
  const events: Events = [0, 10, 20].map((at) => ({ goroutine: 1, type: "log", text: `at ${at}`, at }));
  const drawn = draw(traceOf(events), { from: 5, to: 15 });
  expect(texts(drawn)).toContain("at 10");
  expect(texts(drawn)).not.toContain("at 0");
  expect(texts(drawn)).not.toContain("at 20");
  expect(texts(drawn).some((one) => one.includes("1 of 3 events"))).toBe(true);
});

test("unknown goroutines share a track, and timers are on the axis", () => {
  const drawn = draw(
    traceOf([
      { goroutine: null, type: "log", text: "who?" },
      { goroutine: 0, type: "timer", purpose: "time.sleep" },
    ]),
  );
  expect(texts(drawn)).toEqual(expect.arrayContaining(["? unknown", "timer fires"]));
  expect(texts(drawn)).not.toContain("timers");
});

describe("at the end of a deadlock", () => {
  const channels = ["ping", "pong"].map((name, i) => ({ id: i + 1, name, capacity: 0 }));
  const circular: Events = [
    { goroutine: 2, type: "send", channel: 1, value: 1, length: 0, to: 3 },
    { goroutine: 3, type: "receive", channel: 1, value: 1, length: 0, from: 2 },
    { goroutine: 3, type: "send", channel: 2, value: 2, length: 0, to: 2 },
    { goroutine: 2, type: "receive", channel: 2, value: 2, length: 0, from: 3 },
    { goroutine: 2, type: "block", wait: 1, operation: "chan send", channel: 1 },
    { goroutine: 3, type: "block", wait: 2, operation: "chan send", channel: 2 },
  ];

  test("the cycle is drawn: four nodes, and an arrow from each to the next", () => {
    const drawn = draw(traceOf(circular, { channels, ending: "blocked" }));
    expect(drawn.filter(({ attributes }) => /^edge cycle/.test(attributes.get("class") ?? ""))).toHaveLength(4);
    expect(drawn.filter(({ attributes }) => /^(node|target) cycle$/.test(attributes.get("class") ?? ""))).toHaveLength(
      4,
    );
    expect(texts(drawn)).toContain("Cycle: 2 func waits for 3 func, which waits for 2 func.");
    expect(texts(drawn).filter((one) => one === "forever")).toHaveLength(2);
  });

  test("channels without a goroutine on the other side are marked", () => {
    const events: Events = [
      { goroutine: 2, type: "block", wait: 1, operation: "chan send", channel: 1 },
      { goroutine: 3, type: "block", wait: 2, operation: "chan receive", channel: 2 },
    ];
    const drawn = texts(draw(traceOf(events, { channels, ending: "blocked" })));
    expect(drawn).toEqual(expect.arrayContaining(["no receiver left", "no sender left"]));
    expect(drawn.some((one) => one.startsWith("Cycle"))).toBe(false);
  });

  test("a thousand goroutines that wait alike are one node", () => {
    const events: Events = Array.from({ length: 1_000 }, (_, i) => {
      return { goroutine: i + 2, type: "block", wait: i + 1, operation: "chan send", channel: 1 };
    });
    const drawn = draw(traceOf(events, { channels, ending: "blocked" }));
    expect(texts(drawn)).toContain("1,000 × func");
    expect(
      drawn.filter(({ attributes, children }) => attributes.get("class") === "node" && children.length > 0),
    ).toHaveLength(1);
  });

  test("a trace with another ending has no wait-for graph", () => {
    const drawn = texts(draw(traceOf(circular, { channels, ending: "running" })));
    expect(drawn).not.toContain("Wait-for graph");
    expect(drawn).not.toContain("forever");
  });
});

describe("of very many", () => {
  function busy(count: number, goroutines: number, clock: Trace["clock"]): Trace {
    const events: Events[number][] = [];
    for (let i = 0; events.length < count; i++) {
      const goroutine = 1 + (i % goroutines);
      const at = i / 100;
      events.push({ goroutine, type: "block", wait: i, operation: "chan receive", channel: 1, at });
      events.push({ goroutine, type: "unblock", wait: i, by: 1, at: at + 0.005 });
      events.push({ goroutine, type: "send", channel: 1, value: i, length: i % 9, at: at + 0.006 });
      events.push({ goroutine, type: "log", text: `line ${i}`, at: at + 0.006 });
      events.push({ goroutine: (i % 3) + 1, type: "receive", channel: 1, value: i, length: i % 9, at: at + 0.007 });
    }
    return traceOf(events, { clock });
  }

  test.each([
    [8, "real"],
    [8, "virtual"],
    [20_000, "real"],
    [20_000, "virtual"],
  ] as const)("100,000 events of %d goroutines in %s time make a file of bounded size", (goroutines, clock) => {
    const svg = renderTimeline(busy(100_000, goroutines, clock));
    expect(svg.length).toBeLessThan(1_500_000);
    parseXml(svg);
  });

  test("goroutines, the least busy are aggregated, with their number", () => {
    const drawn = texts(draw(busy(2_000, 100, "virtual")));
    expect(drawn.filter((one) => /^\d+ (main|func)$/.test(one))).toHaveLength(24);
    expect(drawn).toContain("and 76 more");
    expect(texts(draw(busy(2_000, 40, "virtual"))).some((one) => one.endsWith(" more"))).toBe(false);
  });

  test("values, the header says that the arrows are missing", () => {
    const drawn = texts(draw(busy(20_000, 8, "virtual")));
    expect(drawn.some((one) => one.includes("No arrows: 4,000 values are too many."))).toBe(true);
    expect(drawn).not.toContain("value");
  });
});

describe("is well-formed and reproducible", () => {
  test.each(recorded)("for a recording of %s", (_name, trace) => {
    const svg = renderTimeline(trace);
    expect(renderTimeline(structuredClone(trace))).toBe(svg);
    expect(parseXml(svg).name).toBe("svg");
    expect(svg).not.toMatch(/NaN|Infinity|undefined/);
  });

  test.each([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12])("for inconsistent events (seed %d)", (seed) => {
    const svg = renderTimeline(jumble(seed, 60 * seed));
    expect(parseXml(svg).name).toBe("svg");
    expect(svg).not.toMatch(/NaN|Infinity/);
  });

  test.each(hostile.map((text, i) => [i, text] as const))("for hostile names (%d)", (_i, text) => {
    const trace = traceOf(
      [
        { goroutine: 1, type: "send", channel: 1, value: 1, length: 1, text },
        { goroutine: 2, type: "receive", channel: 1, value: 1, length: 0 },
        { goroutine: 1, type: "log", text },
        { goroutine: 1, type: "cancel", context: text, cause: text },
        { goroutine: 2, type: "panic", error: text },
        { goroutine: 2, type: "end" },
        { goroutine: 1, type: "block", wait: 1, operation: text },
      ],
      { ending: "blocked", goroutines: [1, 2].map((id) => ({ id, name: text, parent: null })) },
    );
    const svg = renderTimeline(trace, { title: text });
    parseXml(svg);
    expect(svg.length).toBeLessThan(60_000);
    expect(svg).not.toContain("<script");
    expect(svg).not.toContain("\u202e");
  });

  test("for an empty trace", () => {
    expect(texts(draw(traceOf([])))).toContain("Timeline");
  });
});

test("an error for an invalid option names it and says what is valid", () => {
  const trace = traceOf(handOver, named);
  expect(() => renderTimeline(trace, { width: 10 })).toThrow(RangeError);
  expect(() => renderTimeline(trace, { width: NaN })).toThrow(
    "renderTimeline: width must be a number, from 480 to 20000, got NaN",
  );
  expect(() => renderTimeline(trace, { from: -1 })).toThrow("renderTimeline: from must be a number, 0 or more, got -1");
  expect(() => renderTimeline(trace, { from: 9, to: 3 })).toThrow(
    "renderTimeline: to must be a number, 9 or more, got 3",
  );
  expect(() => renderTimeline(trace, { goroutines: [1, 99] })).toThrow(
    "renderTimeline: goroutines must be ids of goroutines in the trace, got 99",
  );
  expect(() => renderTimeline(trace, { title: 7 as never })).toThrow(TypeError);
  expect(() => renderTimeline(trace, { goroutines: 2 as never })).toThrow(TypeError);
});
