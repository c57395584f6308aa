// A pool in a picture: who worked on what, how many jobs waited, and how long they took.
//
// Invariants:
//   1. No part of the file grows with the number of jobs or workers: what has less room than a few pixels is drawn together.
//   2. What is drawn next stands below what is drawn already, and the axis that is under all of it is drawn last.

import { Check } from "../goroutine/check.ts";
import { asText } from "../goroutine/foreign.ts";
import type { Trace, TracedPool } from "./format.ts";
import { counted, widthOf } from "./labels.ts";
import {
  covered,
  type Fate,
  percentile,
  type PoolFigures,
  poolFigures,
  poolHistory,
  type PoolJob,
  PoolView,
  type WorkerLane,
  workerLanes,
} from "./pooljobs.ts";
import { area, bar, cross, crowd, definitions, drawn, type Mark, marksOf, type Scale, style } from "./poolmarks.ts";
import { duration, short } from "./shown.ts";
import { document, round, text } from "./svg.ts";

/** What a picture of a pool can be told. */
export interface PoolPictureOptions {
  /** The number of the pool in the trace. By default the first. */
  readonly pool?: number;

  /** What stands above the picture. By default the name of the pool's function. */
  readonly title?: string;

  /** In pixels, from 640 to 4,000; by default 1,000. */
  readonly width?: number;

  /**
   * What is looked at, in milliseconds since the start of the trace, from 0, both included; by default all that the pool does. If
   * they are the same, the axis is the order of the events at that instant.
   */
  readonly from?: number;
  readonly to?: number;
}

/**
 * Draws what a pool has done, as an SVG file: a lane for each worker with a bar for each job, above it how many accepted jobs
 * waited for a worker after each instant, and beside it for how much of the time each worker was at work. The figures are of jobs
 * that ended in that time: latency is, as in `stats().latency`, from accepted to finished, of those that were done or have
 * failed, but exact.
 *
 * The axis is time. If all happens in one instant, as it can in virtual time, it is the order of the events. Of more than 40
 * lanes the last ones are drawn together, as are jobs that have no room of their own. A bar ends when its job has its outcome: a
 * function that goes on after that, as it can after a timeout, holds its worker, and that is not in a trace.
 *
 * Errors: throws `RangeError` for a pool that is not in the trace, and for numbers that make no sense; `TypeError` for a title
 * that is no string.
 *
 * @example
 * const recording = record();
 * const pool = new WorkerPool(async (_ctx, n: number) => n * n, { workers: 3 });
 * for await (const square of pool.map([1, 2, 3, 4, 5])) console.log(square);
 * await pool.stop();
 * const svg = poolPicture(recording.stop());
 */
export function poolPicture(trace: Trace, options: PoolPictureOptions = {}): string {
  const check = new Check("poolPicture");
  const { width = 1000, from, to, title } = options;
  check.count("width", 640, width, 4000);
  if (from !== undefined) check.atLeast("from", 0, from);
  if (to !== undefined) check.atLeast("to", from ?? 0, to);
  if (title !== undefined && typeof title !== "string") {
    throw new TypeError(`poolPicture: title must be a string, got ${asText(title)}`);
  }
  const pool = chosen(trace, options.pool);
  const view = new PoolView(poolHistory(trace, pool.id), from, to);
  return new Picture(trace, view, title ?? `pool ${pool.name || pool.id}`, width).whole();
}

function chosen({ pools, goroutines, channels, events }: Trace, id: number | undefined): TracedPool {
  const found = id === undefined ? pools[0] : pools.find((pool) => pool.id === id);
  if (found !== undefined) return found;
  if (pools.length === 0) {
    const [many, channelsToo, all] = [
      counted(goroutines.length, "goroutine"),
      counted(channels.length, "channel"),
      counted(events.length, "event"),
    ];
    const rest = `${many}, ${channelsToo} and ${all}`;
    throw new RangeError(`poolPicture: the trace has no pool, only ${rest}`);
  }
  const some = pools.slice(0, 10).map((pool) => `${pool.id}${pool.name === "" ? "" : ` (${short(pool.name, 24)})`}`);
  const more = pools.length > some.length ? ` and ${pools.length - some.length} more` : "";
  throw new RangeError(`poolPicture: pool must be one of ${some.join(", ")}${more}, got ${asText(id)}`);
}

