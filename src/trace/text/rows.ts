// The rows of a text view: a row for each action of a goroutine. Events that belong to the action of the last row extend it, such as the
// receive of its send and the end of a wait; so do actions with the same key at the same instant, such as 100 sends into a buffer.

import type { EventOf, EventType, GoroutineRef, Trace, TraceEvent } from "../format.ts";
import { truncate } from "../formatting.ts";
import { compareIds } from "../tracks.ts";
import type { Labels } from "./labels.ts";

type Block = EventOf<"block">;

/** One line of the view. */
export interface Row {
  /** The last of its actions. */
  event: TraceEvent;
  readonly first: number;
  last: number;
  readonly actors: GoroutineRef[];
  /** The goroutines on which they act. */
  readonly targets: GoroutineRef[];
  /** The values that moved, or the cases that were chosen. */
  readonly items: string[];
  readonly waits: Set<Block>;
  /** A simultaneous action with the same key extends the row; undefined if none does. */
  key: string | undefined;
}

/** What an event adds to the rows, besides itself. */
interface Action {
  readonly actor?: GoroutineRef;
  readonly target?: GoroutineRef;
  readonly item?: string;
  readonly key?: string;
}

const noWaits: Row["waits"] = new Set();
const movingTypes: ReadonlySet<EventType> = new Set(["send", "receive", "timer"]);
/** The types of events whose rows list the goroutines that they wake. */
const wakingTypes: ReadonlySet<EventType> = new Set(["close", "cancel", "end", "timer", "unblock"]);

