// The picture of a pool, read back from the file: positions, words and tooltips.

import { describe, expect, test } from "@jest/globals";
import { time, WorkerPool } from "goro";
import { bubble } from "goro/testing";
import { record, type Trace, type TraceEvent } from "goro/trace";
import { Prng } from "../../src/util/prng.ts";
import { Histogram } from "../../src/pool/report.ts";
import { percentile, poolFigures, readPoolHistory } from "../../src/trace/pool-history.ts";
import { renderPool } from "../../src/trace/pictures.ts";
import type { RenderPoolOptions } from "../../src/trace/view-options.ts";

import { hostile, jumble, recordings, traceOf } from "../support/traces.ts";
import { type Element, parseXml } from "../support/xml.ts";

type Status = "done" | "failed" | "canceled";

/** One job, in milliseconds; what is null has not happened. */
type Given = [
  accepted: number | null,
  started: number | null,
  finished: number | null,
  worker: number | null,
  status?: Status,
];

function traceOfJobs(jobs: readonly Given[], rest: Partial<Trace> = {}): Trace {
  const events = jobs.flatMap(([accepted, started, finished, worker, status = "done"], i) => {
    const at = { goroutine: null, pool: 1, job: i + 1 };
    return [
      ...(accepted === null ? [] : [{ ...at, type: "accept" as const, at: accepted }]),
      ...(started === null ? [] : [{ ...at, type: "start" as const, at: started, worker: worker as number }]),
      ...(finished === null ? [] : [{ ...at, type: "finish" as const, at: finished, worker, status }]),
    ];
  });
  return traceOf(events.sort((a, b) => a.at - b.at) satisfies TraceEvent[], { ending: "returned", ...rest });
}

function drawn(trace: Trace, options?: RenderPoolOptions): Element {
  return parseXml(renderPool(trace, options));
}

interface Box {
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
}

type Four = [number, number, number, number];

/** The ends of a path of absolute steps, but for the tip of an open bar; of a rectangle. */
function boxOf({ attributes }: Element): Box {
  const path = attributes.get("d");
  if (path === undefined) {
    const [left, top, width, height] = ["x", "y", "width", "height"].map((key) => Number(attributes.get(key))) as Four;
    return { left, right: left + width, top, bottom: top + height };
  }
  const xs = [...path.matchAll(/[MH](-?[\d.]+)/g)].map(([, x]) => Number(x));
  const ys = [...path.matchAll(/(?:[ML]-?[\d.]+ |V)(-?[\d.]+)/g)].map(([, y]) => Number(y));
  return { left: Math.min(...xs), right: Math.max(...xs), top: Math.min(...ys), bottom: Math.max(...ys) };
}

function texts(picture: Element): string[] {
  return picture.all.filter((element) => element.name === "text").map((element) => element.text);
}

function textLike(picture: Element, pattern: RegExp): string {
  return texts(picture).find((words) => pattern.test(words)) ?? "";
}

/** The shape with the tooltip of a job. */
function barOf(picture: Element, job: number): Element {
  const found = picture.all.filter((each) =>
    each.children.some((child) => typeof child !== "string" && child.name === "title"),
  );
  return found.find((each) => new RegExp(`^job ${job}[:,]`).test(each.text)) as Element;
}

/** The shapes of a style, without the sample in the legend. */
function withTooltip(picture: Element, kind: string): Element[] {
  return picture.ofClass(kind).filter((element) => element.text !== "");
}

function kindOf(picture: Element, job: number): string {
  return barOf(picture, job).attributes.get("class") as string;
}

/** Where the line of text begins or ends that is this. */
function placeOf(picture: Element, words: string): { x: number; y: number } {
  const { attributes } = picture.all.find((each) => each.name === "text" && each.text === words) as Element;
  return { x: Number(attributes.get("x")), y: Number(attributes.get("y")) };
}

/** The value of a figure in the corner. */
function figureOf(picture: Element, caption: string): string {
  const all = texts(picture);
  return all[all.indexOf(caption) - 1] as string;
}

/** How many pixels from a place to where it should be. */
const close = 0.7;

function expectBetween(picture: Element, job: number, from: number, to: number, axis: (ms: number) => number): void {
  const { left, right } = boxOf(barOf(picture, job));
  expect(Math.abs(left - axis(from))).toBeLessThan(close);
  expect(Math.abs(right - axis(to))).toBeLessThan(close);
}

