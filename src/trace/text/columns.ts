// The columns of a text view: which goroutine has which column, what it does in each row, and the arrows between columns.

import type { GoroutineRef } from "../format.ts";
import { compareIds, type GoroutineTrack, type State, type StateSpan } from "../tracks.ts";
import type { Row } from "./rows.ts";

/** The character for a state. */
export const stateGlyphs: Readonly<Record<State, string>> = {
  running: "┃",
  send: "s",
  receive: "r",
  select: "?",
  sleep: "z",
  lock: "L",
  wait: "w",
};

// Parameters of ANSI's SGR sequence; terminals map the colors to their scheme.
const bold = 1;
export const red = 31;
export const gray = 90;
const stateColors: Readonly<Record<State, number>> = {
  running: 32,
  send: 35,
  receive: 34,
  select: 36,
  sleep: gray,
  lock: 33,
  wait: gray,
};

interface Cell {
  readonly glyph: string;
  readonly color: number;
}

const emptyCell: Cell = { glyph: " ", color: 0 };

/** The columns of a view. Rows must be formatted in their order. */
export class Columns {
  /** The goroutines that have a column, by id. */
  readonly tracks: readonly GoroutineTrack[];
  /** The line of ids above the columns. */
  readonly head: string;
  /** The width of all columns together. */
  readonly width: number;
  /** Whether goroutines share columns. */
  readonly isShared: boolean;
  readonly #columnWidth: number;
  readonly #hasColor: boolean;
  readonly #positions = new Map<GoroutineRef, number>();
  /** The states in each column, and the index of the current one. */
  readonly #spans: readonly (readonly StateSpan[])[];
  readonly #current: number[];

  /** Assigns the tracks to columns within `width`, in characters. Tracks without room are left out. */
  constructor(tracks: readonly GoroutineTrack[], width: number, hasColor: boolean) {
    this.#columnWidth = columnWidth(tracks);
    const columns = packColumns(tracks, Math.max(1, Math.floor(width / this.#columnWidth)));
    this.tracks = columns.flat().sort((a, b) => compareIds(a.id, b.id));
    this.head = columns.map(([track]) => String(track?.id ?? "?").padEnd(this.#columnWidth)).join("");
    this.width = columns.length * this.#columnWidth;
    this.isShared = columns.length < this.tracks.length;
    this.#hasColor = hasColor;
    for (const [position, column] of columns.entries()) for (const { id } of column) this.#positions.set(id, position);
    this.#spans = columns.map((column) => column.flatMap(({ spans }) => spans));
    this.#current = columns.map(() => 0);
  }

  /** Returns `text` in a color, if the view has colors. */
  paint(text: string, color: number): string {
    return this.#hasColor && color > 0 ? `\u001b[${color}m${text}\u001b[0m` : text;
  }

  /** Formats the columns of a row: the states after it, the sign of its actors, and an arrow from the last actor to the targets. */
  format({ kind, last, actors, targets }: Row): string {
    const cells = this.#spans.map((_, position) => this.#stateAt(position, last));
    const setCell = (position: number, cell: Cell): void => {
      if (position >= 0) cells[position] = cell;
    };
    const from = this.#positionOf(actors.at(-1));
    const ends = targets.map((id) => this.#positionOf(id));
    for (const [i, end] of ends.entries()) {
      // A started goroutine shows its id, because columns can be shared.
      setCell(end, { glyph: kind === "go" ? String(targets[i]) : from > end ? "◄" : "►", color: bold });
    }
    if (kind !== "block") for (const id of actors) setCell(this.#positionOf(id), eventCell(kind));
    const visible = [from, ...ends].filter((end) => end >= 0);
    const hasArrow = from >= 0 && ends.length > 0;
    const [left, right] = hasArrow ? [Math.min(...visible), Math.max(...visible)] : [Infinity, -1];
    return cells
      .map(({ glyph, color }, position) => {
        const fill = position >= left && position < right ? "─" : " ";
        const isCrossed = glyph === " " && position > left;
        return this.paint(isCrossed ? fill : glyph, color) + fill.repeat(this.#columnWidth - Array.from(glyph).length);
      })
      .join("");
  }

  #positionOf(id: GoroutineRef | undefined): number {
    return id === undefined ? -1 : (this.#positions.get(id) ?? -1);
  }

  /** The state in a column after the event `i`. */
  #stateAt(position: number, i: number): Cell {
    const spans = this.#spans[position] as readonly StateSpan[];
    let current = this.#current[position] as number;
    while (current < spans.length && (spans[current] as StateSpan).to <= i) current++;
    this.#current[position] = current;
    const span = spans[current];
    if (span === undefined || span.from > i) return emptyCell;
    return { glyph: stateGlyphs[span.state], color: stateColors[span.state] };
  }
}

function eventCell(kind: Row["kind"]): Cell {
  return kind === "panic" ? { glyph: "!", color: red } : { glyph: kind === "end" ? "■" : "●", color: bold };
}

/** A column for each track or, if there are more than `max`, columns in which a track follows one that has ended. */
function packColumns(tracks: readonly GoroutineTrack[], max: number): GoroutineTrack[][] {
  if (tracks.length <= max) return tracks.map((track) => [track]);
  const columns: GoroutineTrack[][] = [];
  for (const track of tracks.toSorted((a, b) => a.startEvent - b.startEvent)) {
    const free = columns.find((column) => (column.at(-1) as GoroutineTrack).endEvent < track.startEvent);
    if (free !== undefined) free.push(track);
    else if (columns.length < max) columns.push([track]);
  }
  return columns;
}

function columnWidth(tracks: readonly GoroutineTrack[]): number {
  return tracks.reduce((max, { id }) => Math.max(max, String(id ?? "?").length), 1) + 1;
}