/** How {@link buildRows} combines actions. */
export interface RowOptions {
  /**
   * Whether each wait has a row, unless it ends at once, and each action has a row of its own, even if it is like the one before.
   *
   * @defaultValue false
   */
  readonly isDetailed?: boolean;
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

// ---- Sentences

type Sentence<K extends EventType> = (event: EventOf<K>, row: Row, labels: Labels, actors: string) => string;

const sentences: { readonly [K in EventType]: Sentence<K> } = {
  go: (_, { targets }, labels, actors) => `${actors} starts ${labels.goroutines(targets)}`,
  block: (_, { waits }, labels) => labels.waits(waits)[0]?.sentence ?? "",
  unblock: (_, { targets, items }, labels, actors) =>
    (targets.length === 0 ? `${actors} resumes` : `${actors} wakes ${labels.goroutines(targets)}`) + items.join(""),
  send: ({ channel, length, to }, { items }, labels, actors) =>
    to === undefined
      ? `${actors} sends${joinValues(items)} to ${labels.channel(channel)} (${length} of ${labels.capacity(channel)})`
      : `${actors} sends${items.join("")} to ${labels.goroutine(to)} on ${labels.channel(channel)}`,
  receive: ({ channel, length }, { items }, labels, actors) =>
    `${actors} receives${joinValues(items)} from ${labels.channel(channel)} (${length} left)`,
  select({ cases, chosen }, { items }, labels, actors) {
    if (chosen === "default") {
      return `${actors} selects default${items.length === 1 ? "" : ` ${items.length} times`}: no case is ready`;
    }
    // An open channel would have delivered a value.
    const isClosed = cases.find(({ name }) => name === chosen)?.operation === "receive";
    return `${actors} selects ${chosenCase(cases, chosen, labels)}${isClosed ? ", which is closed" : ""}`;
  },
  close: ({ channel }, _, labels, actors) => `${actors} closes ${labels.channel(channel)}`,
  panic: ({ error }, _row, _labels, actors) => `${actors} panics: ${oneLine(error)}`,
  end: (_, row, _labels, actors) => `${actors} ${row.actors.length === 1 ? "ends" : "end"}`,
  timer: ({ purpose }) => `${truncate(purpose, 24)} fires`,
  cancel({ goroutine, context: name, cause }, _row, _labels, actors) {
    const context = truncate(name.replace(/^context\./, ""), 32);
    const isOfRuntime = goroutine === 0 || goroutine === null;
    return `${isOfRuntime ? `${context} is canceled` : `${actors} cancels ${context}`}: ${oneLine(cause)}`;
  },
  log: ({ text }, _row, _labels, actors) => `${actors} prints: ${oneLine(text)}`,
  accept: (event, _, labels, actors) => `${labels.job(event)} is accepted from ${actors}`,
  start: (event, _, labels) =>
    `${labels.goroutine(event.goroutine)} starts ${labels.job(event)} (worker ${event.worker})`,
  finish(event, _, labels) {
    const outcome = { done: "is done", failed: "has failed", canceled: "is canceled" }[event.status];
    return `${labels.job(event)} ${outcome}${event.worker === null ? "" : ` (worker ${event.worker})`}`;
  },
};

/** Returns the sentence of a row. */
export function describeRow(row: Row, labels: Labels): string {
  const { event, targets, items } = row;
  const sentence = sentences[event.type] as Sentence<EventType>;
  const action = sentence(event, row, labels, labels.goroutines(row.actors.toSorted(compareIds)));
  if (!wakingTypes.has(event.type) || event.type === "unblock" || targets.length === 0) return action;
  const isSameCase = items.length > 0 && items.every((item) => item === items[0]);
  return `${action}, which wakes ${labels.goroutines(targets)}${isSameCase ? ` (case ${items[0] as string})` : ""}`;
}

function chosenCase(cases: EventOf<"select">["cases"], chosen: string, labels: Labels): string {
  const chosenCase = cases.find(({ name }) => name === chosen);
  return chosenCase === undefined ? truncate(chosen, 16) : labels.case(chosenCase);
}

/** The values of a row: the first and the last, if they are several. */
function joinValues(items: readonly string[]): string {
  const [first = "", last = ""] = [items[0], items.at(-1)];
  if (items.length === 1) return first || " a value";
  if (first === "" || last === "") return ` ${items.length} values`;
  return `${first}${items.length === 2 ? "," : " …"}${last}`;
}

/** Text of the program in one line. */
function oneLine(text: string): string {
  return truncate(text.slice(0, 1000).replaceAll(/\s+/g, " ").trim(), 200);
}

// ---- Merging

/** Builds the rows of a trace in which a goroutine of `visible` takes part. */
export function buildRows(
  trace: Trace,
  labels: Labels,
  visible: ReadonlySet<GoroutineRef>,
  { isDetailed = false }: RowOptions = {},
): Row[] {
  const { clock, events } = trace;
  const rows: Row[] = [];
  /** Previews of the values in buffers, by the ids of the values. */
  const buffered = new Map<number, string>();
  const active = new Map<number, Block>();
  /** The waits that never end get a row each. Of the others, without details, a goroutine's first of each kind does: the columns show the rest. */
  const endless: ReadonlySet<Block> = new Set(waitsAt(trace, Infinity));
  const shownWaits = new Set<string>();

  function add(i: number, event: TraceEvent): void {
    const { goroutine: actor, type } = event;
    const row = rows.at(-1);
    if (type === "block") block(i, event);
    else if (type === "unblock") unblock(i, event);
    else if (type === "send") send(i, event);
    else if (type === "receive") receive(i, event);
    else if (type === "select") select(i, event);
    else if (type === "go") show(i, event, { target: event.child, key: `go ${actor}` });
    else if (type === "timer") show(i, event, { actor: 0 });
    else if (type === "end") show(i, event, { key: "end" });
    // A job that starts at once needs no row for its acceptance.
    else if (type === "accept" || type === "start") show(i, event, { key: `job ${event.pool}/${event.job}` });
    // A context closes its channel when it is canceled, and the row of the cancellation shows that.
    else if (type === "close" && row?.event.type === "cancel" && row.last === i - 1 && row.actors.at(-1) === actor)
      row.last = i;
    else show(i, event);
  }

  function send(i: number, event: EventOf<"send">): void {
    const { goroutine: actor, text = "", to, value, channel } = event;
    const row = rows.at(-1);
    // The preview of undefined, which is sent as a bare signal, is empty.
    const item = text === "" || text === "undefined" ? "" : ` ${truncate(text, 26)}`;
    // A timer sends the time, which the row of the timer shows.
    if (actor === 0 && row?.last === i - 1 && row.event.type === "timer") extend(row, i, to);
    else if (to !== undefined) show(i, event, { target: to, item });
    else {
      buffered.set(value, item);
      show(i, event, { item, key: `send ${actor} ${channel}` });
    }
  }

  function receive(i: number, event: EventOf<"receive">): void {
    const { goroutine: actor, from, value, channel } = event;
    const row = rows.at(-1);
    const item = buffered.get(value) ?? "";
    buffered.delete(value);
    if (from === undefined) show(i, event, { item, key: `receive ${actor} ${channel}` });
    // The row of its send, directly before it, shows the receive.
    else if (row?.last === i - 1) row.last = i;
  }

  function block(i: number, event: Block): void {
    const { goroutine: actor, wait } = event;
    active.set(wait, event);
    const reason = labels.waiting(event);
    const shown = `${actor} ${reason}`;
    const isRepeated = !isDetailed && shownWaits.has(shown) && !endless.has(event);
    if (!visible.has(actor) || isRepeated) return;
    shownWaits.add(shown);
    show(i, event, { key: `block ${reason}` })?.waits.add(event);
  }

  function unblock(i: number, event: EventOf<"unblock">): void {
    const { goroutine: actor, wait, by } = event;
    const block = active.get(wait);
    active.delete(wait);
    const row = rows.at(-1);
    if (block !== undefined && row?.waits.delete(block)) {
      // The wait ended before anything else happened: it is not shown.
      shownWaits.delete(`${actor} ${labels.waiting(block)}`);
    } else if (row !== undefined && (isMoveOf(row, actor) || isWakeBy(row, actor, by))) {
      // The row shows why the goroutine resumes.
      extend(row, i, wakingTypes.has(row.event.type) ? actor : undefined);
    } else {
      const item = block === undefined ? "" : ` (${truncate(block.operation, 32)})`;
      const isKnown = by !== actor && by !== null && by !== 0;
      show(i, event, isKnown ? { actor: by, target: actor, item } : { item });
    }
  }

  /** Shows the chosen case in the row of the value that moved, or of the action that woke the select, if there is one. */
  function select(i: number, event: EventOf<"select">): void {
    const { goroutine: actor, cases, chosen } = event;
    const row = rows.at(-1);
    const next = events[i + 1];
    if (chosen === "default") show(i, event, { item: "", key: `default ${actor}` });
    else if (row?.last === i - 1 && isMoveOf(row, actor)) row.last = i;
    else if (next?.type === "send" && (next.goroutine === actor || next.to === actor)) return;
    else if (next?.goroutine !== actor) show(i, event);
    else if (next.type === "unblock" && row !== undefined && isWakeBy(row, actor, next.by)) {
      if (visible.has(actor)) row.items.push(chosenCase(cases, chosen, labels));
    } else if (next.type !== "receive") show(i, event);
  }

  /** Extends a row to the event `i`, which acts on `target`. */
  function extend(row: Row, i: number, target: GoroutineRef | undefined): void {
    row.last = i;
    if (target === undefined || !visible.has(target) || row.targets.includes(target)) return;
    row.targets.push(target);
    row.key = undefined;
  }

  /**
   * Extends the last row by an action with the same key, or adds a row, if a goroutine in it is visible; actions of the runtime are always
   * visible. Returns the row.
   */
  function show(
    i: number,
    event: TraceEvent,
    { actor = event.goroutine, target, item, key }: Action = {},
  ): Row | undefined {
    const isVisible = (id: GoroutineRef | undefined): boolean => id !== undefined && visible.has(id);
    if (actor !== 0 && !isVisible(actor) && !isVisible(target)) return undefined;
    let row = rows.at(-1);
    const isSame = !isDetailed && key !== undefined && row?.key === key && isSimultaneous(row, i);
    if (row === undefined || !isSame) {
      // Most rows have no waits: a set for each would take half of the time.
      const waits = event.type === "block" ? new Set<Block>() : noWaits;
      row = { event, first: i, last: i, actors: [], targets: [], items: [], waits, key };
      rows.push(row);
    }
    if (!row.actors.includes(actor)) row.actors.push(actor);
    if (target !== undefined) row.targets.push(target);
    if (item !== undefined) row.items.push(item);
    return Object.assign(row, { last: i, event });
  }

  /** Whether the event `i` is, nearly, of the same instant as the last event of the row. */
  function isSimultaneous({ last }: Row, i: number): boolean {
    return (events[i]?.at ?? 0) - (events[last]?.at ?? 0) <= (clock === "virtual" ? 0 : 1);
  }

  for (const [i, event] of events.entries()) add(i, event);
  // A row of waits that all ended at once, and a timer whose effects all concern goroutines that are not visible, show nothing.
  return rows.filter(({ event: { type }, waits, targets, first, last }) =>
    type === "block" ? waits.size > 0 : type !== "timer" || targets.length > 0 || last === first,
  );
}

/** Whether a value moved to or from the goroutine in this row. */
function isMoveOf({ event, actors, targets }: Row, id: GoroutineRef): boolean {
  return movingTypes.has(event.type) && (actors.includes(id) || targets.includes(id));
}

/** Whether the last action of the row is one by which `by` woke the goroutine. */
function isWakeBy({ event, actors }: Row, id: GoroutineRef, by: GoroutineRef): boolean {
  return wakingTypes.has(event.type) && by !== id && by !== null && actors.at(-1) === by;
}
