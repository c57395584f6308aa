// What of a pool is drawn: its figures, its lanes with their marks, and the places from left to right.

import type { Trace } from "../format.ts";
import { type PoolFigures, poolFigures } from "./jobs.ts";
import { type Mark, marksOf, type Scale } from "./marks.ts";
import { type PoolView, type Settled, type WorkerLane, workerLanes } from "./view.ts";

/** The margin of the picture, in pixels. */
export const gap = 20;

/** The left margin of the lanes, where their names are. */
export const left = 110;

/** The right one, where something is told of each. */
const right = 200;

/** If there are more lanes than so many, only the first of them have room of their own. */
const mostLanes = 40;
const fewerLanes = 32;

/** What every part of the picture knows. */
export interface Scene {
  readonly trace: Trace;
  readonly view: PoolView;
  readonly title: string;
  readonly width: number;
  /** Where the lanes end, which begin at {@link left}. */
  readonly end: number;
  readonly x: Scale;
  readonly figures: PoolFigures;
  /** The greatest number of a worker. */
  readonly workers: number;
  readonly lanes: readonly WorkerLane[];
  /** The lanes that have no room of their own. */
  readonly rest: readonly WorkerLane[];
  /** What is in the rows of each lane. */
  readonly marks: readonly (readonly Mark[][])[];
  readonly queue: readonly Settled[];
  readonly mostWaiting: number;
}

/** Something drawn, and where the next may begin. */
export interface Part {
  readonly body: readonly string[];
  readonly bottom: number;
}

/** Reads what is drawn from what is looked at. */
export function sceneOf(trace: Trace, view: PoolView, title: string, width: number): Scene {
  const end = width - right;
  const x: Scale = (position) => left + ((end - left) * (position - view.low)) / (view.high - view.low);
  const stretches = view.stretches();
  const all = workerLanes(stretches);
  const lanes = all.length > mostLanes ? all.slice(0, fewerLanes) : all;
  const queue = view.settledQueue();
  return {
    trace,
    view,
    title,
    width,
    end,
    x,
    figures: poolFigures(view.history, view.from, view.to),
    workers: [...stretches.keys()].reduce((most, worker) => Math.max(most, worker), 0),
    lanes,
    rest: all.slice(lanes.length),
    marks: lanes.map(({ rows }) => rows.map((row) => marksOf(row, x))),
    queue,
    mostWaiting: queue.reduce((most, { length }) => Math.max(most, length), 0),
  };
}