const gap = 20;
/** The margins of the lanes: for names, and for what is told of each. */
const left = 110;
const right = 200;
const meter = 44;
const queueHeight = 56;
const crowdHeight = 72;
const mostLanes = 40;
/** How many there are, if there are too many. */
const fewerLanes = 32;
/** So many bars can be pointed at to learn more. */
const mostTold = 1000;

/** One drawing: what is drawn next stands below what is drawn already. */
class Picture {
  readonly #trace: Trace;
  readonly #view: PoolView;
  readonly #title: string;
  readonly #width: number;
  readonly #figures: PoolFigures;
  readonly #workers: number;
  readonly #lanes: readonly WorkerLane[];
  /** The lanes that have no room of their own. */
  readonly #rest: readonly WorkerLane[];
  /** What is in the rows of each lane. */
  readonly #marks: readonly (readonly Mark[][])[];
  /** Whether there are few enough bars to say more of each. */
  readonly #tells: boolean;
  readonly #settled: readonly { readonly position: number; readonly length: number }[];
  readonly #mostWaiting: number;
  readonly #parts: string[] = [];
  #y = gap;

  constructor(trace: Trace, view: PoolView, title: string, width: number) {
    this.#trace = trace;
    this.#view = view;
    this.#title = title;
    this.#width = width;
    this.#figures = poolFigures(view.history, view.from, view.to);
    const stretches = view.stretches();
    const all = workerLanes(stretches);
    this.#workers = [...stretches.keys()].reduce((most, worker) => Math.max(most, worker), 0);
    this.#lanes = all.length > mostLanes ? all.slice(0, fewerLanes) : all;
    this.#rest = all.slice(this.#lanes.length);
    this.#marks = this.#lanes.map(({ rows }) => rows.map((row) => marksOf(row, this.#x)));
    this.#settled = settledQueue(view);
    this.#mostWaiting = this.#settled.reduce((most, { length }) => Math.max(most, length), 0);
    this.#tells = this.#marks.flat(2).filter(({ kind }) => kind === "bar").length <= mostTold;
  }

  whole(): string {
    this.#head();
    this.#legend();
    const top = this.#y;
    this.#queue();
    this.#drawLanes();
    this.#drawRest();
    this.#axis(top);
    for (const note of this.#notes()) {
      this.#parts.push(text(gap, this.#y, note, "small"));
      this.#y += 16;
    }
    const spoken = `${short(this.#title, 80)}: ${this.#summary()}`;
    const own = `\n  .figure { font-size: 18px; font-weight: 600; }${style}`;
    return document(this.#width, Math.round(this.#y), spoken, this.#parts, { style: own, definitions });
  }

  /** Where the lanes end. */
  get #end(): number {
    return this.#width - right;
  }

  readonly #x: Scale = (position) => {
    const { low, high } = this.#view;
    return left + ((this.#end - left) * (position - low)) / (high - low);
  };

  #summary(): string {
    const { jobs, done, failed, cancelled, neverBegun, later, working, waiting } = this.#figures;
    const notBegun = neverBegun > 0 ? ` (${number(neverBegun)} in the queue)` : "";
    const parts = [
      `${counted(jobs, "job")} for ${counted(this.#workers, "worker")}`,
      done > 0 ? `${number(done)} done` : "",
      failed > 0 ? `${number(failed)} failed` : "",
      cancelled > 0 ? `${number(cancelled)} cancelled${notBegun}` : "",
      working > 0 ? `${number(working)} still at work` : "",
      waiting > 0 ? `${number(waiting)} still in the queue` : "",
      later > 0 ? `${number(later)} not over yet` : "",
    ];
    return parts.filter((part) => part !== "").join(", ");
  }

  #head(): void {
    const { latencies, throughput, done, failed } = this.#figures;
    const latency = (p: number): string => (latencies.length === 0 ? "–" : duration(percentile(latencies, p)));
    const tiles = [
      [latency(0.5), "latency p50"],
      [latency(0.99), "latency p99"],
      [number(done + failed), done + failed === 1 ? "job processed" : "jobs processed"],
      [this.#view.isTime ? figure(throughput) : "–", "jobs per second"],
    ] as const;
    const tile = 104;
    const room = this.#width - 2 * gap - tiles.length * tile;
    this.#parts.push(text(gap, this.#y + 10, fitting(this.#title, room), "title"));
    for (const [i, [value, caption]] of tiles.entries()) {
      const x = this.#width - gap - (tiles.length - 1 - i) * tile;
      this.#parts.push(text(x, this.#y + 14, value, "figure", "end"), text(x, this.#y + 30, caption, "small", "end"));
    }
    const summary = this.#summary();
    const fits = widthOf(summary) < room;
    this.#parts.push(text(gap, this.#y + (fits ? 30 : 52), summary, "small"));
    this.#y += fits ? 58 : 78;
  }

