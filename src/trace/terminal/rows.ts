// The rows of a story: one for each thing that somebody did, or for several in a row that are told as one.

import type { EventOf, Trace, TraceEvent, Who } from "../format.ts";

/** One line of the story. */
export interface Row {
  readonly kind: TraceEvent["type"] | "fill" | "drain" | "default" | "wake";
  /** The events that it tells of. */
  readonly first: number;
  last: number;
  /** Who did it, each with its sign: several where several ended. */
  readonly actors: Who[];
  /** Those whom that concerns, in whose columns the arrow ends. */
  readonly others: Who[];
  /** Words to choose from for the text: values on their way, or chosen cases. */
  readonly words: string[];
  /** The waits that it tells of. */
  readonly waits: Map<Who, EventOf<"block">>;
  /** By what a row that can take in the next event is known, such as a channel. */
  readonly subject: unknown;
  readonly text: () => string;
}

type Said = Partial<Pick<Row, "others" | "subject" | "words">> & { readonly text: (row: Row) => string };

const noWaits: Row["waits"] = new Map();

/** The rows so far. */
export class Rows {
  readonly all: Row[] = [];
  readonly #trace: Trace;
  readonly #shown: ReadonlySet<Who>;

  constructor(trace: Trace, shown: ReadonlySet<Who>) {
    this.#trace = trace;
    this.#shown = shown;
  }

  get last(): Row | undefined {
    return this.all.at(-1);
  }

  /** Whether there is a column for `who`. */
  shows(who: Who): boolean {
    return this.#shown.has(who);
  }

  /**
   * Adds a row for the event `i`, if there is a column for anybody in it; what the runtime does by itself is told
   * always.
   */
  add(i: number, kind: Row["kind"], actor: Who, { others = [], words = [], subject = null, text }: Said): void {
    if (actor !== 0 && ![actor, ...others].some((who) => this.shows(who))) return;
    const row: Row = {
      kind,
      first: i,
      last: i,
      actors: [actor],
      others,
      words,
      // A hundred thousand maps for nothing are half of the time.
      waits: kind === "block" ? new Map<Who, EventOf<"block">>() : noWaits,
      subject,
      text: () => text(row),
    };
    this.all.push(row);
  }

  /** The last row, if it is of that kind and by that goroutine. */
  lastOf(kind: Row["kind"], actor?: Who): Row | undefined {
    const row = this.last;
    return row?.kind === kind && (actor === undefined || row.actors.at(-1) === actor) ? row : undefined;
  }

  /** The same, if the event `i` is of nearly the same instant, so that both can be told as one. */
  lastAtOnce(i: number, kind: Row["kind"], actor?: Who): Row | undefined {
    const row = this.lastOf(kind, actor);
    if (row === undefined) return undefined;
    const { clock, events } = this.#trace;
    const gap = (events[i]?.at ?? 0) - (events[row.last]?.at ?? 0);
    return gap > (clock === "virtual" ? 0 : 1) ? undefined : row;
  }

  /**
   * Takes the event `i` into the last row, if that is of that kind and goroutine, and the event stands right behind it.
   */
  join(i: number, kind: Row["kind"], actor: Who): Row | undefined {
    const row = this.lastOf(kind, actor);
    if (row?.last !== i - 1) return undefined;
    row.last = i;
    return row;
  }
}

const moves: ReadonlySet<Row["kind"]> = new Set<Row["kind"]>(["send", "fill", "drain", "timer"]);
const wakers: ReadonlySet<Row["kind"]> = new Set<Row["kind"]>(["close", "cancel", "end", "timer", "wake"]);

/** Whether the row is of a value that came to `who`, or went from there. */
export function moved({ kind, actors, others }: Row, who: Who): boolean {
  return moves.has(kind) && (actors.includes(who) || others.includes(who));
}

/** Whether the row is of something that can wake others. */
export function canWake({ kind }: Row): boolean {
  return wakers.has(kind);
}

/** Whether the row says why `who` goes on: it got a value, or got rid of one, or has been woken by who did that. */
export function explains(row: Row, who: Who, by: Who): boolean {
  return moved(row, who) || (canWake(row) && by !== who && by !== null && row.actors.at(-1) === by);
}
