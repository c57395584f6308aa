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
  /** The waits that began. */
  readonly waits: Set<Block>;
  /** A simultaneous action with the same key extends the row; undefined if none does. */
  key: string | undefined;
  /** Builds the sentence, when the row is printed: later events may extend the row. */
  text: (row: Row) => string;
}

/** What an event adds to the rows. */
interface Action {
  readonly kind: Row["kind"];
  readonly actor: GoroutineRef;
  readonly target?: GoroutineRef;
  readonly item?: string;
  readonly key?: string;
  readonly text: Row["text"];
}

const moveKinds = new Set<Row["kind"]>(["send", "fill", "drain", "timer"]);
const wakeKinds = new Set<Row["kind"]>(["close", "cancel", "end", "timer", "wake"]);
const noWaits: Row["waits"] = new Set();

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
    const { type: kind, goroutine: actor } = event;
    const name = (): string => labels.goroutine(actor);
    const show = (text: Row["text"], action: Partial<Action> = {}): void =>
      void this.#show(i, { kind, actor, text, ...action });
    switch (event.type) {
      case "go": {
        const text = ({ targets }: Row): string => `${name()} starts ${labels.goroutines(targets)}`;
        show(text, { target: event.child, key: `go ${actor}` });
        break;
      }
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
        // A context closes its channel when it is canceled, and the row of the cancellation shows that.
        if (!this.#extend(i, "cancel", actor)) {
          show((row) => `${name()} closes ${labels.channel(event.channel)}${this.#woken(row)}`);
        }
        break;
      case "panic":
        show(() => `${name()} panics: ${oneLine(event.error)}`);
        break;
      case "end": {
        const text = (row: Row): string => {
          const verb = row.actors.length === 1 ? "ends" : "end";
          return `${labels.goroutines(row.actors.toSorted(compareIds))} ${verb}${this.#woken(row)}`;
        };
        show(text, { key: "end" });
        break;
      }
      case "timer":
        show((row) => `${truncate(event.purpose, 24)} fires${this.#woken(row)}`, { actor: 0 });
        break;
      case "cancel": {
        const context = truncate(event.context.replace(/^context\./, ""), 32);
        const action = actor === 0 || actor === null ? `${context} is canceled` : `${name()} cancels ${context}`;
        show((row) => `${action}: ${oneLine(event.cause)}${this.#woken(row)}`);
        break;
      }
      case "log":
        show(() => `${name()} prints: ${oneLine(event.text)}`);
        break;
      case "accept":
        show(() => `${labels.job(event)} is accepted from ${name()}`, { key: `accept ${event.pool}/${event.job}` });
        break;
      case "start": {
        // A job that starts at once needs no row for its acceptance.
        const row = this.rows.at(-1);
        if (row?.key === `accept ${event.pool}/${event.job}` && this.#isSimultaneous(row, i)) this.rows.pop();
        show(() => `${name()} starts ${labels.job(event)} (worker ${event.worker})`);
        break;
      }
      case "finish": {
        const outcome = { done: "is done", failed: "has failed", canceled: "is canceled" }[event.status];
        const worker = event.worker === null ? "" : ` (worker ${event.worker})`;
        show(() => `${labels.job(event)} ${outcome}${worker}`);
      }
    }
  }

  // ---- Waits

  #block(i: number, event: Block): void {
    const { goroutine: actor, wait } = event;
    this.#active.set(wait, event);
    const reason = this.#labels.wait(event);
    const shown = `${actor} ${reason}`;
    if (!this.#visible.has(actor) || (this.#shownWaits.has(shown) && !this.#endless.has(event))) return;
    this.#shownWaits.add(shown);
    const text = ({ waits }: Row): string => this.#labels.waits(waits)[0]?.sentence ?? "";
    this.#show(i, { kind: "block", actor, text, key: `block ${reason}` })?.waits.add(event);
  }

  #unblock(i: number, { goroutine: actor, wait, by }: EventOf<"unblock">): void {
    const block = this.#active.get(wait);
    this.#active.delete(wait);
    const row = this.rows.at(-1);
    if (block !== undefined && row?.waits.delete(block)) {
      // The wait ended before anything else happened: it is not shown.
      this.#shownWaits.delete(`${actor} ${this.#labels.wait(block)}`);
    } else if (row !== undefined && explains(row, actor, by)) {
      row.last = i;
      if (!wakeKinds.has(row.kind) || !this.#visible.has(actor) || row.targets.includes(actor)) return;
      row.targets.push(actor);
      row.key = undefined;
    } else {
      const reason = block === undefined ? "" : ` (${truncate(block.operation, 32)})`;
      const isKnown = by !== actor && by !== null && by !== 0;
      const text = ({ actors, targets }: Row): string =>
        isKnown
          ? `${this.#labels.goroutines(actors)} wakes ${this.#labels.goroutines(targets)}${reason}`
          : `${this.#labels.goroutines(actors)} resumes${reason}`;
      this.#show(i, { kind: "wake", actor: isKnown ? by : actor, text, ...(isKnown && { target: actor }) });
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
    const { goroutine: actor, channel, value, length, to, text: preview = "" } = event;
    // A timer sends the time, which the row of the timer shows.
    if (actor === 0 && this.#extend(i, "timer", 0)) {
      if (to !== undefined && this.#visible.has(to)) this.rows.at(-1)?.targets.push(to);
      return;
    }
    // The preview of undefined, which is sent as a bare signal, is empty.
    const item = preview === "" || preview === "undefined" ? "" : ` ${truncate(preview, 26)}`;
    if (to === undefined) {
      this.#buffered.set(value, item);
      const place = `to ${labels.channel(channel)} (${length} of ${labels.capacity(channel)})`;
      const text = ({ items }: Row): string => `${labels.goroutine(actor)} sends${joinItems(items)} ${place}`;
      this.#show(i, { kind: "fill", actor, item, text, key: `fill ${actor} ${channel}` });
    } else {
      const text = (): string =>
        `${labels.goroutine(actor)} sends${item} to ${labels.goroutine(to)} on ${labels.channel(channel)}`;
      this.#show(i, { kind: "send", actor, target: to, text });
    }
  }

  #receive(i: number, { goroutine: actor, channel, value, length, from }: EventOf<"receive">): void {
    if (from !== undefined) {
      // The row of its send, directly before it, shows the receive.
      const row = this.rows.at(-1);
      if (row?.last === i - 1) row.last = i;
      return;
    }
    const item = this.#buffered.get(value) ?? "";
    this.#buffered.delete(value);
    const place = `from ${this.#labels.channel(channel)} (${length} left)`;
    const text = ({ items }: Row): string => `${this.#labels.goroutine(actor)} receives${joinItems(items)} ${place}`;
    this.#show(i, { kind: "drain", actor, item, text, key: `drain ${actor} ${channel}` });
  }

  // ---- Selects

  /** Shows the chosen case in the row of the value that moved, or of the action that woke the select, if there is one. */
  #select(i: number, { goroutine: actor, cases, chosen }: EventOf<"select">): void {
    const name = (): string => this.#labels.goroutine(actor);
    if (chosen === "default") {
      const text = ({ items: { length } }: Row): string =>
        `${name()} selects default${length === 1 ? "" : ` ${length} times`}: no case is ready`;
      this.#show(i, { kind: "default", actor, item: "", text, key: `default ${actor}` });
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
    const chosenCase = cases.find((one) => one.name === chosen);
    const item = chosenCase === undefined ? truncate(chosen, 16) : this.#labels.case(chosenCase);
    const isWoken = next?.type === "unblock" && next.goroutine === actor;
    if (isWoken && row !== undefined && wakeKinds.has(row.kind) && explains(row, actor, next.by)) {
      if (this.#visible.has(actor)) row.items.push(item);
    } else {
      // An open channel would have delivered a value.
      const state = chosenCase?.operation === "receive" ? ", which is closed" : "";
      this.#show(i, { kind: "select", actor, text: () => `${name()} selects ${item}${state}` });
    }
  }

  // ---- Rows

  /**
   * Extends the last row by an action with the same key, or else adds a row, if a goroutine in it is visible; actions of the runtime are
   * always visible. Returns the row.
   */
  #show(i: number, { kind, actor, target, item, key, text }: Action): Row | undefined {
    if (actor !== 0 && !this.#visible.has(actor) && (target === undefined || !this.#visible.has(target)))
      return undefined;
    let row = this.rows.at(-1);
    if (row === undefined || key === undefined || row.key !== key || !this.#isSimultaneous(row, i)) {
      // Most rows have no waits: a set for each would take half of the time.
      const waits = kind === "block" ? new Set<Block>() : noWaits;
      row = { kind, first: i, last: i, actors: [], targets: [], items: [], waits, key, text };
      this.rows.push(row);
    }
    if (!row.actors.includes(actor)) row.actors.push(actor);
    if (target !== undefined) row.targets.push(target);
    if (item !== undefined) row.items.push(item);
    return Object.assign(row, { last: i, text });
  }

  /** Whether the event `i` is, nearly, of the same instant as the last event of the row. */
  #isSimultaneous({ last }: Row, i: number): boolean {
    const { clock, events } = this.#trace;
    return (events[i]?.at ?? 0) - (events[last]?.at ?? 0) <= (clock === "virtual" ? 0 : 1);
  }

  /** Extends the last row to the event `i`, if that directly follows it, and the row is of this kind and actor. */
  #extend(i: number, kind: Row["kind"], actor: GoroutineRef): boolean {
    const row = this.rows.at(-1);
    if (row?.kind !== kind || row.actors.at(-1) !== actor || row.last !== i - 1) return false;
    row.last = i;
    return true;
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
