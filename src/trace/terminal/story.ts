// What a trace tells, row by row. Events without a story of their own are taken into the row of another, or left out.

import type { EventOf, Trace, TraceEvent, Who } from "../format.ts";
import { byNumber } from "../lanes.ts";
import { short } from "../shown.ts";
import { canWake, explains, moved, type Row, Rows } from "./rows.ts";
import { Values } from "./values.ts";
import { Waits } from "./waits.ts";
import { oneLine, type Words } from "./words.ts";

/** The story of those who are shown. */
export function storyOf(trace: Trace, words: Words, shown: ReadonlySet<Who>): Row[] {
  const rows = new Rows(trace, shown);
  const story = new Story(trace, words, rows);
  for (const [i, event] of trace.events.entries()) story.read(i, event);
  return rows.all.filter((row) => {
    // So much has been taken back, or concerns only those who are left out.
    if (row.kind === "block") return row.waits.size > 0;
    return row.kind !== "timer" || row.others.length > 0 || row.last === row.first;
  });
}

/** Puts events into rows. */
class Story {
  readonly #trace: Trace;
  readonly #words: Words;
  readonly #rows: Rows;
  readonly #values: Values;
  readonly #waits: Waits;

  constructor(trace: Trace, words: Words, rows: Rows) {
    this.#trace = trace;
    this.#words = words;
    this.#rows = rows;
    this.#values = new Values(words, rows);
    this.#waits = new Waits(trace, words, rows);
  }

  read(i: number, event: TraceEvent): void {
    const words = this.#words;
    const me = event.goroutine;
    const add = (text: (row: Row) => string): void => this.#rows.add(i, event.type, me, { text });
    switch (event.type) {
      case "go":
        this.#go(i, event);
        break;
      case "block":
        this.#waits.begin(i, event);
        break;
      case "unblock":
        this.#waits.end(i, event);
        break;
      case "send":
        this.#values.send(i, event);
        break;
      case "receive":
        this.#values.receive(i, event);
        break;
      case "select":
        this.#select(i, event);
        break;
      case "close":
        // That is how a context tells of its end.
        if (this.#rows.join(i, "cancel", me) !== undefined) break;
        add((row) => `${words.who(me)} closes ${words.channel(event.channel)}${this.#woken(row)}`);
        break;
      case "panic":
        add(() => `${words.who(me)} panics: ${oneLine(event.error)}`);
        break;
      case "end":
        this.#end(i, me);
        break;
      case "timer":
        this.#rows.add(i, "timer", 0, { text: (row) => `${short(event.purpose, 24)} goes off${this.#woken(row)}` });
        break;
      case "cancel": {
        const name = short(event.context.replace(/^context\./, ""), 32);
        const said = me === 0 || me === null ? `${name} ends` : `${words.who(me)} cancels ${name}`;
        add((row) => `${said}: ${oneLine(event.cause)}${this.#woken(row)}`);
        break;
      }
      case "log":
        add(() => `${words.who(me)} prints: ${oneLine(event.text)}`);
        break;
      default:
        this.#job(i, event);
    }
  }

  #woken({ others, words }: Row): string {
    const how = words.length > 0 && words.every((word) => word === words[0]) ? ` (case ${words[0] as string})` : "";
    return others.length === 0 ? "" : `, which wakes ${this.#words.list(others)}${how}`;
  }

  #go(i: number, { goroutine: me, child }: EventOf<"go">): void {
    const row = this.#rows.lastAtOnce(i, "go", me);
    if (row !== undefined) {
      row.others.push(child);
      row.last = i;
    } else {
      const text = ({ others }: Row): string => `${this.#words.who(me)} starts ${this.#words.list(others)}`;
      this.#rows.add(i, "go", me, { others: [child], text });
    }
  }

  #end(i: number, me: Who): void {
    const before = this.#rows.lastAtOnce(i, "end");
    if (before !== undefined && before.others.length === 0 && this.#rows.shows(me)) {
      before.actors.push(me);
      before.last = i;
      return;
    }
    const text = (row: Row): string => {
      const verb = row.actors.length === 1 ? "ends" : "end";
      return `${this.#words.list(row.actors.toSorted(byNumber))} ${verb}${this.#woken(row)}`;
    };
    this.#rows.add(i, "end", me, { text });
  }

  /** What is chosen is a word more in the row of the value that comes by it, or of whoever wakes the select. */
  #select(i: number, { goroutine: me, cases, chosen }: EventOf<"select">): void {
    if (chosen === "default") {
      this.#default(i, me);
      return;
    }
    const row = this.#rows.last;
    if (row?.last === i - 1 && moved(row, me)) {
      row.last = i;
      return;
    }
    const next = this.#trace.events[i + 1];
    if (next?.type === "send" && (next.goroutine === me || next.to === me)) return;
    if (next?.type === "receive" && next.goroutine === me) return;
    const found = cases.find(({ name }) => name === chosen);
    const word = found === undefined ? this.#words.chosen(chosen) : this.#words.case(found);
    const isWoken = next?.type === "unblock" && next.goroutine === me;
    if (isWoken && row !== undefined && canWake(row) && explains(row, me, next.by)) {
      if (this.#rows.shows(me)) row.words.push(word);
    } else {
      // From an open channel a value would have come.
      const closed = found?.operation === "receive" ? ", which is closed" : "";
      this.#rows.add(i, "select", me, { text: () => `${this.#words.who(me)} chooses ${word}${closed}` });
    }
  }

  #default(i: number, me: Who): void {
    const row = this.#rows.lastAtOnce(i, "default", me);
    if (row !== undefined) {
      row.words.push("");
      row.last = i;
      return;
    }
    const text = ({ words: { length } }: Row): string =>
      `${this.#words.who(me)} finds nothing ready: default${length === 1 ? "" : `, ${length} times`}`;
    this.#rows.add(i, "default", me, { words: [""], text });
  }

  #job(i: number, event: EventOf<"accept" | "start" | "finish">): void {
    const { type, goroutine: me, pool, job } = event;
    const who = this.#words.who(me);
    const of = `job ${job} of ${this.#words.pool(pool)}`;
    const subject = `${pool}/${job}`;
    if (type === "accept") {
      this.#rows.add(i, type, me, { subject, text: () => `${of} is accepted from ${who}` });
    } else if (type === "start") {
      // Who takes a job and does it at once has one thing to tell.
      const row = this.#rows.lastAtOnce(i, "accept", me);
      if (row?.subject === subject && row.last === i - 1) this.#rows.all.pop();
      this.#rows.add(i, type, me, { text: () => `${who} begins ${of} (worker ${event.worker})` });
    } else {
      const how = { done: "is done", failed: "has failed", canceled: "is canceled" }[event.status];
      const by = event.worker === null ? "" : ` (worker ${event.worker})`;
      this.#rows.add(i, type, me, { text: () => `${of} ${how}${by}` });
    }
  }
}
