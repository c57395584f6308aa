// The rows of a text view: a row for each action of a goroutine. Events that belong together share a row, such as a send, its receive and
// the wait that they end; consecutive actions of the same kind share one too, such as 100 sends into a buffer.

import type { EventOf, GoroutineRef, Trace, TraceEvent } from "../format.ts";
import { truncate } from "../preview.ts";
import { compareIds } from "../tracks.ts";
import type { Labels } from "./labels.ts";

type Block = EventOf<"block">;

/** One line of the view. */
export interface Row {
  readonly kind: TraceEvent["type"] | "fill" | "drain" | "default" | "wake";
  /** The indexes of its first and last event. */
  readonly first: number;
  last: number;
  /** The goroutines that act; several if several ended. */
  readonly actors: GoroutineRef[];
  /** The goroutines on which they act. */
  readonly targets: GoroutineRef[];
  /** The values that moved, or the cases that were chosen. */
  readonly items: string[];
  /** The waits that began, by goroutine. */
  readonly waits: Map<GoroutineRef, Block>;
  /** Distinguishes rows of the same kind, such as the channel of a fill. */
  readonly subject: unknown;
  /** Builds the sentence, when the row is printed: later events may extend the row. */
  text: (row: Row) => string;
}

const moveKinds = new Set<Row["kind"]>(["send", "fill", "drain", "timer"]);
const wakeKinds = new Set<Row["kind"]>(["close", "cancel", "end", "timer", "wake"]);
const noWaits: Row["waits"] = new Map();

/** Builds the rows of a trace in which a goroutine of `visible` takes part. */
export function buildRows(trace: Trace, labels: Labels, visible: ReadonlySet<GoroutineRef>): Row[] {
  const builder = new RowBuilder(trace, labels, visible);
  for (const [i, event] of trace.events.entries()) builder.add(i, event);
  // A row of waits that all ended at once, and a timer whose effects all concern goroutines that are not visible, show nothing.
  return builder.rows.filter(({ kind, waits, targets, first, last }) =>
    kind === "block" ? waits.size > 0 : kind !== "timer" || targets.length > 0 || last === first,
  );
}

/** The waits that have begun and not ended at the time `at`, in milliseconds. */
export function waitsAt({ events }: Trace, at: number): Block[] {
  const waits = new Map<number, Block>();
  for (const event of events) {
    if (event.at > at) break;
    if (event.type === "block") waits.set(event.wait, event);
    else if (event.type === "unblock") waits.delete(event.wait);
  }
  return [...waits.values()];
}

class RowBuilder {
  readonly rows: Row[] = [];
  readonly #trace: Trace;
  readonly #labels: Labels;
  readonly #visible: ReadonlySet<GoroutineRef>;
  /** Previews of the values in buffers, by the ids of the values. */
  readonly #buffered = new Map<number, string>();
  readonly #active = new Map<number, Block>();
  /** The waits that never end get a row each. Of the others a goroutine's first of each kind does: the columns show the rest. */
  readonly #endless: ReadonlySet<Block>;
  readonly #shownWaits = new Set<string>();

  constructor(trace: Trace, labels: Labels, visible: ReadonlySet<GoroutineRef>) {
    this.#trace = trace;
    this.#labels = labels;
    this.#visible = visible;
    this.#endless = new Set(waitsAt(trace, Infinity));
  }

