import { describe, expect, test } from "@jest/globals";
import { stepArea, text } from "../../../src/trace/layout/chart.ts";
import { aggregate, countSpans, drawSpans, type Span } from "../../../src/trace/layout/spans.ts";

function span(from: number, to: number): Span {
  return { from, to, style: "running" };
}

describe("spans", () => {
  /** What is drawn: "from" for a span of its own, and "from+from" for spans that are drawn together. */
  function drawn(spans: readonly Span[]): string[] {
    const shapes = drawSpans(
      spans,
      ({ from }) => [text(0, 0, String(from))],
      (run, from, to) => [text(from, to, run.map((one) => one.from).join("+"))],
    );
    return shapes.map((shape) => (shape.kind === "text" ? shape.text : ""));
  }

  test("with room are drawn one by one", () => {
    expect(drawn([span(0, 5), span(5, 9)])).toEqual(["0", "5"]);
  });

  test("without room are drawn together with those that they touch", () => {
    expect(drawn([span(0, 1), span(1, 1.5), span(2, 3), span(9, 10), span(10, 20), span(20, 21)])).toEqual([
      "0+1+2",
      "9",
      "10",
      "20",
    ]);
  });
});

describe("the number of spans in a cell", () => {
  test("is the average over the cell", () => {
    expect([...countSpans([span(0, 25), span(10, 15), span(10, 30)], 0, 40, 4, 0)]).toEqual([1, 2.5, 1.5, 0]);
  });

  test("is at least the minimum where a span of no length is", () => {
    expect([...countSpans([span(12, 12), span(40, 40)], 0, 40, 4, 0.5)]).toEqual([0, 0.5, 0, 0.5]);
  });

  test("counts only what is between the ends", () => {
    expect([...countSpans([span(-10, 100)], 0, 40, 4, 0)]).toEqual([1, 1, 1, 1]);
  });
});

test("an aggregate of 100,000 spans has one area for each style", () => {
  const spans = Array.from({ length: 100_000 }, (_, i): Span => ({
    from: i / 200,
    to: i / 200 + 3,
    style: i % 2 === 0 ? "send" : "running",
  }));
  const shapes = aggregate(spans, {
    left: 0,
    right: 600,
    top: 10,
    height: 50,
    capacity: 600,
    bottomUp: ["running", "send", "sleep"],
  });
  expect(shapes.map(({ style }) => style)).toEqual(["running", "send"]);
  for (const shape of shapes) {
    const points = shape.kind === "path" ? shape.points : [];
    expect(points.length).toBeLessThan(2_000);
    for (const [, y] of points) expect(y >= 10 && y <= 60).toBe(true);
  }
});

describe("the area of a value that changes in steps", () => {
  test("is its outline", () => {
    const steps = [
      { x: 10, value: 2 },
      { x: 30, value: 1 },
    ];
    expect(stepArea(steps, 0, 50, 100, 10)).toEqual([
      [0, 100],
      [10, 100],
      [10, 80],
      [30, 80],
      [30, 90],
      [50, 90],
      [50, 100],
    ]);
  });

  test("has a line from the smallest to the greatest value of a pixel", () => {
    const steps = Array.from({ length: 100_000 }, (_, i) => ({ x: i / 10_000, value: i % 7 }));
    const points = stepArea(steps, 0, 10, 70, 10);
    expect(points.length).toBeLessThan(100);
    expect(Math.min(...points.map(([, y]) => y))).toBe(10);
  });
});
