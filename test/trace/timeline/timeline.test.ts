import { describe, expect, test } from "@jest/globals";
import type { Trace } from "../../../src/trace/format.ts";
import { timeline, type TimelineOptions } from "../../../src/trace/timeline/timeline.ts";
import { hostile, jumble, recordings, traceOf } from "../../support/traces.ts";
import { type Element, parseXml } from "../../support/xml.ts";

const recorded = await recordings();

type Events = Parameters<typeof traceOf>[0];

function draw(trace: Trace, options?: TimelineOptions): Element[] {
  return parseXml(timeline(trace, options)).all;
}

function texts(elements: readonly Element[]): string[] {
  return elements.filter(({ name }) => name === "text").map(({ text }) => text);
}

function titles(elements: readonly Element[]): string[] {
  return elements.filter(({ name }) => name === "title").map(({ text }) => text);
}

function bars(elements: readonly Element[], state: string): Element[] {
  const all = elements.filter(({ attributes }) => attributes.get("class") === `bar ${state}`);
  // Those of the legend have no title.
  return all.filter(({ children }) => children.length > 0);
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

  test("has a lane for each goroutine and channel, its title and how it ended", () => {
    expect(texts(drawn)).toEqual(expect.arrayContaining(["one job", "1 main", "2 func", "jobs", "0 ms"]));
    expect(texts(drawn).find((one) => one.startsWith("returned · 8 events · 2 goroutines"))).toMatch(/virtual time/);
  });

  test("tells what a goroutine waits for, and draws waiting lower than running", () => {
    expect(texts(drawn)).toContain("receive jobs");
    const [waiting] = bars(drawn, "receive");
    const [running] = bars(drawn, "running");
    expect(waiting?.text).toBe("2 func waits: receive jobs, at 0 ms");
    expect(Number(waiting?.attributes.get("height"))).toBeLessThan(Number(running?.attributes.get("height")));
  });

  test("has an arrow for a value, down from the lane that sends it, with the value beside it", () => {
    const arrow = drawn.find(({ text, name }) => name === "path" && text.startsWith("jobs: 42, from 1 main to 2 func"));
    const [x1, y1, x2, y2] =
      arrow?.attributes
        .get("d")
        ?.match(/[\d.]+/g)
        ?.map(Number) ?? [];
    expect(x2).toBe(x1);
    expect(y2).toBeGreaterThan(y1 as number);
    expect(texts(drawn)).toContain("42");
  });

  test("shows what was printed, and the ends", () => {
    expect(texts(drawn)).toContain("all is said");
    expect(titles(drawn).filter((title) => title === "returned")).toHaveLength(3);
  });

  test("has a legend of exactly what occurs", () => {
    expect(texts(drawn)).toEqual(expect.arrayContaining(["runs", "waits to receive ←", "a value", "returned"]));
    for (const absent of ["waits to send →", "sleeps z", "panicked", "closed", "time passes", "many short turns"]) {
      expect(texts(drawn)).not.toContain(absent);
    }
  });
});

test("whoever panicked ends in a cross with the error", () => {
  const drawn = draw(
    traceOf([
      { goroutine: 1, type: "panic", error: "nil map" },
      { goroutine: 1, type: "end" },
    ]),
  );
  expect(titles(drawn)).toContain("panicked: nil map");
  expect(texts(drawn)).toContain("panicked");
});

test("the fill of a channel rises to its capacity", () => {
  const events: Events = [1, 2].map((value) => ({ goroutine: 1, type: "send", channel: 1, value, length: value }));
  const drawn = draw(traceOf(events, { channels: [{ id: 1, name: "queue", capacity: 2 }] }));
  expect(texts(drawn)).toEqual(expect.arrayContaining(["queue (2)", "full"]));
  const area = drawn.filter(({ attributes }) => attributes.get("class") === "area k0").at(-1);
  const heights = [...(area?.attributes.get("d") ?? "").matchAll(/V([\d.]+)/g)].map(([, y]) => Number(y));
  expect(heights.slice(0, 2)).toEqual([(heights[2] as number) - 9, (heights[2] as number) - 18]);
});

test("channels that nobody shown uses have no lane", () => {
  const events: Events = [
    { goroutine: 1, type: "send", channel: 1, value: 1, length: 1 },
    { goroutine: 2, type: "send", channel: 2, value: 2, length: 1 },
  ];
  expect(texts(draw(traceOf(events), { goroutines: [1] }))).toContain("channel 1");
  expect(texts(draw(traceOf(events), { goroutines: [1] }))).not.toContain("channel 2");
  expect(texts(draw(traceOf(events)))).toContain("channel 2");
});

test("only the goroutines asked for have lanes, and arrows of others end in stubs", () => {
  const drawn = draw(traceOf(handOver, named), { goroutines: [2] });
  expect(texts(drawn)).not.toContain("1 main");
  expect(texts(drawn)).toContain("2 func");
  expect(titles(drawn).some((title) => title.startsWith("jobs: 42, from 1 main to 2 func"))).toBe(true);
});

test("only the time asked for is shown", () => {
  const events: Events = [0, 10, 20].map((at) => ({ goroutine: 1, type: "log", text: `at ${at}`, at }));
  const drawn = draw(traceOf(events), { from: 5, to: 15 });
  expect(texts(drawn)).toContain("at 10");
  expect(texts(drawn)).not.toContain("at 0");
  expect(texts(drawn)).not.toContain("at 20");
  expect(texts(drawn).some((one) => one.includes("1 of 3 events"))).toBe(true);
});

