// The columns of a text view: which goroutine has which column, what it does in each row, and the arrows between columns.

import type { GoroutineRef } from "../format.ts";
import { stateLabels } from "../names.ts";
import { compareIds, type GoroutineTrack, type StateSpan } from "../tracks.ts";
import type { Row } from "./rows.ts";

// Parameters of ANSI's SGR sequence; terminals map the colors to their scheme.
const bold = 1;
export const red = 31;
export const gray = 90;

/** A character in a color. */
type Cell = readonly [glyph: string, color: number];

/** The columns of a view. Rows must be formatted in their order. */
export class Columns {
  readonly tracks: readonly GoroutineTrack[];
  /** The line of ids above the columns. */
  readonly head: string;
  readonly isShared: boolean;
  readonly #columnWidth: number;
  readonly #hasColor: boolean;
  readonly #positions: ReadonlyMap<GoroutineRef | undefined, number>;
  /** The states in each column; those before the last row are removed. */
  readonly #spans: readonly StateSpan[][];

  /** Assigns the tracks to columns within `width`, in characters. Tracks without room are left out. */
  constructor(tracks: readonly GoroutineTrack[], width: number, hasColor: boolean) {
    this.#columnWidth = tracks.reduce((max, { id }) => Math.max(max, String(id ?? "?").length), 1) + 1;
    const columns = packColumns(tracks, Math.max(1, Math.floor(width / this.#columnWidth)));
    this.tracks = columns.flat().sort((a, b) => compareIds(a.id, b.id));
    this.head = columns.map(([track]) => String(track?.id ?? "?").padEnd(this.#columnWidth)).join("");
    this.isShared = columns.length < this.tracks.length;
    this.#hasColor = hasColor;
    this.#positions = new Map(columns.flatMap((column, position) => column.map(({ id }) => [id, position])));
    this.#spans = columns.map((column) => column.flatMap(({ spans }) => spans).reverse());
  }

  /** Returns `text` in a color, if the view has colors. */
  paint(text: string, color: number): string {
    return this.#hasColor && color > 0 ? `\u001b[${color}m${text}\u001b[0m` : text;
  }

  /** Formats the columns of a row: the states after it, the sign of its actors, and an arrow from the last actor to the targets. */
  format({ event: { type }, last, actors, targets }: Row): string {
    const cells = this.#spans.map((spans) => stateAfter(spans, last));
    const positionOf = (id: GoroutineRef | undefined): number => this.#positions.get(id) ?? -1;
    const from = positionOf(actors.at(-1));
    const ends = [from, ...targets.map(positionOf)].filter((end) => end >= 0);
    for (const id of targets.filter((target) => this.#positions.has(target))) {
      // A started goroutine shows its id, because columns can be shared.
      const glyph = type === "go" ? String(id) : from > positionOf(id) ? "◄" : "►";
      cells[positionOf(id)] = [glyph, bold];
    }
    const sign: Cell = type === "panic" ? ["!", red] : [type === "end" ? "■" : "●", bold];
    const signed = type === "block" ? [] : actors.filter((actor) => this.#positions.has(actor));
    for (const id of signed) cells[positionOf(id)] = sign;
    const [left, right] = from < 0 ? [0, 0] : [Math.min(...ends), Math.max(...ends)];
    return cells
      .map(([glyph, color], position) => {
        const fill = position >= left && position < right ? "─" : " ";
        const isCrossed = glyph === " " && position > left;
        return this.paint(isCrossed ? fill : glyph, color) + fill.repeat(this.#columnWidth - Array.from(glyph).length);
      })
      .join("");
  }
}

/** The state after the event `i`. Spans are in the reverse order; those that have ended are removed. */
function stateAfter(spans: StateSpan[], i: number): Cell {
  while ((spans.at(-1)?.to ?? Infinity) <= i) spans.pop();
  const span = spans.at(-1);
  if (span === undefined || span.from > i) return [" ", 0];
  const { letter, color } = stateLabels[span.state];
  return [letter, color];
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
