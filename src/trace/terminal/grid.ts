// The columns of a story: who stands in which, what everybody does in each row, and who acts on whom.

import type { Who } from "../format.ts";
import { byNumber, type Lane, type Span, type State } from "../lanes.ts";
import type { Row } from "./rows.ts";

/** What stands for a state in a column. */
export const letters: Readonly<Record<State, string>> = {
  running: "┃",
  send: "s",
  receive: "r",
  select: "?",
  sleep: "z",
  lock: "L",
  wait: "w",
};

const bold = 1;

/** The ink of what went wrong, by its number of ANSI; the colours follow the scheme of the terminal. */
export const red = 31;

/** The ink of what matters less. */
export const grey = 90;

const inks: Readonly<Record<State, number>> = {
  running: 32,
  send: 35,
  receive: 34,
  select: 36,
  sleep: grey,
  lock: 33,
  wait: grey,
};

interface Cell {
  readonly glyph: string;
  readonly ink: number;
}

const nobody: Cell = { glyph: " ", ink: 0 };

/** The columns of the goroutines. It must be asked for rows in their order. */
export class Grid {
  readonly lanes: readonly Lane[];
  readonly pitch: number;
  /** The numbers of who is in each column at first. */
  readonly head: string;
  readonly #colour: boolean;
  readonly #places = new Map<Who, number>();
  /** What was in each column, one state after the other, and how far that has been told. */
  readonly #spans: readonly (readonly Span[])[];
  readonly #next: number[];

  constructor(columns: readonly (readonly Lane[])[], colour: boolean) {
    this.lanes = columns.flat().sort((a, b) => byNumber(a.id, b.id));
    this.pitch = pitchOf(this.lanes);
    this.head = columns.map(([lane]) => String(lane?.id ?? "?").padEnd(this.pitch)).join("");
    this.#colour = colour;
    for (const [place, column] of columns.entries()) for (const { id } of column) this.#places.set(id, place);
    this.#spans = columns.map((column) => column.flatMap(({ spans }) => spans));
    this.#next = columns.map(() => 0);
  }

  get width(): number {
    return this.#spans.length * this.pitch;
  }

  get isShared(): boolean {
    return this.#spans.length < this.lanes.length;
  }

  paint(text: string, ink: number): string {
    return this.#colour && ink > 0 ? `\u001b[${ink}m${text}\u001b[0m` : text;
  }

  line(row: Row): string {
    const cells = this.#spans.map((_, place) => this.#cell(place, row.last));
    const from = this.#place(row.actors.at(-1));
    for (const who of row.others) {
      // The column of a newcomer begins with its number.
      const place = this.#place(who);
      cells[place] = { glyph: row.kind === "go" ? String(who) : from > place ? "◄" : "►", ink: bold };
    }
    if (row.kind !== "block") for (const who of row.actors) cells[this.#place(who)] = sign(row.kind);
    const ends = from < 0 || row.others.length === 0 ? [] : [from, ...row.others.map((who) => this.#place(who))];
    const [left, right] = [Math.min(...ends.filter((place) => place >= 0)), Math.max(...ends)];
    return cells
      .map(({ glyph, ink }, place) => {
        const line = place >= left && place < right ? "─" : " ";
        const isOver = glyph === " " && place > left;
        return this.paint(isOver ? line : glyph, ink) + line.repeat(this.pitch - Array.from(glyph).length);
      })
      .join("");
  }

  #place(who: Who | undefined): number {
    return who === undefined ? -1 : (this.#places.get(who) ?? -1);
  }

  /** What is done there after the event `i`. */
  #cell(place: number, i: number): Cell {
    const spans = this.#spans[place] as readonly Span[];
    let next = this.#next[place] as number;
    while (next < spans.length && (spans[next] as Span).to <= i) next++;
    this.#next[place] = next;
    const span = spans[next];
    return span === undefined || span.from > i ? nobody : { glyph: letters[span.state], ink: inks[span.state] };
  }
}

function sign(kind: Row["kind"]): Cell {
  return kind === "panic" ? { glyph: "!", ink: red } : { glyph: kind === "end" ? "■" : "●", ink: bold };
}

/** The lanes of each column. Where there are too many, those who come share the columns of those who have gone. */
export function packed(all: readonly Lane[], width: number): Lane[][] {
  const pitch = pitchOf(all);
  // Text is worth more than the last of many columns.
  const most = Math.max(1, Math.floor((width - Math.max(20, Math.floor(width * 0.62))) / pitch));
  if (all.length <= most) return all.map((lane) => [lane]);
  const columns: Lane[][] = [];
  for (const lane of all.toSorted((a, b) => a.born - b.born)) {
    const free = columns.find((column) => (column.at(-1) as Lane).ended < lane.born);
    if (free !== undefined) free.push(lane);
    else if (columns.length < most) columns.push([lane]);
  }
  return columns;
}

function pitchOf(some: readonly Lane[]): number {
  return some.reduce((most, { id }) => Math.max(most, String(id ?? "?").length), 1) + 1;
}
