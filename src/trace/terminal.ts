// A trace as text for a terminal: a column for each goroutine, time downwards, a line for each thing that somebody did.
//
// Invariants:
//   1. No line is wider than asked for, and no character of the program's steers the terminal: all text goes through `short`.
//   2. A row tells of events that stand together in the trace, and the rows stand in the order of their events.

import { asText } from "../goroutine/foreign.ts";
import { Check } from "../goroutine/check.ts";
import type { Trace, TracedCase, TraceEvent, Who } from "./format.ts";
import { type Lane, lanes, type Span, type State, stateOf } from "./lanes.ts";
import { duration, short } from "./shown.ts";

/** What a view can be told. */
export interface TerminalOptions {
  /** The greatest width of a line in columns, 40 or more. By default 80. */
  readonly width?: number;

  /** The first instant that is told, in milliseconds since the start of the trace, from 0. By default 0. */
  readonly from?: number;

  /** The last instant that is told, in milliseconds since the start of the trace, not before `from`. By default the end. */
  readonly to?: number;

  /** The numbers of the goroutines that are told of. By default all of those who did something, or as many as fit. */
  readonly goroutines?: readonly number[];

  /** The greatest number of lines, 20 or more. By default 200. Of a longer story the beginning and the end are told. */
  readonly rows?: number;

  /** Whether states have colours, by the control sequences of ANSI, besides their letters. By default not. */
  readonly colour?: boolean;
}

/**
 * Shows a trace in a terminal, as lines without an end of line after the last: who ran and who waited, who sent what to whom,
 * what was printed, and at last who still waits, and for what.
 *
 * A column is a goroutine, and its letter what it does; an arrow leads from who did something to those whom it made go on. Events
 * without a story of their own, such as a wait that was over at once, are left out.
 *
 * Errors: throws `RangeError` or `TypeError` for an option out of its range, and for a goroutine that the trace does not know.
 *
 * @example
 * const recording = record({ values: true });
 * const jobs = new Channel<string>(1, { name: "jobs" });
 * go(() => jobs.send("sweep"));
 * await jobs.receive();
 * console.log(terminalView(recording.stop(), { width: 72 }));
 */
export function terminalView(trace: Trace, options: TerminalOptions = {}): string {
  const { width, from, to, goroutines, rows: most, colour } = checked(trace, options);
  const names = new Names(trace);
  const all = lanes(trace).goroutines.filter(({ id }) => id !== 0 && (goroutines?.includes(id ?? -1) ?? true));
  const seen = all.filter((lane) => lives(trace, lane, from, to));
  const clock = new Clock(trace, to);
  const gutter = clock.width;
  const grid = new Grid(packed(seen, width - gutter), colour);
  const shown = new Set(grid.lanes.map(({ id }) => id));

  const head = header(trace, names, grid, { width, gutter, most, left: seen.length - grid.lanes.length });
  const foot = footer(trace, names, { width, to, most: Math.floor(most / 4), shown });
  const rows = new Story(trace, names, shown).rows.filter(({ first }) => isWithin(trace.events[first], from, to));
  const body = printed(trace, rows, grid, { width, gutter, clock, most: most - head.length - foot.length });
  return [...head, ...body, ...foot].map((line) => line.trimEnd()).join("\n");
}

function checked(
  trace: Trace,
  options: TerminalOptions,
): Required<Omit<TerminalOptions, "goroutines">> & TerminalOptions {
  const check = new Check("terminalView");
  const width = check.count("width", 40, options.width ?? 80);
  const rows = check.count("rows", 20, options.rows ?? 200);
  const from = check.atLeast("from", 0, options.from ?? 0);
  const to = check.atLeast("to", from, options.to ?? Infinity);
  const { goroutines, colour = false } = options;
  if (goroutines === undefined) return { width, rows, from, to, colour };
  if (!Array.isArray(goroutines) || goroutines.length === 0) {
    throw new TypeError(`terminalView: goroutines must be an array of one number or more, got ${asText(goroutines)}`);
  }
  const known = new Set<unknown>(trace.goroutines.map(({ id }) => id));
  const unknown: unknown = (goroutines as readonly unknown[]).find((id) => !known.has(id));
  if (unknown === undefined) return { width, rows, from, to, colour, goroutines };
  throw new RangeError(`terminalView: goroutines must be numbers of goroutines in the trace, got ${asText(unknown)}`);
}