/** The marks of the axis. */
function marksOf(picture: Element): { x: number; name: string }[] {
  return picture
    .ofClass("small")
    .filter(({ attributes }) => attributes.get("text-anchor") === "middle")
    .map((mark) => ({ x: Number(mark.attributes.get("x")), name: mark.text }));
}

/** From milliseconds to pixels, by two marks of the axis. */
function axisOf(picture: Element, a: string, b: string): (ms: number) => number {
  const [x, y] = [a, b].map((name) => marksOf(picture).find((mark) => mark.name === name)?.x) as [number, number];
  return (ms) => x + ((ms - parseFloat(a)) * (y - x)) / (parseFloat(b) - parseFloat(a));
}

// Two workers; one job of each kind, and one that waits for a worker.
const some = traceOfJobs(
  [
    [0, 0, 100, 1],
    [0, 0, 150, 2, "failed"],
    [50, 100, 200, 1, "canceled"],
    [60, 150, null, 2],
    [70, null, 120, null, "canceled"],
    [80, null, null, null],
  ],
  { end: 200 },
);

describe("tracks", () => {
  test("a job is a bar from its start to its finish, on the track of its worker", () => {
    const picture = drawn(some);
    const axis = axisOf(picture, "0 ms", "200 ms");
    expectBetween(picture, 1, 0, 100, axis);
    expectBetween(picture, 2, 0, 150, axis);
    expectBetween(picture, 3, 100, 200, axis);
    const [first, second] = [placeOf(picture, "worker 1").y, placeOf(picture, "worker 2").y];
    for (const [job, y] of [
      [1, first],
      [3, first],
      [2, second],
      [4, second],
    ] as const) {
      const { top, bottom } = boxOf(barOf(picture, job));
      expect(top < y && y < bottom).toBe(true);
    }
  });

  test("a bar has the number of its job, if it fits", () => {
    const picture = drawn(
      traceOfJobs([
        [0, 0, 100, 1],
        [100, 100, 101, 1],
        [101, 101, 200, 1],
      ]),
    );
    const { left, right } = boxOf(barOf(picture, 3));
    const numbers = picture.ofClass("on-bar");
    const x = Number(numbers.at(-1)?.attributes.get("x"));
    expect(left < x && x < right).toBe(true);
    expect(numbers.map((one) => one.text)).toEqual(["1", "3"]);
  });

  test("the status of a job is shown by fill, hatching or outline, and in the legend", () => {
    const picture = drawn(some);
    expect([1, 2, 3, 4].map((job) => kindOf(picture, job))).toEqual([
      "job-done",
      "job-failed",
      "job-canceled",
      "job-open",
    ]);
    expect(texts(picture)).toEqual(
      expect.arrayContaining([
        "done",
        "failed",
        "canceled while running",
        "still running at the end",
        "accepted, waits for a worker",
      ]),
    );
    const style = picture.all.find(({ name }) => name === "style")?.text ?? "";
    expect(style).toMatch(/\.job-failed \{ fill: url\(#goro-hatch-job-failed\)/);
    expect(style).toMatch(/\.job-canceled \{ fill: none/);
    expect(picture.all.some(({ attributes }) => attributes.get("id") === "goro-hatch-job-failed")).toBe(true);
  });

  test("the legend has no entry for what does not occur", () => {
    const legend = texts(drawn(traceOfJobs([[0, 0, 100, 1]])));
    expect(legend).toContain("done");
    for (const word of [
      "failed",
      "canceled while running",
      "still running at the end",
      "accepted, waits for a worker",
    ]) {
      expect(legend).not.toContain(word);
    }
  });

  test("the bar of a job that runs at the end of the trace reaches to there, and ends in a tip", () => {
    const picture = drawn(some);
    expectBetween(picture, 4, 150, 200, axisOf(picture, "0 ms", "200 ms"));
    expect(barOf(picture, 4).attributes.get("d")).toMatch(/H[\d.]+L[\d.]+ [\d.]+L[\d.]+ [\d.]+H[\d.]+z$/);
    expect(textLike(picture, /for 2 workers/)).toMatch(/1 still running, 1 still in the queue/);
  });

  test("the share of time in which a worker ran jobs is beside its track", () => {
    const picture = drawn(
      traceOfJobs([
        [0, 0, 100, 1],
        [0, 0, 30, 2],
        [50, 50, 70, 2, "failed"],
        [0, 60, 61, 3],
      ]),
    );
    expect(texts(picture).filter((words) => / %$/.test(words))).toEqual(["100 %", "50 %", "1 %"]);
    expect(texts(picture).filter((words) => /^\d+ jobs?$/.test(words))).toEqual(["1 job", "2 jobs", "1 job"]);
  });

  test("a worker runs one job at a time: in a trace that says otherwise, a job ends where the next begins", () => {
    const jobs: Given[] = [
      [0, 0, 60, 1],
      [0, 20, 80, 1],
      [0, 40, 50, 1],
      [0, 90, 100, 1],
    ];
    const picture = drawn(traceOfJobs(jobs));
    const boxes = jobs.map((_, i) => boxOf(barOf(picture, i + 1)));
    for (const [i, { left, top }] of boxes.entries()) {
      expect(left).toBeGreaterThanOrEqual(boxes[i - 1]?.right ?? 0);
      expect(top).toBe(boxes[0]?.top);
    }
    expect(texts(picture)).toContain("60 %");
  });

  test("of many jobs at once on one track none is lost", () => {
    const picture = drawn(traceOfJobs(Array.from({ length: 50 }, (_, i): Given => [i, i, 200 - i, 1])));
    expect(Array.from({ length: 50 }, (_, i) => kindOf(picture, i + 1))).toEqual(Array(50).fill("job-done"));
  });

  test("neighboring workers without jobs share a track", () => {
    const picture = drawn(
      traceOfJobs([
        [0, 0, 100, 5],
        [0, 0, 100, 8],
      ]),
    );
    expect(texts(picture).filter((words) => words.startsWith("worker"))).toEqual([
      "workers 1–4",
      "worker 5",
      "worker 6",
      "worker 7",
      "worker 8",
    ]);
    expect(texts(picture).filter((words) => words === "no jobs")).toHaveLength(3);
  });

  test.each([
    [40, 40, ""],
    [41, 32, "and 9 more"],
    [1000, 32, "and 968 more"],
  ])("of %i workers %i have a track", (workers, lanes, rest) => {
    const picture = drawn(traceOfJobs(Array.from({ length: workers }, (_, i): Given => [0, 0, 100, i + 1])));
    expect(texts(picture).filter((words) => /^worker \d/.test(words))).toHaveLength(lanes);
    expect(textLike(picture, /^and .* more$/)).toBe(rest);
    if (rest !== "")
      expect(withTooltip(picture, "aggregate")[0]?.text).toBe(`${workers - lanes} jobs: ${workers - lanes} done`);
  });

  test("the height of an aggregate is the number of workers that run jobs", () => {
    // Of the nine that have no lane, three work all the time.
    const jobs = Array.from({ length: 41 }, (_, i): Given => [0, 0, i < 35 ? 100 : 50, i + 1]);
    const picture = drawn(traceOfJobs(jobs));
    const { bottom, top } = boxOf(withTooltip(picture, "aggregate")[0] as Element);
    const area = picture.ofClass("short-done").at(-1) as Element;
    const heights = [...(area.attributes.get("d") as string).matchAll(/V([\d.]+)/g)].map(([, y]) => bottom - Number(y));
    expect(heights[0]).toBeCloseTo(bottom - top, 5);
    expect(heights.at(-2)).toBeCloseTo((bottom - top) / 3, 0);
  });
});

describe("short jobs", () => {
  test("those that touch are drawn together, with failed ones at the top", () => {
    const jobs = Array.from({ length: 1000 }, (_, i): Given => [i, i, i + 0.5, 1, i % 10 === 9 ? "failed" : "done"]);
    const picture = drawn(traceOfJobs(jobs));
    const [crowd] = withTooltip(picture, "aggregate") as [Element];
    expect(crowd.text).toBe("1,000 jobs: 900 done, 100 failed");
    const { top, bottom } = boxOf(crowd);
    const [done, failed] = ["short-done", "short-failed"].map((kind) =>
      boxOf(picture.ofClass(kind).at(-1) as Element),
    ) as [Box, Box];
    // They are at work for half of the time.
    expect(done.bottom).toBe(bottom);
    expect(done.top).toBeGreaterThan(top);
    expect(failed.top).toBe(top);
    expect(failed.bottom - top).toBeLessThan(bottom - done.top);
    expect(textLike(picture, /many jobs/)).not.toBe("");
  });

  test("a job that took no time is visible, in a style of its own if it failed", () => {
    const picture = drawn(
      traceOfJobs([
        [0, 0, 0, 1],
        [50, 50, 50, 1, "failed"],
        [90, 90, 90, 1, "canceled"],
        [0, 0, 100, 2],
      ]),
    );
    const [done, failed, canceled] = [1, 2, 3].map((job) => barOf(picture, job)) as [Element, Element, Element];
    expect(done.attributes.get("class")).toBe("short-done");
    expect(failed.attributes.get("class")).toBe("short-failed");
    expect(canceled.attributes.get("class")).toBe("short-canceled");
    expect(boxOf(failed).top).toBe(boxOf(done).top);
    expect(boxOf(failed).bottom).toBeLessThan(boxOf(done).bottom);
    expect(textLike(picture, /short jobs, failed/)).not.toBe("");
  });

  test("a few in less than six pixels are one tick, in the style of the least successful one", () => {
    const picture = drawn(
      traceOfJobs([
        [0, 0, 0, 1],
        [0, 0, 0, 1, "failed"],
        [0, 0, 0, 1],
        [0, 0, 100, 2],
      ]),
    );
    const [mark, ...others] = ["short-done", "short-failed"].flatMap((kind) => withTooltip(picture, kind)) as [Element];
    expect(others).toEqual([]);
    expect(mark.text).toBe("3 jobs, some failed");
  });

  test("each of 100,000 jobs is in the picture, which has a bounded size", () => {
    const chance = new Prng(4);
    const free = new Array<number>(1000).fill(0);
    const statuses: Status[] = ["done", "done", "failed", "canceled"];
    const jobs = Array.from({ length: 100_000 }, (_, i): Given => {
      const worker = chance.randomInt(1000);
      const start = Math.max(free[worker] as number, i / 10);
      free[worker] = start + chance.randomInt(1000) / 10;
      return [i / 10, start, free[worker], worker + 1, statuses[chance.randomInt(4)] as Status];
    });
    const svg = renderPool(traceOfJobs(jobs));
    expect(svg.length).toBeLessThan(400_000);
    const picture = parseXml(svg);
    expect(picture.all.length).toBeLessThan(5000);
    let found = 0;
    const kinds = ["aggregate", "short-done", "short-failed", "short-canceled"];
    for (const each of kinds.flatMap((kind) => withTooltip(picture, kind))) {
      found += each.text.startsWith("job ")
        ? 1
        : Number((/^[\d,]+/.exec(each.text) as RegExpExecArray)[0].replaceAll(",", ""));
    }
    const lanes = ["job-done", "job-failed", "job-canceled"]
      .flatMap((kind) => picture.ofClass(kind))
      .map((each) => each.attributes.get("d") ?? "");
    // Bars of one kind on one lane are one path; those of the legend begin at its left.
    for (const path of lanes) found += [...path.matchAll(/M(\d+\.?\d*) [\d.]+H[\d.]+V[\d.]+H[\d.]+z/g)].length;
    const legend = 3;
    expect(found - legend).toBe(100_000);
  });
});

describe("the queue", () => {
  test("its greatest length is a label, and the height of its area", () => {
    const picture = drawn(some);
    expect(texts(picture)).toContain("at most 4 waiting");
    const area = picture.ofClass("queue").at(-1) as Element;
    const axis = axisOf(picture, "0 ms", "200 ms");
    const steps = [...(area.attributes.get("d") as string).matchAll(/[MH]([\d.]+)(?: [\d.]+)?V([\d.]+)/g)].map(
      ([, x, y]) => [Number(x), Number(y)],
    );
    const { top, bottom } = boxOf(area);
    const expected = [
      [50, 1],
      [60, 2],
      [70, 3],
      [80, 4],
      [100, 3],
      [120, 2],
      [150, 1],
    ] as const;
    for (const [i, [ms, length]] of expected.entries()) {
      const [x, y] = steps[i] as [number, number];
      expect(Math.abs(x - axis(ms))).toBeLessThan(2);
      expect(bottom - y).toBeCloseTo(((bottom - top) * length) / 4, 0);
    }
  });

  test("a job that a worker takes at the same instant has not waited", () => {
    expect(
      texts(
        drawn(
          traceOfJobs([
            [0, 0, 100, 1],
            [100, 100, 200, 1],
          ]),
        ),
      ),
    ).toContain("no job waited");
  });

  test("a job that is canceled before a worker takes it is marked in the queue", () => {
    const picture = drawn(some);
    const marks = picture.ofClass("dropped").filter((mark) => mark.text !== "");
    expect(marks.map((mark) => mark.text)).toEqual(["1 job canceled in the queue"]);
    expect(Math.abs(boxOf(marks[0] as Element).left - axisOf(picture, "0 ms", "200 ms")(120))).toBeLessThan(5);
    expect(textLike(picture, /for 2 workers/)).toMatch(/2 canceled \(1 in the queue\)/);
  });
});

describe("figures", () => {
  test("a percentile is the smallest value that the fraction does not exceed", () => {
    const chance = new Prng(1);
    for (let n = 1; n <= 200; n++) {
      const sorted = Array.from({ length: n }, () => chance.randomInt(100)).sort((a, b) => a - b);
      for (const p of [0, 0.5, 0.9, 0.99, 1]) {
        const least = sorted.find((value) => sorted.filter((each) => each <= value).length >= p * n);
        expect(percentile(sorted, p)).toBe(least);
      }
    }
    expect(percentile([], 0.5)).toBe(0);
  });

  test("percentiles agree with those of the pool, which are exact to 5 %", () => {
    const chance = new Prng(2);
    for (const n of [1, 2, 3, 10, 99, 100, 101, 1000]) {
      const histogram = new Histogram();
      const values = Float64Array.from({ length: n }, () => 1.02 ** chance.randomInt(800));
      for (const value of values) histogram.add(value);
      values.sort();
      for (const p of [0.5, 0.99]) {
        expect(histogram.percentile(p) / percentile(values, p)).toBeGreaterThan(0.999);
        expect(histogram.percentile(p) / percentile(values, p)).toBeLessThan(1.05);
      }
    }
  });

  test("they agree with those of the pool, whatever the status of its jobs", async () => {
    await bubble(async () => {
      using recording = record();
      const pool = new WorkerPool(
        async (_ctx, job: number) => {
          await time.sleep(5 + ((job * 37) % 90));
          if (job % 5 === 0) throw new Error("five is broken");
        },
        { workers: 3, queueSize: 10, timeout: 80, retry: { retries: 1 } },
      );
      const tasks = [];
      for (let job = 1; job <= 40; job++) tasks.push(await pool.submit(job));
      tasks[38]?.cancel();
      tasks[39]?.cancel();
      await Promise.allSettled(tasks.map((task) => task.result));
      await pool.stop();
      const stats = pool.stats();
      const trace = recording.stop();
      const figures = poolFigures(readPoolHistory(trace, 1), 0, trace.end);
      expect(figures.done + figures.failed).toBe(stats.processed);
      expect(figures.failed).toBe(stats.failed);
      expect(stats.failed).toBeGreaterThan(5);
      expect(figures.canceled).toBe(stats.canceled);
      expect(figures.latencies).toHaveLength(stats.latency.count);
      for (const [p, own] of [
        [0.5, stats.latency.p50],
        [0.95, stats.latency.p95],
        [0.99, stats.latency.p99],
        [1, stats.latency.max],
      ] as const) {
        expect(own / percentile(figures.latencies, p)).toBeGreaterThan(0.999);
        expect(own / percentile(figures.latencies, p)).toBeLessThan(1.05);
      }
    });
  });

  test("those in the header are of processed jobs, from acceptance to end", () => {
    const picture = drawn(
      traceOfJobs([
        [0, 0, 100, 1],
        [0, 100, 130, 1, "failed"],
        [10, 130, 500, 1, "canceled"],
        [0, null, 400, null, "canceled"],
      ]),
    );
    expect(figureOf(picture, "latency p50")).toBe("100 ms");
    expect(figureOf(picture, "latency p99")).toBe("130 ms");
    expect(figureOf(picture, "jobs processed")).toBe("2");
    expect(figureOf(picture, "jobs per second")).toBe("4");
  });

  test("a job that was accepted before the recording has no latency, and is shown from its start", () => {
    const picture = drawn(
      traceOfJobs([
        [null, null, 50, 1],
        [0, 50, 100, 1],
      ]),
    );
    expectBetween(picture, 1, 0, 50, axisOf(picture, "0 ms", "100 ms"));
    expect(figureOf(picture, "latency p50")).toBe("100 ms");
    expect(figureOf(picture, "jobs processed")).toBe("2");
  });

  test("without a processed job the latency is a dash", () => {
    expect(figureOf(drawn(traceOfJobs([[0, 0, null, 1]], { end: 10 })), "latency p50")).toBe("–");
  });
});

describe("the axis", () => {
  test.each([
    [0.005, ["0 ms", "0.001 ms", "0.002 ms", "0.003 ms", "0.004 ms", "0.005 ms"]],
    [100, ["0 ms", "20 ms", "40 ms", "60 ms", "80 ms", "100 ms"]],
    [10_000, ["0 s", "2 s", "4 s", "6 s", "8 s", "10 s"]],
    [3_600_000, ["0 min", "10 min", "20 min", "30 min", "40 min", "50 min", "60 min"]],
  ])("has round marks up to %d ms", (end, expected) => {
    expect(marksOf(drawn(traceOfJobs([[0, 0, end, 1]]))).map(({ name }) => name)).toEqual(expected);
  });

  test("is the order of the events, if all are at one instant", () => {
    const picture = drawn(
      traceOfJobs([
        [7, 7, 7, 1],
        [7, 7, 7, 2, "failed"],
      ]),
    );
    expect(textLike(picture, /order of the pool's events/)).toMatch(/all of them are at 7 ms\.$/);
    expect(texts(picture).filter((words) => / %$/.test(words))).toEqual([]);
    expect(figureOf(picture, "jobs per second")).toBe("–");
    // accept, start and finish of the one, and then of the other
    const [one, two] = [boxOf(barOf(picture, 1)), boxOf(barOf(picture, 2))];
    expect(one.right).toBeLessThan(two.left);
    expect(one.right - one.left).toBeGreaterThan(50);
  });

  test("shows only the requested range", () => {
    const picture = drawn(some, { from: 120, to: 180 });
    const axis = axisOf(picture, "120 ms", "180 ms");
    expect(barOf(picture, 1)).toBeUndefined();
    expectBetween(picture, 2, 120, 150, axis);
    expectBetween(picture, 3, 120, 180, axis);
    expectBetween(picture, 4, 150, 180, axis);
    expect(texts(picture)).toContain("at most 2 waiting");
    expect(figureOf(picture, "job processed")).toBe("1");
    expect(figureOf(picture, "latency p50")).toBe("150 ms");
  });

  test("is the order of the events at a requested instant", () => {
    const picture = drawn(some, { from: 100, to: 100 });
    expect(texts(picture)).toEqual(expect.arrayContaining(["9", "10"]));
    const [one, three, two] = [1, 3, 2].map((job) => boxOf(barOf(picture, job))) as [Box, Box, Box];
    expect(one.right).toBeLessThan(three.left);
    expect(two.left).toBeLessThan(one.right);
    expect(two.right).toBeGreaterThanOrEqual(three.right);
  });

  test("shows the running jobs at an instant without events", () => {
    const picture = drawn(some, { from: 110, to: 110 });
    expect([2, 3].map((job) => barOf(picture, job) !== undefined)).toEqual([true, true]);
    expect([1, 4].map((job) => barOf(picture, job) !== undefined)).toEqual([false, false]);
  });

  test("ends with the trace, whatever is requested", () => {
    expect(renderPool(some, { from: 0, to: Infinity })).toBe(renderPool(some));
    expect(() => drawn(some, { from: 1e9 })).not.toThrow();
    expect(() => drawn(some, { from: Infinity, to: Infinity })).not.toThrow();
  });
});

describe("any trace", () => {
  test("makes a well-formed file of finite numbers, the same each time", async () => {
    const traces = (await recordings()).map(([, trace]) => trace).filter(({ pools }) => pools.length > 0);
    expect(traces.length).toBeGreaterThan(0);
    for (let seed = 1; seed <= 50; seed++) traces.push(jumble(seed, 20 + seed));
    for (const trace of traces) {
      for (const options of [{}, { width: 640 }, { from: 5, to: 20, width: 4000 }, { from: 10, to: 10 }]) {
        const svg = renderPool(trace, options);
        for (const { attributes, name } of parseXml(svg).all) {
          if (name !== "svg") expect([...attributes.values()].join(" ")).not.toMatch(/NaN|Infinity|undefined/);
        }
        expect(renderPool(trace, options)).toBe(svg);
      }
    }
  });

  test.each(hostile.map((name) => [JSON.stringify(name).slice(0, 40), name]))(
    "may have a pool called %s",
    (_, name) => {
      const trace = { ...some, pools: [{ id: 1, name }] };
      for (const picture of [drawn(trace), drawn(trace, { width: 640 }), drawn(some, { title: name })]) {
        expect(texts(picture)[0]).not.toMatch(/[\p{Cc}\p{Cs}\u202e]/u);
        expect(texts(picture)[0]?.length).toBeLessThan(100);
      }
    },
  );

  test("has notes about what is missing", () => {
    const picture = drawn({ ...some, dropped: 1200, ending: "blocked" });
    expect(textLike(picture, /1,200 events after/)).not.toBe("");
    expect(textLike(picture, /ended in a deadlock/)).not.toBe("");
    const empty = drawn(traceOf([], { pools: [{ id: 1, name: "work" }] }));
    expect(textLike(empty, /no events of this pool/)).not.toBe("");
  });
});

describe("the picture", () => {
  const two = traceOf(
    [
      { goroutine: 1, type: "accept", pool: 1, job: 1 },
      { goroutine: 1, type: "accept", pool: 7, job: 1 },
      { goroutine: 1, type: "accept", pool: 7, job: 2 },
    ],
    {
      pools: [
        { id: 1, name: "first" },
        { id: 7, name: "" },
      ],
    },
  );

  test("shows the first pool, or the one with the id that is passed", () => {
    expect(texts(drawn(two))[0]).toBe("pool first");
    expect(textLike(drawn(two), /still in the queue/)).toMatch(/^1 job /);
    expect(texts(drawn(two, { pool: 7 }))[0]).toBe("pool 7");
    expect(textLike(drawn(two, { pool: 7 }), /still in the queue/)).toMatch(/^2 jobs /);
  });

  test("has the title and the width that are passed", () => {
    const { attributes, all } = drawn(two, { title: "Work & play", width: 777 });
    expect(attributes.get("width")).toBe("777");
    expect(all.find(({ name }) => name === "text")?.text).toBe("Work & play");
    expect(attributes.get("aria-label")).toMatch(/^Work & play: 1 job /);
  });

  test("an error for an unknown pool names the known ones", () => {
    expect(() => renderPool(two, { pool: 2 })).toThrow(
      new RangeError("renderPool: pool must be one of 1 (first), 7, got 2"),
    );
    const many = { ...two, pools: Array.from({ length: 12 }, (_, i) => ({ id: i + 1, name: "" })) };
    expect(() => renderPool(many, { pool: 13 })).toThrow(/1, 2, 3, 4, 5, 6, 7, 8, 9, 10 and 2 more, got 13$/);
    const none = traceOf([{ goroutine: 1, type: "end" }]);
    expect(() => renderPool(none)).toThrow(
      new RangeError("renderPool: the trace has no pool, only 1 goroutine, 0 channels and 1 event"),
    );
  });

  test.each([
    [{ width: 639 }, RangeError, "renderPool: width must be a whole number, from 640 to 4000, got 639"],
    [{ width: 1e9 }, RangeError, "renderPool: width must be a whole number, from 640 to 4000, got 1000000000"],
    [{ from: -1 }, RangeError, "renderPool: from must be a number, 0 or more, got -1"],
    [{ from: 5, to: 4 }, RangeError, "renderPool: to must be a number, 5 or more, got 4"],
    [{ to: NaN }, RangeError, "renderPool: to must be a number, 0 or more, got NaN"],
    [{ title: 7 as never }, TypeError, "renderPool: title must be a string, got 7"],
  ])("%j is an error", (options, kind, message) => {
    expect(() => renderPool(two, options)).toThrow(new kind(message));
  });
});
