// The waits in a story. One is told of once, and again if it is the last: the letters in the columns tell of the
// others.

import type { EventOf, Trace } from "../format.ts";
import { short } from "../shown.ts";
import { canWake, explains, type Row, type Rows } from "./rows.ts";
import type { Words } from "./words.ts";

type Block = EventOf<"block">;

/** Puts the begin and the end of waits into rows. */
export class Waits {
  readonly #words: Words;
  readonly #rows: Rows;
  /** The waits that are not over, by their numbers. */
  readonly #lasting = new Map<number, Block>();
  /** The waits that are never over, and what else has been told of waits. */
  readonly #endless: ReadonlySet<Block>;
  readonly #told = new Set<string>();

  constructor(trace: Trace, words: Words, rows: Rows) {
    this.#words = words;
    this.#rows = rows;
    this.#endless = new Set(openWaits(trace, Infinity));
  }

  begin(i: number, event: Block): void {
    const { goroutine: me, wait } = event;
    this.#lasting.set(wait, event);
    if (!this.#rows.shows(me)) return;
    const subject = this.#words.wait(event, true);
    const said = `${me} ${subject}`;
    if (this.#told.has(said) && !this.#endless.has(event)) return;
    this.#told.add(said);
    if (this.#rows.lastAtOnce(i, "block")?.subject !== subject) {
      const text = ({ waits }: Row): string => this.#words.waits(waits.values())[0]?.said ?? "";
      this.#rows.add(i, "block", me, { subject, text });
    }
    const row = this.#rows.last as Row;
    row.waits.set(me, event);
    row.last = i;
  }

  end(i: number, { goroutine: me, wait, by }: EventOf<"unblock">): void {
    const block = this.#lasting.get(wait);
    this.#lasting.delete(wait);
    const row = this.#rows.last;
    // A wait that was over before anything else happened is no news.
    if (row?.waits.get(me)?.wait === wait) {
      row.waits.delete(me);
      if (block !== undefined) this.#told.delete(`${me} ${this.#words.wait(block, true)}`);
      return;
    }
    if (row !== undefined && explains(row, me, by)) {
      row.last = i;
      if (canWake(row) && this.#rows.shows(me) && !row.others.includes(me)) row.others.push(me);
      return;
    }
    const operation = block === undefined ? "" : ` (${short(block.operation, 32)})`;
    if (by === me || by === null || by === 0) {
      this.#rows.add(i, "wake", me, { text: () => `${this.#words.who(me)} goes on${operation}` });
    } else {
      const text = ({ others }: Row): string => `${this.#words.who(by)} wakes ${this.#words.list(others)}${operation}`;
      this.#rows.add(i, "wake", by, { others: [me], text });
    }
  }
}

/** The waits that last at the time `to`. */
export function openWaits({ events }: Trace, to: number): Iterable<Block> {
  const open = new Map<number, Block>();
  for (const event of events) {
    if (event.at > to) break;
    if (event.type === "block") open.set(event.wait, event);
    else if (event.type === "unblock") open.delete(event.wait);
  }
  return open.values();
}