function isWithin(event: TraceEvent | undefined, from: number, to: number): boolean {
  return event !== undefined && event.at >= from && event.at <= to;
}

/** Whether the goroutine was there for some of the time. */
function lives({ events, end }: Trace, { born, ended }: Lane, from: number, to: number): boolean {
  return (events[ended]?.at ?? end) >= from && (events[born]?.at ?? 0) <= to;
}

/** The lanes of each column. Where there are too many, those who come share the columns of those who have gone. */
function packed(all: readonly Lane[], width: number): Lane[][] {
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

/** Writes instants as they stand before a line, all with as many digits. */
class Clock {
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

// ---- Words

const most = 16;

/** How the goroutines, channels and pools of a trace are called in text. */
class Names {
  readonly #goroutines = new Map<Who, string>();
  readonly #channels = new Map<number, string>();
  readonly #capacities = new Map<number, number>();
  readonly #pools = new Map<number, string>();

  constructor({ goroutines, channels, pools }: Trace) {
    for (const { id, name } of goroutines) this.#goroutines.set(id, short(name, most));
    for (const { id, capacity } of channels) this.#capacities.set(id, capacity);
    distinguish(this.#channels, channels, "channel");
    distinguish(this.#pools, pools, "pool");
  }

  /** The name alone; "" without one. */
  nameOf(who: Who): string {
    return this.#goroutines.get(who) ?? "";
  }

  who(who: Who): string {
    if (who === 0) return "the runtime";
    if (who === null) return "somebody";
    if (who === 1) return this.nameOf(who);
    const name = this.nameOf(who) || "goroutine";
    // "line 12 3" would be a riddle.
    return /\d$/.test(name) ? `${name} #${who}` : `${name} ${who}`;
  }

  /** Several, such as "main, worker 4, 5, 6"; of many only the first. */
  list(all: readonly Who[]): string {
    const first = all.length > 8 ? all.slice(0, 6) : all;
    const words = first.map((who, i) => {
      const before = i === 0 ? undefined : first[i - 1];
      const isAlike =
        before !== undefined && (before ?? 0) > 1 && (who ?? 0) > 1 && this.nameOf(before) === this.nameOf(who);
      return isAlike ? String(who) : this.who(who);
    });
    return words.join(", ") + (first.length < all.length ? ` and ${all.length - first.length} more` : "");
  }

  channel(id: number): string {
    return this.#channels.get(id) ?? `channel ${id}`;
  }

  capacity(id: number): number {
    return this.#capacities.get(id) ?? 0;
  }

  pool(id: number): string {
    return this.#pools.get(id) ?? `pool ${id}`;
  }

  /** What a select waits for. */
  cases(cases: readonly TracedCase[]): string {
    const on = cases.filter(({ channel }) => channel !== null);
    return short(on.map((each) => this.case(each)).join(", "), 80) || "nothing";
  }

  // An index says less than what is done.
  case({ name, operation, channel }: TracedCase): string {
    return /^\d+$/.test(name) && channel !== null ? `${operation} ${this.channel(channel)}` : short(name, most);
  }
}

/** Names that nobody else has stand alone; the others get a number. */
function distinguish(
  names: Map<number, string>,
  all: readonly { readonly id: number; readonly name: string }[],
  kind: string,
): void {
  const counts = new Map<string, number>();
  for (const { name } of all) counts.set(name, (counts.get(name) ?? 0) + 1);
  for (const { id, name } of all) {
    const own = name === "" ? `${kind} ${id}` : `${short(name, most)}${counts.get(name) === 1 ? "" : ` #${id}`}`;
    names.set(id, own);
  }
}

/** What somebody waits for, as one or as many say it. */
function waits(names: Names, { operation, channel, cases }: Block, isOne: boolean): string {
  const [wait, sleep] = isOne ? ["waits", "sleeps"] : ["wait", "sleep"];
  const on = channel === undefined ? "" : names.channel(channel);
  if (operation === "sleep") return sleep;
  if (operation === "chan send" && on !== "") return `${wait} to send to ${on}`;
  if (operation === "chan receive" && on !== "") return `${wait} to receive from ${on}`;
  if (operation === "select" && cases !== undefined) return `${wait} in a select for ${names.cases(cases)}`;
  return `${wait} in ${short(operation, 32)}${on === "" ? "" : ` of ${on}`}`;
}

// ---- Rows

type Block = TraceEvent & { type: "block" };

/** One line of the story. */
interface Row {
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
  readonly waits: Map<Who, Block>;
  /** By what a row that can take in the next event is known, such as a channel. */
  readonly subject: unknown;
  readonly text: () => string;
}

type Said = Partial<Pick<Row, "others" | "subject" | "words">> & { readonly text: (row: Row) => string };

/** Puts the events into rows. */
class Story {
  readonly rows: Row[] = [];
  readonly #trace: Trace;
  readonly #names: Names;
  readonly #shown: ReadonlySet<Who>;
  /** The waits that are not over, and the texts of values that are in a buffer. */
  readonly #blocks = new Map<number, Block>();
  readonly #values = new Map<number, string>();
  /** The waits that are never over, and what else has been told of waits. */
  readonly #open: ReadonlySet<Block>;
  readonly #told = new Set<string>();
  /** Where the last of several values went. */
  readonly #where = new Map<Row, () => string>();

  constructor(trace: Trace, names: Names, shown: ReadonlySet<Who>) {
    this.#trace = trace;
    this.#names = names;
    this.#shown = shown;
    this.#open = new Set(openWaits(trace, Infinity));
    for (const [i, event] of trace.events.entries()) this.#read(i, event);
    this.rows = this.rows.filter((row) => {
      // So much has been taken back, or concerns only those who are left out.
      if (row.kind === "block") return row.waits.size > 0;
      return row.kind !== "timer" || row.others.length > 0 || row.last === row.first;
    });
  }

  #read(i: number, event: TraceEvent): void {
    const names = this.#names;
    const me = event.goroutine;
    switch (event.type) {
      case "go":
        this.#go(i, event);
        break;
      case "block":
        this.#block(i, event);
        break;
      case "unblock":
        this.#unblock(i, event);
        break;
      case "send":
        this.#send(i, event);
        break;
      case "receive":
        this.#receive(i, event);
        break;
      case "select":
        this.#select(i, event);
        break;
      case "close": {
        const closes = (row: Row): string =>
          `${names.who(me)} closes ${names.channel(event.channel)}${this.#woken(row)}`;
        // That is how a context tells of its end.
        if (!this.#joins(i, "cancel", me)) this.#add(i, "close", me, { text: closes });
        break;
      }
      case "panic":
        this.#add(i, "panic", me, { text: () => `${names.who(me)} panics: ${oneLine(event.error)}` });
        break;
      case "end":
        this.#end(i, me);
        break;
      case "timer":
        this.#add(i, "timer", 0, { text: (row) => `${short(event.purpose, 24)} goes off${this.#woken(row)}` });
        break;
      case "cancel":
        this.#cancel(i, event);
        break;
      case "log":
        this.#add(i, "log", me, { text: () => `${names.who(me)} prints: ${oneLine(event.text)}` });
        break;
      default:
        this.#job(i, event);
    }
  }

  #add(i: number, kind: Row["kind"], actor: Who, { others = [], words = [], subject = null, text }: Said): void {
    if (!this.#concerns(actor, others)) return;
    const row: Row = {
      kind,
      first: i,
      last: i,
      actors: [actor],
      others,
      words,
      // A hundred thousand maps for nothing are half of the time.
      waits: kind === "block" ? new Map<Who, Block>() : noWaits,
      subject,
      text: () => text(row),
    };
    this.rows.push(row);
  }

  /** Whether there is a column for one of them; what the runtime does by itself is told always. */
  #concerns(actor: Who, others: readonly Who[]): boolean {
    return actor === 0 || this.#shown.has(actor) || others.some((other) => this.#shown.has(other));
  }

  /** The row before, if it is of that kind and by that goroutine and, for what is told as one, of nearly the same instant. */
  #last(i: number, kind: Row["kind"], actor?: Who, isOneInstant = false): Row | undefined {
    const row = this.rows.at(-1);
    if (row?.kind !== kind || (actor !== undefined && row.actors.at(-1) !== actor)) return undefined;
    const { clock, events } = this.#trace;
    const gap = (events[i]?.at ?? 0) - (events[row.last]?.at ?? 0);
    return isOneInstant && gap > (clock === "virtual" ? 0 : 1) ? undefined : row;
  }

  /** Adds the event to the row before, if it stands right behind that. */
  #joins(i: number, kind: Row["kind"], actor: Who): boolean {
    const row = this.#last(i, kind, actor);
    if (row?.last !== i - 1) return false;
    row.last = i;
    return true;
  }

  #go(i: number, { goroutine: me, child }: TraceEvent & { type: "go" }): void {
    const row = this.#last(i, "go", me, true);
    if (row !== undefined) {
      row.others.push(child);
      row.last = i;
    } else {
      const text = ({ others }: Row): string => `${this.#names.who(me)} starts ${this.#names.list(others)}`;
      this.#add(i, "go", me, { others: [child], text });
    }
  }

  #end(i: number, me: Who): void {
    const row = this.#last(i, "end", undefined, true);
    if (row !== undefined && row.others.length === 0 && this.#shown.has(me)) {
      row.actors.push(me);
      row.last = i;
      return;
    }
    const text = (row: Row): string => {
      const { actors } = row;
      return `${this.#names.list([...actors].sort(byNumber))} ${actors.length === 1 ? "ends" : "end"}${this.#woken(row)}`;
    };
    this.#add(i, "end", me, { text });
  }

  #cancel(i: number, { goroutine: me, context, cause }: TraceEvent & { type: "cancel" }): void {
    const name = short(context.replace(/^context\./, ""), 32);
    const said = me === 0 || me === null ? `${name} ends` : `${this.#names.who(me)} cancels ${name}`;
    this.#add(i, "cancel", me, { text: (row) => `${said}: ${oneLine(cause)}${this.#woken(row)}` });
  }

  // A wait is told of once, and again if it is the last: the letters tell of the others.
  #block(i: number, event: Block): void {
    const { goroutine: me, wait } = event;
    this.#blocks.set(wait, event);
    if (!this.#shown.has(me)) return;
    const subject = waits(this.#names, event, true);
    const said = `${me} ${subject}`;
    if (this.#told.has(said) && !this.#open.has(event)) return;
    this.#told.add(said);
    if (this.#last(i, "block", undefined, true)?.subject !== subject) {
      const text = ({ waits }: Row): string => grouped(this.#names, waits.values())[0]?.said ?? "";
      this.#add(i, "block", me, { subject, text });
    }
    const row = this.rows.at(-1) as Row;
    row.waits.set(me, event);
    row.last = i;
  }

  #unblock(i: number, { goroutine: me, wait, by }: TraceEvent & { type: "unblock" }): void {
    const block = this.#blocks.get(wait);
    this.#blocks.delete(wait);
    const row = this.rows.at(-1);
    // A wait that was over before anything else happened is no news.
    if (row?.waits.get(me)?.wait === wait) {
      row.waits.delete(me);
      if (block !== undefined) this.#told.delete(`${me} ${waits(this.#names, block, true)}`);
      return;
    }
    if (row !== undefined && this.#explains(row, me, by)) {
      row.last = i;
      if (wakers.has(row.kind) && this.#shown.has(me) && !row.others.includes(me)) row.others.push(me);
      return;
    }
    const operation = block === undefined ? "" : ` (${short(block.operation, 32)})`;
    const isAlone = by === me || by === null || by === 0;
    const text = ({ others }: Row): string =>
      isAlone
        ? `${this.#names.who(me)} goes on${operation}`
        : `${this.#names.who(by)} wakes ${this.#names.list(others)}${operation}`;
    this.#add(i, "wake", isAlone ? me : by, { others: isAlone ? [] : [me], text });
  }

  /** Whether the row says why `me` goes on: it got a value, or got rid of one, or has been woken by who did that. */
  #explains({ kind, actors, others }: Row, me: Who, by: Who): boolean {
    if (moves.has(kind) && (actors.includes(me) || others.includes(me))) return true;
    return wakers.has(kind) && by !== me && by !== null && actors.at(-1) === by;
  }

  #woken({ others, words }: Row): string {
    const how = words.length > 0 && words.every((word) => word === words[0]) ? ` (case ${words[0] as string})` : "";
    return others.length === 0 ? "" : `, which wakes ${this.#names.list(others)}${how}`;
  }

  #send(i: number, event: TraceEvent & { type: "send" }): void {
    const { goroutine: me, channel, value, length, to } = event;
    const names = this.#names;
    // The value of a timer is its time, and nobody's news.
    if (me === 0 && this.#joins(i, "timer", 0)) {
      if (to !== undefined && this.#shown.has(to)) this.rows.at(-1)?.others.push(to);
      return;
    }
    // What is sent on a channel of void is a sign, and no value.
    const what = event.text === undefined || event.text === "undefined" ? "" : ` ${short(event.text, 26)}`;
    if (to === undefined) {
      this.#values.set(value, what);
      this.#buffered(
        i,
        "fill",
        event,
        what,
        () => `into ${names.channel(channel)} (${length} of ${names.capacity(channel)})`,
      );
      return;
    }
    const text = (): string => `${names.who(me)} sends${what} to ${names.who(to)} on ${names.channel(channel)}`;
    this.#add(i, "send", me, { others: [to], text });
  }

  #receive(i: number, event: TraceEvent & { type: "receive" }): void {
    const { channel, value, length, from } = event;
    const row = this.rows.at(-1);
    // The send right before has told it.
    if (from !== undefined) {
      if (row?.last === i - 1) row.last = i;
      return;
    }
    const what = this.#values.get(value) ?? "";
    this.#values.delete(value);
    this.#buffered(i, "drain", event, what, () => `out of ${this.#names.channel(channel)} (${length} left)`);
  }

  /** Tells of one value more into a buffer, or out of it. */
  #buffered(
    i: number,
    kind: "fill" | "drain",
    { goroutine: me, channel }: TraceEvent & { type: "send" | "receive" },
    what: string,
    where: () => string,
  ): void {
    const row = this.#last(i, kind, me, true);
    if (row?.subject === channel && row.last === i - 1) {
      row.words.push(what);
      row.last = i;
      this.#where.set(row, where);
      return;
    }
    const text = (row: Row): string =>
      `${this.#names.who(me)} ${kind === "fill" ? "sends" : "takes"}${several(row.words)} ${(this.#where.get(row) ?? where)()}`;
    this.#add(i, kind, me, { subject: channel, words: [what], text });
  }

  /** What is chosen is a word more in the row of the value that comes by it, or of whoever wakes the select. */
  #select(i: number, { goroutine: me, cases, chosen }: TraceEvent & { type: "select" }): void {
    const row = this.rows.at(-1);
    if (chosen === "default") {
      this.#default(i, me);
      return;
    }
    const isTold = row?.last === i - 1 && moves.has(row.kind) && (row.actors.includes(me) || row.others.includes(me));
    if (isTold) {
      row.last = i;
      return;
    }
    const next = this.#trace.events[i + 1];
    const comesBy =
      next?.type === "send" ? [next.goroutine, next.to] : next?.type === "receive" ? [next.goroutine] : [];
    if (comesBy.includes(me)) return;
    const found = cases.find(({ name }) => name === chosen);
    const word = found === undefined ? short(chosen, most) : this.#names.case(found);
    // From an open channel a value would have come.
    const closed = found?.operation === "receive" ? ", which is closed" : "";
    const isWoken = next?.type === "unblock" && next.goroutine === me;
    if (isWoken && row !== undefined && wakers.has(row.kind) && this.#explains(row, me, next.by)) {
      if (this.#shown.has(me)) row.words.push(word);
    } else {
      this.#add(i, "select", me, { text: () => `${this.#names.who(me)} chooses ${word}${closed}` });
    }
  }

  #default(i: number, me: Who): void {
    const row = this.#last(i, "default", me, true);
    if (row !== undefined) {
      row.words.push("");
      row.last = i;
      return;
    }
    const text = ({ words: { length } }: Row): string =>
      `${this.#names.who(me)} finds nothing ready: default${length === 1 ? "" : `, ${length} times`}`;
    this.#add(i, "default", me, { words: [""], text });
  }

  #job(i: number, event: TraceEvent & { type: "accept" | "start" | "finish" }): void {
    const { type, goroutine: me, pool, job } = event;
    const who = this.#names.who(me);
    const of = `job ${job} of ${this.#names.pool(pool)}`;
    const subject = `${pool}/${job}`;
    if (type === "accept") {
      this.#add(i, type, me, { subject, text: () => `${of} is accepted from ${who}` });
    } else if (type === "start") {
      // Who takes a job and does it at once has one thing to tell.
      const row = this.#last(i, "accept", me, true);
      if (row?.subject === subject && row.last === i - 1) this.rows.pop();
      this.#add(i, type, me, { text: () => `${who} begins ${of} (worker ${event.worker})` });
    } else {
      const how = { done: "is done", failed: "has failed", cancelled: "is cancelled" }[event.status];
      const by = event.worker === null ? "" : ` (worker ${event.worker})`;
      this.#add(i, type, me, { text: () => `${of} ${how}${by}` });
    }
  }
}