test("who is not known has a lane of his own, and the timers are on the axis", () => {
  const drawn = draw(
    traceOf([
      { goroutine: null, type: "log", text: "who?" },
      { goroutine: 0, type: "timer", purpose: "time.sleep" },
    ]),
  );
  expect(texts(drawn)).toEqual(expect.arrayContaining(["? not known", "a timer goes off"]));
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

  test("the circle is drawn: four nodes, and an arrow from each to the next", () => {
    const drawn = draw(traceOf(circular, { channels, ending: "blocked" }));
    expect(drawn.filter(({ attributes }) => /^edge circle/.test(attributes.get("class") ?? ""))).toHaveLength(4);
    expect(drawn.filter(({ attributes }) => /^node.* circle$/.test(attributes.get("class") ?? ""))).toHaveLength(4);
    expect(texts(drawn)).toContain("A circle: 2 func waits for 3 func, which waits for 2 func.");
    expect(texts(drawn).filter((one) => one === "for ever")).toHaveLength(2);
  });

  test("it is told where nobody is left on the other side", () => {
    const events: Events = [
      { goroutine: 2, type: "block", wait: 1, operation: "chan send", channel: 1 },
      { goroutine: 3, type: "block", wait: 2, operation: "chan receive", channel: 2 },
    ];
    const drawn = texts(draw(traceOf(events, { channels, ending: "blocked" })));
    expect(drawn).toEqual(expect.arrayContaining(["nobody receives", "nobody sends"]));
    expect(drawn.some((one) => one.startsWith("A circle"))).toBe(false);
  });

  test("a thousand who wait alike are one node", () => {
    const events: Events = Array.from({ length: 1_000 }, (_, i) => {
      return { goroutine: i + 2, type: "block", wait: i + 1, operation: "chan send", channel: 1 };
    });
    const drawn = draw(traceOf(events, { channels, ending: "blocked" }));
    expect(texts(drawn)).toContain("1,000 × func");
    expect(drawn.filter(({ attributes }) => attributes.get("class") === "node goroutine")).toHaveLength(1);
  });

  test("a trace that ended otherwise has no such panel", () => {
    const drawn = texts(draw(traceOf(circular, { channels, ending: "running" })));
    expect(drawn).not.toContain("Who waits for whom at the end");
    expect(drawn).not.toContain("for ever");
  });
});

describe("of very many", () => {
  function busy(count: number, who: number, clock: Trace["clock"]): Trace {
    const events: Events[number][] = [];
    for (let i = 0; events.length < count; i++) {
      const goroutine = 1 + (i % who);
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
  ] as const)("100,000 events of %d goroutines in %s time make a file of bounded size", (who, clock) => {
    const svg = timeline(busy(100_000, who, clock));
    expect(svg.length).toBeLessThan(1_500_000);
    parseXml(svg);
  });

  test("goroutines, those that do least are summed up, and it is said how many", () => {
    const drawn = texts(draw(busy(2_000, 100, "virtual")));
    expect(drawn.filter((one) => /^\d+ (main|func)$/.test(one))).toHaveLength(24);
    expect(drawn).toContain("and 76 more");
    expect(texts(draw(busy(2_000, 40, "virtual"))).some((one) => one.endsWith(" more"))).toBe(false);
  });

  test("values, it is said that there are no arrows", () => {
    const drawn = texts(draw(busy(20_000, 8, "virtual")));
    expect(drawn.some((one) => one.includes("No arrows: 4,000 values are too many."))).toBe(true);
    expect(drawn).not.toContain("a value");
  });
});

describe("is well-formed and always the same", () => {
  test.each(recorded)("for a recording of %s", (_name, trace) => {
    const svg = timeline(trace);
    expect(timeline(structuredClone(trace))).toBe(svg);
    expect(parseXml(svg).name).toBe("svg");
    expect(svg).not.toMatch(/NaN|Infinity|undefined/);
  });

  test.each([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12])("for events in no sense at all (seed %d)", (seed) => {
    const svg = timeline(jumble(seed, 60 * seed));
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
    const svg = timeline(trace, { title: text });
    parseXml(svg);
    expect(svg.length).toBeLessThan(60_000);
    expect(svg).not.toContain("<script");
    expect(svg).not.toContain("\u202e");
  });

  test("for a trace without anything", () => {
    expect(texts(draw(traceOf([])))).toContain("Timeline");
  });
});

test("bad options are named, with what was wrong", () => {
  const trace = traceOf(handOver, named);
  expect(() => timeline(trace, { width: 10 })).toThrow(RangeError);
  expect(() => timeline(trace, { width: NaN })).toThrow("timeline: width must be a number, from 480 to 20000, got NaN");
  expect(() => timeline(trace, { from: -1 })).toThrow("timeline: from must be a number, 0 or more, got -1");
  expect(() => timeline(trace, { from: 9, to: 3 })).toThrow("timeline: to must be a number, 9 or more, got 3");
  expect(() => timeline(trace, { goroutines: [1, 99] })).toThrow(
    "timeline: goroutines must be numbers of goroutines in the trace, got 99",
  );
  expect(() => timeline(trace, { title: 7 as never })).toThrow(TypeError);
  expect(() => timeline(trace, { goroutines: 2 as never })).toThrow(TypeError);
});