  /** Says what is what, but only of what there is. */
  #legend(): void {
    let x = gap;
    for (const { draw, words } of this.#explained()) {
      const length = 28 + widthOf(words) + 18;
      if (x > gap && x + length > this.#width) {
        this.#y += 18;
        x = gap;
      }
      this.#parts.push(draw(x, this.#y - 9) + text(x + 28, this.#y, words, "small"));
      x = round(x + length);
    }
    this.#y += 18;
  }

  #explained(): { draw: (x: number, y: number) => string; words: string }[] {
    const worked = [...this.#lanes, ...this.#rest].flatMap(({ rows }) => rows.flat());
    const has = new Set(worked.map(({ job }) => job.fate));
    const bars: Record<Fate, string> = {
      done: "done",
      failed: "failed",
      cancelled: "cancelled at work",
      open: "still at work at the end",
    };
    const items = (Object.keys(bars) as Fate[])
      .filter((fate) => has.has(fate))
      .map((fate) => ({
        draw: (x: number, y: number) => bar(fate, x, x + (fate === "open" ? 18 : 22), y, 11),
        words: bars[fate],
      }));
    const small = this.#marks.flat(2).filter(({ kind }) => kind !== "bar");
    if (this.#rest.length > 0 || small.some(({ kind }) => kind === "crowd")) {
      const draw = (x: number, y: number): string =>
        `<path class="job-many" d="M${x} ${y}h22v11h-22z"/>` +
        `<path class="job-done" d="M${x} ${y + 11}v-5h6v-3h8v5h8v3z"/>`;
      items.push({ draw, words: "many jobs: the height is the time at work" });
    }
    if (
      small.some(({ stretches }) => stretches.some(({ job: { fate } }) => fate === "failed" || fate === "cancelled"))
    ) {
      const draw = (x: number, y: number): string =>
        `<path class="failed" d="M${x + 11} ${y}h2v6h-2z"/><path class="axis" d="M${x} ${y}h22"/>`;
      items.push({ draw, words: "short jobs that were not done hang from the top" });
    }
    if (this.#mostWaiting > 0) {
      const draw = (x: number, y: number): string => `<path class="queue" d="M${x} ${y + 11}v-9h11v4h11v5z"/>`;
      items.push({ draw, words: "accepted, waits for a worker" });
    }
    if (this.#figures.neverBegun > 0) {
      const draw = (x: number, y: number): string => `<path class="given-up" d="${cross(x + 11, y + 5.5)}"/>`;
      items.push({ draw, words: "cancelled before a worker took it" });
    }
    return items;
  }

  #queue(): void {
    const settled = this.#settled;
    const most = this.#mostWaiting;
    const top = this.#y + 8;
    const bottom = top + (most === 0 ? 12 : queueHeight);
    const unit = queueHeight / Math.max(most, 1);
    const heights = new Array<number>(Math.ceil(this.#end - left)).fill(0);
    for (const [i, { position, length }] of settled.entries()) {
      const next = settled[i + 1]?.position ?? this.#view.high;
      const last = Math.min(Math.floor(this.#x(next) - left), heights.length - 1);
      // Where much happens in a pixel, the greatest length is shown.
      for (let c = Math.max(0, Math.floor(this.#x(position) - left)); c <= last; c++) {
        heights[c] = Math.max(heights[c] as number, round(length * unit));
      }
    }
    const told = most === 0 ? "no job waited" : `at most ${number(most)} waiting`;
    this.#parts.push(
      text(left - 8, (top + bottom) / 2 + 4, "queue", "", "end"),
      text(this.#end + 14, most === 0 ? top + 8 : top + 9, told, "small"),
      `<path class="axis" d="M${left} ${bottom}H${this.#end}"/>`,
    );
    if (most > 0) {
      this.#parts.push(
        `<path class="axis" stroke-dasharray="2 3" d="M${left} ${top}H${this.#end + 10}"/>`,
        `<path class="queue" d="${area(heights, left, this.#end, bottom, -1)}"/>`,
      );
    }
    this.#giveUps(bottom);
    this.#y = bottom + 14;
  }

  #giveUps(bottom: number): void {
    const room = 8;
    const places = new Map<number, number>();
    for (const job of this.#view.history.jobs) {
      const position = isGivenUp(job) ? this.#view.position(job.finished) : NaN;
      if (!(position >= this.#view.low && position <= this.#view.high)) continue;
      const place = Math.floor(Math.min(this.#x(position) - left, this.#end - left - room / 2) / room);
      places.set(place, (places.get(place) ?? 0) + 1);
    }
    for (const [place, jobs] of places) {
      const path = `<path class="given-up" d="${cross(left + place * room + room / 2, bottom - 6)}">`;
      this.#parts.push(`${path}<title>${counted(jobs, "job")} cancelled in the queue</title></path>`);
    }
  }

  #drawLanes(): void {
    if (this.#view.isTime && this.#lanes.length > 0) {
      this.#parts.push(text(this.#end + 14, this.#y + 4, "time at work", "small"));
    }
    this.#y += 10;
    for (const [i, lane] of this.#lanes.entries()) {
      const { first, last } = lane;
      const rows = this.#marks[i] as Mark[][];
      const height = rows.length > 1 ? 12 * rows.length : first === last ? 20 : 14;
      const name = first === last ? `worker ${first}` : `workers ${first}–${last}`;
      this.#parts.push(
        text(
          left - 8,
          this.#y + height / 2 + 4,
          short(name, first === last ? 14 : 16),
          first === last ? "" : "small",
          "end",
        ),
      );
      this.#parts.push(`<path class="axis" d="M${left} ${this.#y + height / 2}H${this.#end}"/>`);
      for (const [k, row] of rows.entries()) {
        const top = this.#y + (k * height) / rows.length;
        const room = height / rows.length - (rows.length > 1 ? 1 : 0);
        this.#parts.push(...drawn(row, this.#x, top, room, this.#tells ? this.#told : null));
      }
      this.#beside([lane], this.#y + height / 2);
      this.#y += height + 5;
    }
  }

  /** What is told of a job to whoever points at it. */
  readonly #told = ({ job, fate, accepted, started, finished }: PoolJob): string => {
    const { times, end } = this.#view.history;
    const [came, began, ended] = [times[accepted], times[started], times[finished]];
    const parts = [
      came === undefined ? "" : `accepted at ${duration(came)}`,
      came === undefined || began === undefined ? "" : `waited ${duration(began - came)}`,
      began === undefined ? "" : `worked on for ${duration((ended ?? end) - began)}`,
    ];
    return [`job ${job}: ${fate === "open" ? "not over" : fate}`, ...parts.filter((part) => part !== "")].join(", ");
  };

  /** The workers that have no lane of their own. */
  #drawRest(): void {
    if (this.#rest.length === 0) return;
    const stretches = this.#rest.flatMap(({ rows }) => rows.flat());
    const top = this.#y + 4;
    const first = (this.#rest[0] as WorkerLane).first;
    const last = (this.#rest.at(-1) as WorkerLane).last;
    const workers = this.#rest.reduce((sum, lane) => sum + lane.last - lane.first + 1, 0);
    this.#parts.push(
      text(left - 8, top + crowdHeight / 2 - 3, short(`and ${number(workers)} more`, 20), "", "end"),
      text(left - 8, top + crowdHeight / 2 + 12, short(`${first}–${last}`, 20), "small", "end"),
      crowd({ stretches, from: left, to: this.#end, kind: "crowd" }, workers, this.#x, top, crowdHeight),
    );
    this.#beside(this.#rest, top + crowdHeight / 2);
    this.#y = top + crowdHeight + 5;
  }

  /** What is beside lanes: the share of time that their workers were at work, and how many jobs they had. */
  #beside(lanes: readonly WorkerLane[], middle: number): void {
    const x = this.#end + 14;
    let [work, jobs, workers] = [0, 0, 0];
    for (const { rows, first, last } of lanes) {
      const stretches = rows.flat().sort((a, b) => a.from - b.from);
      work += covered(stretches);
      jobs += stretches.length;
      workers += last - first + 1;
    }
    this.#parts.push(
      text(this.#width - gap, middle + 4, jobs === 0 ? "no jobs" : counted(jobs, "job"), "small", "end"),
    );
    if (!this.#view.isTime) return;
    const share = work / (workers * (this.#view.high - this.#view.low));
    this.#parts.push(
      `<rect class="job-done" x="${x}" y="${round(middle - 4)}" width="${round(meter * share)}" height="8"/>`,
      `<rect class="axis" x="${x}" y="${round(middle - 4)}" width="${meter}" height="8"/>`,
      text(x + meter + 6, middle + 4, percent(share)),
    );
  }

  #axis(top: number): void {
    const ticks = ticksOf(this.#view, (this.#end - left) / 80);
    const lines = ticks.map(({ at }) => `M${round(this.#x(at))} ${round(top)}V${round(this.#y)}`).join("");
    // Under all that is drawn.
    this.#parts.unshift(`<path class="axis" d="${lines}M${left} ${round(this.#y)}H${this.#end}"/>`);
    this.#parts.push(...ticks.map(({ at, name }) => text(this.#x(at), this.#y + 15, name, "small", "middle")));
    this.#y += 36;
  }

  #notes(): string[] {
    const { isTime, from, history } = this.#view;
    const clock = this.#trace.clock === "virtual" ? ", which is virtual" : "";
    const order = "The order of the pool's events, counted from 1: no time passes.";
    const { dropped, ending } = this.#trace;
    return [
      isTime
        ? `Time since the start of the trace${clock}. Numbers in bars count the jobs.`
        : `${order} All at ${duration(from)}.`,
      history.times.length === 0 ? "The trace has no events of this pool." : "",
      ending === "blocked" ? "The program ended blocked: all goroutines waited, and nothing was left to wake one." : "",
      dropped > 0 ? `Not whole: ${counted(dropped, "event")} came after the limit of the recording.` : "",
    ].filter((note) => note !== "");
  }
}

function isGivenUp({ worker, finished }: PoolJob): boolean {
  return worker === null && finished >= 0;
}

/** How many wait after each instant. In between there may be more: those that a free worker is about to take. */
function settledQueue({
  history,
  low,
  high,
  position,
}: PoolView): { readonly position: number; readonly length: number }[] {
  const settled = [{ position: low, length: 0 }];
  for (const [place, length] of history.waiting.entries()) {
    const at = Math.max(position(place), low);
    if (at > high) break;
    if ((settled.at(-1) as { position: number }).position === at) settled.pop();
    settled.push({ position: at, length });
  }
  return settled;
}

/** As much of `title` as has room in so many pixels. */
function fitting(title: string, room: number): string {
  const most = Math.floor(room / 9);
  const whole = short(title, most);
  // Some writings are wide.
  return short(title, Math.floor(most * Math.min(1, room / widthOf(whole, 15.5))));
}

/** About `most` places on the axis, and what they are called. */
function ticksOf({ isTime, low, high }: PoolView, most: number): { readonly at: number; readonly name: string }[] {
  if (!isTime) return roundTicks(low + 1, high + 1, most, 1).map((place) => ({ at: place - 1, name: number(place) }));
  const [unit, size] = high < 2000 ? ["ms", 1] : high < 600_000 ? ["s", 1000] : ["min", 60_000];
  return roundTicks(low / size, high / size, most, 0).map((time) => ({ at: time * size, name: `${time} ${unit}` }));
}

/** Round numbers between two others, at most `most`, at least `least` apart: 1, 2 or 5 times a power of ten. */
function roundTicks(low: number, high: number, most: number, least: number): number[] {
  const exact = Math.max((high - low) / most, least);
  const power = 10 ** Math.floor(Math.log10(exact));
  const step = power * ([1, 2, 5].find((factor) => factor * power >= exact * 0.999) ?? 10);
  const first = Math.ceil(low / step - 1e-9);
  const ticks = Math.min(Math.floor(high / step + 1e-9) - first + 1, most + 1);
  return Array.from({ length: Math.max(ticks, 0) }, (_, i) => Number(((first + i) * step).toPrecision(12)));
}

/** In three digits, or whole if there are more. */
function figure(value: number): string {
  return value >= 100 ? number(Math.round(value)) : String(Number(value.toPrecision(3)));
}

function percent(share: number): string {
  return share > 0 && share < 0.005 ? "<1 %" : `${Math.round(Math.min(share, 1) * 100)} %`;
}

function number(value: number): string {
  return value.toLocaleString("en-US");
}