const noWaits: Map<Who, Block> = new Map();
const moves: ReadonlySet<Row["kind"]> = new Set<Row["kind"]>(["send", "fill", "drain", "timer"]);
const wakers: ReadonlySet<Row["kind"]> = new Set<Row["kind"]>(["close", "cancel", "end", "timer", "wake"]);

/** Values on their way, of many only the first and the last. */
function several(values: readonly string[]): string {
  const [first = "", last = ""] = [values[0], values.at(-1)];
  if (values.length === 1) return first || " a value";
  if (first === "" || last === "") return ` ${values.length} values`;
  return `${first}${values.length === 2 ? "," : " …"}${last}`;
}

interface Waiting {
  readonly block: Block;
  readonly all: Who[];
  readonly said: string;
}

function byNumber(a: Who, b: Who): number {
  return (a ?? Infinity) - (b ?? Infinity);
}

/** Names together those who wait for the same. */
function grouped(names: Names, blocks: Iterable<Block>): Waiting[] {
  const groups = new Map<string, Omit<Waiting, "said">>();
  for (const block of blocks) {
    const key = waits(names, block, true);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, { block, all: [block.goroutine] });
    else group.all.push(block.goroutine);
  }
  return [...groups.values()].map(({ block, all }) => {
    all.sort(byNumber);
    return { block, all, said: `${names.list(all)} ${waits(names, block, all.length === 1)}` };
  });
}

