// The summary chart of a run: a line for each row, with the time of each implementation as a multiple of the time of goro.

import type { Row } from "../rows/row.ts";
import { byHand, isFair, sizesIn } from "./compare.ts";
import { median, type Result, type Run } from "./result.ts";
import { document, round, text } from "./svg.ts";

const WIDTH = 900;
const LEFT = 268;
const RIGHT = 190;
const TOP = 92;
const LINE = 24;

/** The range of the scale, as multiples of the time of goro. */
const LEAST = 0.1;
const MOST = 100;

/** The rows of the chart with their labels, in the order of the benchmarks. */
export const lines: readonly { readonly row: string; readonly label: string }[] = [
  { row: "unbuffered", label: "a value through a channel" },
  { row: "ping-pong", label: "a round trip over two channels" },
  { row: "buffered", label: "through a buffer of 100" },
  { row: "buffered-hot", label: "the same by trySend and tryReceive" },
  { row: "buffered-4-4", label: "4 senders, 4 receivers, buffer of 100" },
  { row: "range", label: "a step of for await" },
  { row: "select-2", label: "select of 2" },
  { row: "select-8", label: "select of 8" },
  { row: "select-done", label: "select of jobs and ctx.done()" },
  { row: "waitgroup", label: "a goroutine of a WaitGroup" },
  { row: "pool-channels", label: "a job of a pool over channels" },
  { row: "pool-map", label: "a job of WorkerPool.map" },
  { row: "wake", label: "waking one of many waiters" },
  { row: "selects-shared", label: "waking one of many selects" },
  { row: "context-make", label: "a context made and canceled" },
  { row: "mutex", label: "an uncontended lock" },
  { row: "daisy-chain", label: "a chain of 10,000 goroutines" },
  { row: "prime-sieve", label: "a sieve of 1,000 primes" },
];

/** Returns the median of each implementation that has one, at the greatest size of the row. */
function medians(row: Row, results: readonly Result[]): Map<string, number> {
  const n = Math.max(...sizesIn(row, results));
  const finite = results.filter(
    (result) => result.row === row.id && result.n === n && Number.isFinite(median(result.samples)),
  );
  return new Map(finite.map((result) => [result.implementation, median(result.samples)]));
}

function x(ratio: number): number {
  const share = Math.log(Math.min(Math.max(ratio, LEAST), MOST) / LEAST) / Math.log(MOST / LEAST);
  return round(LEFT + share * (WIDTH - LEFT - RIGHT));
}

/** Formats a ratio with two digits. */
export function ratio(value: number): string {
  return value >= 9.95 ? value.toFixed(0) : value.toFixed(value >= 0.995 ? 1 : 2);
}

/** Draws the chart. */
export function summary(rows: readonly Row[], { setting, results }: Run): string {
  const shown = lines
    .map(({ row, label }) => ({ row: rows.find(({ id }) => id === row) as Row, label }))
    .filter(({ row }) => medians(row, results).has("goro"));
  const bottom = TOP + shown.length * LINE;
  const where = [setting.date, setting.cpu, `Node ${setting.node}`, setting.go].filter((part) => part !== null);
  const marks = [0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 50, 100];
  return document(WIDTH, bottom + 40, "Time as a multiple of the time of goro", [
    text(20, 28, "Time as a multiple of the time of goro", "title"),
    text(20, 46, `${where.join(", ")}${setting.quick ? "; quick: not for conclusions" : ""}`, "small"),
    ...legend(66),
    ...marks.map((mark) => `<path class="axis" d="M${x(mark)} ${TOP - 8}V${bottom}"/>`),
    ...marks.map((mark) => text(x(mark), bottom + 16, `${mark} ×`, "small", "middle")),
    text(WIDTH - RIGHT + 14, TOP - 12, "the fastest fair library", "small"),
    text(x(0.25), bottom + 32, "faster than goro", "small", "middle"),
    text(x(5), bottom + 32, "slower than goro", "small", "middle"),
    `<path class="line goro" d="M${x(1)} ${TOP - 8}V${bottom}"/>`,
    ...shown.flatMap(({ row, label }, i) => lineOf(row, label, TOP + i * LINE + LINE / 2, results)),
  ]);
}

function legend(y: number): string[] {
  return [
    `<path class="line goro" d="M20 ${y - 10}V${y + 2}"/>`,
    text(28, y, "goro", "small"),
    square(75, y - 4),
    text(85, y, "Go, on one core", "small"),
    diamond(190, y - 4),
    text(200, y, "by hand, only what this program needs", "small"),
    circle(472, y - 4, true),
    text(481, y, "a library", "small"),
    circle(552, y - 4, false),
    text(561, y, "a library that starves timers and I/O", "small"),
  ];
}

function square(at: number, y: number): string {
  return `<rect class="go" x="${round(at - 5)}" y="${round(y - 5)}" width="10" height="10"/>`;
}

function diamond(at: number, y: number): string {
  return `<path class="baseline" d="M${round(at - 6)} ${round(y)}l6 -6l6 6l-6 6z"/>`;
}

function circle(at: number, y: number, isFilled: boolean): string {
  return `<circle class="${isFilled ? "peer" : "mark"}" cx="${round(at)}" cy="${round(y)}" r="4.5"/>`;
}

function lineOf(row: Row, label: string, y: number, results: readonly Result[]): string[] {
  // An implementation without a timer row counts as fair.
  const isTimely = (implementation: string): boolean => isFair(row, implementation, results) !== false;
  const values = medians(row, results);
  const goro = values.get("goro") as number;
  const others = [...values].filter(([implementation]) => implementation !== "goro");
  const fair = others.filter(([implementation]) => !byHand.includes(implementation) && isTimely(implementation));
  const marks = others.map(([implementation, value]) => {
    const at = x(value / goro);
    if (implementation === "go") return square(at, y);
    return implementation === "baseline" ? diamond(at, y) : circle(at, y, isTimely(implementation));
  });
  const [first] = fair.sort(([, a], [, b]) => a - b);
  const words = first === undefined ? "none" : `${first[0]} ${ratio(first[1] / goro)} ×`;
  return [
    text(20, y + 4, label),
    `<path class="axis" d="M${LEFT} ${y}H${WIDTH - RIGHT}"/>`,
    ...marks,
    text(WIDTH - RIGHT + 14, y + 4, words, "small"),
  ];
}
