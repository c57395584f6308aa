// The lines of a story: for each row the time, the columns and what is told.

import { plural } from "../figures.ts";
import type { Trace } from "../format.ts";
import { grey, type Grid, red } from "./grid.ts";
import type { Row } from "./rows.ts";
import { fit } from "./width.ts";

/** Writes instants as they stand before a line, all with as many digits. */
export class Clock {
  readonly #digits: number;
  /** How many columns the longest takes, with a space. */
  readonly width: number;

  constructor({ events, end }: Trace, to: number) {
    this.#digits = events.every(({ at }) => Number.isInteger(at)) ? 0 : end >= 10_000 ? 0 : end >= 100 ? 1 : 3;
    this.width = this.label(Math.min(to, end)).length + 1;
  }

  label(at: number): string {
    return `${at.toFixed(this.#digits)} ms`;
  }
}

interface Room {
  readonly width: number;
  readonly gutter: number;
  readonly clock: Clock;
  readonly most: number;
}

/** The rows in lines; of too many the first and the last. */
export function printed(trace: Trace, rows: readonly Row[], grid: Grid, room: Room): string[] {
  const { events } = trace;
  const isAll = rows.length <= room.most;
  // The end of a story says why it ended: two thirds are for the beginning, one for the end.
  const tail = isAll ? 0 : Math.floor((room.most - 1) / 3);
  const head = isAll ? rows.length : room.most - 1 - tail;
  const lines: string[] = [];
  let before = "";
  const print = (row: Row): void => {
    const now = room.clock.label(events[row.first]?.at ?? 0);
    const time = grid.paint((now === before ? "" : now).padStart(room.gutter - 1), grey);
    const columns = grid.line(row);
    const text = fit(row.text(), room.width - room.gutter - grid.width - 1);
    const ink = row.kind === "block" ? grey : row.kind === "panic" ? red : 0;
    lines.push(`${time} ${columns} ${grid.paint(text, ink)}`);
    before = now;
  };
  rows.slice(0, head).forEach(print);
  if (!isAll) {
    const from = (rows[head] as Row).first;
    const to = tail === 0 ? (rows.at(-1) as Row).last + 1 : (rows[rows.length - tail] as Row).first;
    lines.push(`${" ".repeat(room.gutter)}… ${plural(to - from, "more event")}`);
    rows.slice(rows.length - tail).forEach(print);
  }
  return lines;
}