function oneLine(text: string): string {
  return short(text.slice(0, 1000).replaceAll(/\s+/g, " ").trim(), 200);
}

// ---- Columns

const letters: Readonly<Record<State, string>> = {
  running: "┃",
  send: "s",
  receive: "r",
  select: "?",
  sleep: "z",
  lock: "L",
  wait: "w",
};

const meanings: Readonly<Record<State, string>> = {
  running: "runs",
  send: "waits to send",
  receive: "waits to receive",
  select: "waits in a select",
  sleep: "sleeps",
  lock: "waits for a lock",
  wait: "waits otherwise",
};

// The sixteen colours, which follow the scheme of the terminal.
const inks: Readonly<Record<State, number>> = {
  running: 32,
  send: 35,
  receive: 34,
  select: 36,
  sleep: 90,
  lock: 33,
  wait: 90,
};

interface Cell {
  readonly glyph: string;
  readonly ink: number;
}

const nobody: Cell = { glyph: " ", ink: 0 };

/** The columns of the goroutines. It is asked for rows in their order. */
class Grid {
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
      cells[place] = { glyph: row.kind === "go" ? String(who) : from > place ? "◄" : "►", ink: 1 };
    }
    if (row.kind !== "block") {
      for (const who of row.actors)
        cells[this.#place(who)] = { glyph: sign(row.kind), ink: row.kind === "panic" ? 31 : 1 };
    }
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

function sign(kind: Row["kind"]): string {
  return kind === "end" ? "■" : kind === "panic" ? "!" : "●";
}

// ---- Lines

interface Room {
  readonly width: number;
  readonly gutter: number;
}

function header(
  trace: Trace,
  names: Names,
  grid: Grid,
  { width, gutter, most, left }: Room & { readonly most: number; readonly left: number },
): string[] {
  const { clock: kind, end, ending, dropped, events } = trace;
  const ends = { running: "still running", returned: "main returned", panicked: "panicked", blocked: "DEADLOCK" }[
    ending
  ];
  const time =
    kind === "real" ? duration(end) : end === 0 ? "one instant of virtual time" : `${duration(end)} of virtual time`;
  const lost = dropped === 0 ? "" : `; ${plural(dropped, "more event")} not recorded`;
  const summary = `${ends} after ${plural(events.length, "event")} in ${time}${lost}`;
  const out = left === 0 ? [] : [`${plural(left, "more goroutine")} left out: choose by \`goroutines\``];
  const shared = grid.isShared ? ["a new number in a column: that goroutine from there on"] : [];
  const seen = new Set(grid.lanes.flatMap(({ spans }) => spans.map(({ state }) => state)));
  const states = (Object.keys(letters) as State[]).filter((state) => seen.has(state));
  const keys = [
    ...states.map((state) => `${letters[state]} ${meanings[state]}`),
    "●─► acts, and on whom",
    "■ ends",
    ...shared,
  ];
  // Of few lines most are for the story.
  const few = most < 60 ? 2 : 3;
  return [
    ...wrapped([summary, ...out], "; ", width, few),
    ...wrapped(people(names, grid.lanes), "   ", width, few),
    ...wrapped(keys, "   ", width, 2 * few),
    "",
    " ".repeat(gutter) + grid.head,
  ];
}

/** Who stands in which column; those next to each other with the same name are named together. */
function people(names: Names, shown: readonly Lane[]): string[] {
  const groups: { readonly ids: string[]; readonly name: string }[] = [];
  for (const { id } of shown) {
    const name = id === null ? "(not known)" : names.nameOf(id);
    const last = groups.at(-1);
    if (last?.name === name) last.ids.push(String(id));
    else groups.push({ ids: [String(id ?? "?")], name });
  }
  return groups.map(({ ids, name }) => {
    const all = ids.length > 2 ? `${ids[0] as string}–${ids.at(-1) as string}` : ids.join(" ");
    return `${all}: ${name || "(no name)"}`;
  });
}

interface Printed extends Room {
  readonly clock: Clock;
  readonly most: number;
}

function printed(trace: Trace, rows: readonly Row[], grid: Grid, room: Printed): string[] {
  const { events } = trace;
  const isAll = rows.length <= room.most;
  // The end of a story says why it ended: two thirds are for the beginning, one for the end.
  const tail = isAll ? 0 : Math.floor((room.most - 1) / 3);
  const head = isAll ? rows.length : room.most - 1 - tail;
  const lines: string[] = [];
  let before = "";
  const print = (row: Row): void => {
    const now = room.clock.label(events[row.first]?.at ?? 0);
    const time = grid.paint((now === before ? "" : now).padStart(room.gutter - 1), 90);
    const columns = grid.line(row);
    const rest = room.width - room.gutter - grid.width - 1;
    const text = fit(row.text(), rest);
    lines.push(`${time} ${columns} ${grid.paint(text, row.kind === "block" ? 90 : row.kind === "panic" ? 31 : 0)}`);
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

/** Who waits at last, and why nobody ends that. */
function footer(
  trace: Trace,
  names: Names,
  {
    width,
    to,
    most,
    shown,
  }: { readonly width: number; readonly to: number; readonly most: number; readonly shown: ReadonlySet<Who> },
): string[] {
  const blocks = [...openWaits(trace, to)].filter(({ goroutine }) => shown.has(goroutine));
  if (blocks.length === 0) return [];
  const when = to < trace.end ? `Who waits at ${duration(to)}:` : ends[trace.ending];
  const facts = new Facts(trace, names, to);
  const lines = grouped(names, blocks).flatMap(({ block, said }) => {
    const why = block.channel === undefined ? [] : facts.of(block.channel, stateOf(block.operation));
    return [fit(`  ${said}`, width), ...why.map((each) => fit(`    ${each}`, width))];
  });
  const room = most - 3;
  const kept =
    lines.length > room ? [...lines.slice(0, room), `  … ${plural(lines.length - room, "more line")}`] : lines;
  return ["", fit(when, width), ...kept];
}

const ends: Readonly<Record<Trace["ending"], string>> = {
  running: "Who waits at the end of the recording:",
  returned: "The program is over, and these still wait:",
  panicked: "The program has panicked, and these still wait:",
  blocked: "Deadlock: all goroutines wait, and none can wake another:",
};

function openWaits({ events }: Trace, to: number): Iterable<Block> {
  const open = new Map<number, Block>();
  for (const event of events) {
    if (event.at > to) break;
    if (event.type === "block") open.set(event.wait, event);
    else if (event.type === "unblock") open.delete(event.wait);
  }
  return open.values();
}

/** What there is to say of a channel for which somebody waits. */
class Facts {
  readonly #names: Names;
  readonly #senders = new Map<number, Map<Who, number>>();
  readonly #receivers = new Map<number, Map<Who, number>>();
  readonly #lengths = new Map<number, number>();
  readonly #ended = new Set<Who>();

  constructor({ events }: Trace, names: Names, to: number) {
    this.#names = names;
    for (const event of events) {
      if (event.at > to) break;
      if (event.type === "end") this.#ended.add(event.goroutine);
      if (event.type !== "send" && event.type !== "receive") continue;
      const { channel, goroutine, length } = event;
      const all = event.type === "send" ? this.#senders : this.#receivers;
      let counts = all.get(channel);
      if (counts === undefined) all.set(channel, (counts = new Map<Who, number>()));
      counts.set(goroutine, (counts.get(goroutine) ?? 0) + 1);
      this.#lengths.set(channel, length);
    }
  }

  of(channel: number, state: State): string[] {
    const capacity = this.#names.capacity(channel);
    const length = this.#lengths.get(channel) ?? 0;
    const full = capacity > 0 && state === "send" ? [`its buffer is full: ${length} of ${capacity}`] : [];
    return state === "send"
      ? [...full, this.#told("received from it", this.#receivers.get(channel))]
      : ["it is open", this.#told("sent to it", this.#senders.get(channel))];
  }

  #told(what: string, counts: ReadonlyMap<Who, number> | undefined): string {
    if (counts === undefined) return `nobody has ever ${what}`;
    const all = [...counts.keys()].filter((who) => who !== 0);
    const over = all.filter((who) => this.#ended.has(who));
    const times = [...counts.values()].reduce((sum, count) => sum + count, 0);
    const gone =
      over.length === 0 ? "" : over.length < all.length ? `; ended: ${this.#names.list(over)}` : "; ended since";
    return `${plural(times, "value")} ${what}, by ${this.#names.list(all)}${gone}`;
  }
}

function plural(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? "" : "s"}`;
}

/** Parts in lines of at most `width` columns, and no more lines than `most`. */
function wrapped(parts: readonly string[], between: string, width: number, most: number): string[] {
  const lines: string[] = [];
  for (const part of parts) {
    const last = lines.at(-1);
    const longer = last === undefined ? part : `${last}${between}${part}`;
    if (last !== undefined && widthOf(longer) <= width) lines[lines.length - 1] = longer;
    else lines.push(fit(part, width));
  }
  return lines.length > most ? [...lines.slice(0, most - 1), fit(`${lines[most - 1] as string} …`, width)] : lines;
}

// ---- Width

/** What has no width of its own: marks that stand on the character before, and joiners. */
const none = /^[\p{Mn}\p{Me}\u200c\u200d]$/u;

/** What is wide by nature: Chinese, Japanese and Korean, full forms and emoji. Where terminals differ, it counts as wide. */
const wide =
  /^[\u{1100}-\u{115f}\u{2329}\u{232a}\u{2630}-\u{2637}\u{268a}-\u{268f}\u{2e80}-\u{303e}\u{3041}-\u{a4cf}\u{a960}-\u{a97f}\u{ac00}-\u{d7a3}\u{f900}-\u{faff}\u{fe10}-\u{fe1f}\u{fe30}-\u{fe6f}\u{ff01}-\u{ff60}\u{ffe0}-\u{ffe6}\u{16fe0}-\u{18dff}\u{1aff0}-\u{1b2ff}\u{1d300}-\u{1d37f}\u{1f000}-\u{1faff}\u{20000}-\u{3fffd}\p{Emoji_Presentation}]$/u;

const emojiFollows = "\ufe0f";

function columnsOf(character: string, next: string | undefined): number {
  if (character < "\u0300") return next === emojiFollows ? 2 : 1;
  if (none.test(character)) return 0;
  return wide.test(character) || next === emojiFollows ? 2 : 1;
}

function widthOf(text: string): number {
  const characters = Array.from(text);
  return characters.reduce((sum, character, i) => sum + columnsOf(character, characters[i + 1]), 0);
}

/** `text` in at most `width` columns; what was cut off is told by an ellipsis. */
function fit(text: string, width: number): string {
  const characters = Array.from(text);
  let columns = 0;
  let kept = 0;
  let fitting = 0;
  for (const [i, character] of characters.entries()) {
    columns += columnsOf(character, characters[i + 1]);
    if (columns <= width - 1) fitting = i + 1;
    if (columns > width) return `${characters.slice(0, fitting).join("")}…`;
    kept = i + 1;
  }
  return characters.slice(0, kept).join("");
}
