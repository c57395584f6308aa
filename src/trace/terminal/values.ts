// The values in a story: from hand to hand, or into a buffer and out of it.

import type { EventOf, Who } from "../format.ts";
import { short } from "../shown.ts";
import type { Row, Rows } from "./rows.ts";
import { several, type Words } from "./words.ts";

/** Puts the ways of values into rows. */
export class Values {
  readonly #words: Words;
  readonly #rows: Rows;
  /** The texts of values that are in a buffer. */
  readonly #buffered = new Map<number, string>();
  /** Where the last of several values went. */
  readonly #where = new Map<Row, () => string>();

  constructor(words: Words, rows: Rows) {
    this.#words = words;
    this.#rows = rows;
  }

  send(i: number, event: EventOf<"send">): void {
    const { goroutine: me, channel, value, length, to } = event;
    const words = this.#words;
    // The value of a timer is its time, and nobody's news.
    const timer = me === 0 ? this.#rows.join(i, "timer", 0) : undefined;
    if (timer !== undefined) {
      if (to !== undefined && this.#rows.shows(to)) timer.others.push(to);
      return;
    }
    // What is sent on a channel of void is a sign, and no value.
    const what = event.text === undefined || event.text === "undefined" ? "" : ` ${short(event.text, 26)}`;
    if (to === undefined) {
      this.#buffered.set(value, what);
      const where = (): string => `into ${words.channel(channel)} (${length} of ${words.capacity(channel)})`;
      this.#add(i, "fill", event, what, where);
    } else {
      const text = (): string => `${words.who(me)} sends${what} to ${words.who(to)} on ${words.channel(channel)}`;
      this.#rows.add(i, "send", me, { others: [to], text });
    }
  }

  receive(i: number, event: EventOf<"receive">): void {
    const { channel, value, length, from } = event;
    // The send right before has told it.
    if (from !== undefined) {
      const row = this.#rows.last;
      if (row?.last === i - 1) row.last = i;
      return;
    }
    const what = this.#buffered.get(value) ?? "";
    this.#buffered.delete(value);
    this.#add(i, "drain", event, what, () => `out of ${this.#words.channel(channel)} (${length} left)`);
  }

  /** Tells of one value more into a buffer, or out of it. */
  #add(
    i: number,
    kind: "fill" | "drain",
    { goroutine: me, channel }: { readonly goroutine: Who; readonly channel: number },
    what: string,
    where: () => string,
  ): void {
    const before = this.#rows.lastAtOnce(i, kind, me);
    if (before?.subject === channel && before.last === i - 1) {
      before.words.push(what);
      before.last = i;
      this.#where.set(before, where);
      return;
    }
    const does = kind === "fill" ? "sends" : "takes";
    const text = (row: Row): string =>
      `${this.#words.who(me)} ${does}${several(row.words)} ${(this.#where.get(row) ?? where)()}`;
    this.#rows.add(i, kind, me, { subject: channel, words: [what], text });
  }
}