  add(i: number, event: TraceEvent): void {
    const labels = this.#labels;
    const actor = event.goroutine;
    const name = (): string => labels.goroutine(actor);
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
      case "close":
        // A context closes its channel when it is canceled.
        if (this.#extend(i, "cancel", actor) !== undefined) break;
        this.#push(i, "close", actor, (row) => `${name()} closes ${labels.channel(event.channel)}${this.#woken(row)}`);
        break;
      case "panic":
        this.#push(i, "panic", actor, () => `${name()} panics: ${oneLine(event.error)}`);
        break;
      case "end":
        this.#end(i, actor);
        break;
      case "timer":
        this.#push(i, "timer", 0, (row) => `${truncate(event.purpose, 24)} fires${this.#woken(row)}`);
        break;
      case "cancel": {
        const context = truncate(event.context.replace(/^context\./, ""), 32);
        const action = actor === 0 || actor === null ? `${context} is canceled` : `${name()} cancels ${context}`;
        this.#push(i, "cancel", actor, (row) => `${action}: ${oneLine(event.cause)}${this.#woken(row)}`);
        break;
      }
      case "log":
        this.#push(i, "log", actor, () => `${name()} prints: ${oneLine(event.text)}`);
        break;
      default:
        this.#job(i, event);
    }
  }
  #go(i: number, { goroutine: actor, child }: EventOf<"go">): void {
    const row = this.#recent(i, "go", actor);
    if (row === undefined) {
      const text = ({ targets }: Row): string =>
        `${this.#labels.goroutine(actor)} starts ${this.#labels.goroutines(targets)}`;
      this.#push(i, "go", actor, text, { targets: [child] });
    } else {
      row.targets.push(child);
      row.last = i;
    }
  }

  #end(i: number, actor: GoroutineRef): void {
    const row = this.#recent(i, "end");
    if (row !== undefined && row.targets.length === 0 && this.#visible.has(actor)) {
      row.actors.push(actor);
      row.last = i;
      return;
    }
    const text = (row: Row): string =>
      `${this.#labels.goroutines(row.actors.toSorted(compareIds))} ${row.actors.length === 1 ? "ends" : "end"}${this.#woken(row)}`;
    this.#push(i, "end", actor, text);
  }

  // ---- Waits

  #block(i: number, event: Block): void {
    const { goroutine: actor, wait } = event;
    this.#active.set(wait, event);
    const subject = this.#labels.wait(event);
    const key = `${actor} ${subject}`;
    if (!this.#visible.has(actor) || (this.#shownWaits.has(key) && !this.#endless.has(event))) return;
    this.#shownWaits.add(key);
    let row = this.#recent(i, "block");
    if (row?.subject !== subject) {
      const text = ({ waits }: Row): string => this.#labels.waits(waits.values())[0]?.sentence ?? "";
      row = this.#push(i, "block", actor, text, { subject, waits: new Map() });
    }
    row?.waits.set(actor, event);
    if (row !== undefined) row.last = i;
  }

  #unblock(i: number, { goroutine, wait, by }: EventOf<"unblock">): void {
    const block = this.#active.get(wait);
    this.#active.delete(wait);
    const row = this.rows.at(-1);
    if (row?.waits.get(goroutine)?.wait === wait) {
      // The wait ended before anything else happened: it is not shown.
      row.waits.delete(goroutine);
      if (block !== undefined) this.#shownWaits.delete(`${goroutine} ${this.#labels.wait(block)}`);
    } else if (row !== undefined && explains(row, goroutine, by)) {
      row.last = i;
      const isNew = wakeKinds.has(row.kind) && this.#visible.has(goroutine) && !row.targets.includes(goroutine);
      if (isNew) row.targets.push(goroutine);
    } else {
      const reason = block === undefined ? "" : ` (${truncate(block.operation, 32)})`;
      if (by === goroutine || by === null || by === 0) {
        this.#push(i, "wake", goroutine, () => `${this.#labels.goroutine(goroutine)} resumes${reason}`);
      } else {
        const text = ({ targets }: Row): string =>
          `${this.#labels.goroutine(by)} wakes ${this.#labels.goroutines(targets)}${reason}`;
        this.#push(i, "wake", by, text, { targets: [goroutine] });
      }
    }
  }

  #woken({ targets, items }: Row): string {
    if (targets.length === 0) return "";
    const isSameCase = items.length > 0 && items.every((item) => item === items[0]);
    return `, which wakes ${this.#labels.goroutines(targets)}${isSameCase ? ` (case ${items[0] as string})` : ""}`;
  }

  // ---- Values

  #send(i: number, event: EventOf<"send">): void {
    const labels = this.#labels;
    const { goroutine: actor, channel, value, length, to, text = "" } = event;
    // A timer sends the time, which is part of the row of the timer.
    const timer = actor === 0 ? this.#extend(i, "timer", 0) : undefined;
    if (timer !== undefined) {
      if (to !== undefined && this.#visible.has(to)) timer.targets.push(to);
      return;
    }
    // The preview of undefined, which is sent as a bare signal, is empty.
    const item = text === "" || text === "undefined" ? "" : ` ${truncate(text, 26)}`;
    if (to === undefined) {
      this.#buffered.set(value, item);
      const place = `to ${labels.channel(channel)} (${length} of ${labels.capacity(channel)})`;
      this.#addItem(i, "fill", event, item, (items) => `sends${items} ${place}`);
    } else {
      const sentence = (): string =>
        `${labels.goroutine(actor)} sends${item} to ${labels.goroutine(to)} on ${labels.channel(channel)}`;
      this.#push(i, "send", actor, sentence, { targets: [to] });
    }
  }

  #receive(i: number, event: EventOf<"receive">): void {
    const { channel, value, length, from } = event;
    if (from !== undefined) {
      // The row of its send, directly before it, shows the receive.
      const row = this.rows.at(-1);
      if (row?.last === i - 1) row.last = i;
      return;
    }
    const item = this.#buffered.get(value) ?? "";
    this.#buffered.delete(value);
    const place = `from ${this.#labels.channel(channel)} (${length} left)`;
    this.#addItem(i, "drain", event, item, (items) => `receives${items} ${place}`);
  }

  /** Adds a value that was sent to a buffer or received from it, to the last row if possible. The place is that of the last value. */
  #addItem(
    i: number,
    kind: "fill" | "drain",
    { goroutine: actor, channel }: EventOf<"send" | "receive">,
    item: string,
    predicate: (items: string) => string,
  ): void {
    const text = ({ items }: Row): string => `${this.#labels.goroutine(actor)} ${predicate(joinItems(items))}`;
    const row = this.#recent(i, kind, actor);
    if (row?.subject === channel && row.last === i - 1) {
      Object.assign(row, { last: i, text });
      row.items.push(item);
    } else {
      this.#push(i, kind, actor, text, { subject: channel, items: [item] });
    }
  }

  // ---- Selects and jobs

  /** Shows the chosen case in the row of the value that moved, or of the action that woke the select, if there is one. */
  #select(i: number, { goroutine: actor, cases, chosen }: EventOf<"select">): void {
    if (chosen === "default") {
      this.#selectDefault(i, actor);
      return;
    }
    const row = this.rows.at(-1);
    if (row?.last === i - 1 && isMoveOf(row, actor)) {
      row.last = i;
      return;
    }
    const next = this.#trace.events[i + 1];
    if (next?.type === "send" && (next.goroutine === actor || next.to === actor)) return;
    if (next?.type === "receive" && next.goroutine === actor) return;
    const chosenCase = cases.find(({ name }) => name === chosen);
    const item = chosenCase === undefined ? truncate(chosen, 16) : this.#labels.case(chosenCase);
    const isWoken = next?.type === "unblock" && next.goroutine === actor;
    if (isWoken && row !== undefined && wakeKinds.has(row.kind) && explains(row, actor, next.by)) {
      if (this.#visible.has(actor)) row.items.push(item);
    } else {
      // An open channel would have delivered a value.
      const state = chosenCase?.operation === "receive" ? ", which is closed" : "";
      this.#push(i, "select", actor, () => `${this.#labels.goroutine(actor)} selects ${item}${state}`);
    }
  }

  #selectDefault(i: number, actor: GoroutineRef): void {
    const row = this.#recent(i, "default", actor);
    if (row === undefined) {
      const text = ({ items: { length } }: Row): string =>
        `${this.#labels.goroutine(actor)} selects default${length === 1 ? "" : ` ${length} times`}: no case is ready`;
      this.#push(i, "default", actor, text, { items: [""] });
    } else {
      row.items.push("");
      row.last = i;
    }
  }

  #job(i: number, event: EventOf<"accept" | "start" | "finish">): void {
    const { type, goroutine: actor, pool } = event;
    const name = this.#labels.goroutine(actor);
    const job = `job ${event.job} of ${this.#labels.pool(pool)}`;
    const subject = `${pool}/${event.job}`;
    if (type === "accept") {
      this.#push(i, type, actor, () => `${job} is accepted from ${name}`, { subject });
    } else if (type === "start") {
      // A job that starts at once needs no row for its acceptance.
      const row = this.#recent(i, "accept", actor);
      if (row?.subject === subject && row.last === i - 1) this.rows.pop();
      this.#push(i, type, actor, () => `${name} starts ${job} (worker ${event.worker})`);
    } else {
      const outcome = { done: "is done", failed: "has failed", canceled: "is canceled" }[event.status];
      const worker = event.worker === null ? "" : ` (worker ${event.worker})`;
      this.#push(i, type, actor, () => `${job} ${outcome}${worker}`);
    }
  }

  // ---- Rows

  /** Adds a row for the event `i` if a goroutine in it is visible; the rows of the runtime are always added. */
  #push(
    i: number,
    kind: Row["kind"],
    actor: GoroutineRef,
    text: Row["text"],
    { targets = [], items = [], subject = null, waits = noWaits }: Partial<Row> = {},
  ): Row | undefined {
    if (actor !== 0 && ![actor, ...targets].some((id) => this.#visible.has(id))) return undefined;
    const row: Row = { kind, first: i, last: i, actors: [actor], targets, items, subject, waits, text };
    this.rows.push(row);
    return row;
  }

  /** Returns the last row if it is of this kind and actor, and its last event nearly simultaneous with the event `i`. */
  #recent(i: number, kind: Row["kind"], actor?: GoroutineRef): Row | undefined {
    const row = this.rows.at(-1);
    if (row?.kind !== kind || (actor !== undefined && row.actors.at(-1) !== actor)) return undefined;
    const { clock, events } = this.#trace;
    const elapsed = (events[i]?.at ?? 0) - (events[row.last]?.at ?? 0);
    return elapsed <= (clock === "virtual" ? 0 : 1) ? row : undefined;
  }

  /** Extends the last row to the event `i`, if that directly follows it, and the row is of this kind and actor; returns the row. */
  #extend(i: number, kind: Row["kind"], actor: GoroutineRef): Row | undefined {
    const row = this.rows.at(-1);
    if (row?.kind !== kind || row.actors.at(-1) !== actor || row.last !== i - 1) return undefined;
    row.last = i;
    return row;
  }
}

/** Whether a value moved to or from the goroutine in this row. */
function isMoveOf({ kind, actors, targets }: Row, id: GoroutineRef): boolean {
  return moveKinds.has(kind) && (actors.includes(id) || targets.includes(id));
}

/** Whether the row shows why the goroutine resumes: a value moved to or from it, or `by` woke it. */
function explains(row: Row, id: GoroutineRef, by: GoroutineRef): boolean {
  return isMoveOf(row, id) || (wakeKinds.has(row.kind) && by !== id && by !== null && row.actors.at(-1) === by);
}

/** The values of a row: the first and the last, if they are several. */
function joinItems(items: readonly string[]): string {
  const [first = "", last = ""] = [items[0], items.at(-1)];
  if (items.length === 1) return first || " a value";
  if (first === "" || last === "") return ` ${items.length} values`;
  return `${first}${items.length === 2 ? "," : " …"}${last}`;
}

/** Text of the program in one line. */
function oneLine(text: string): string {
  return truncate(text.slice(0, 1000).replaceAll(/\s+/g, " ").trim(), 200);
}
