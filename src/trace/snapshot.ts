// What every goroutine does right now.

import { ChannelState as ChannelCore } from "../channel/channel-state.ts";
import { PendingSelect } from "../channel/select.ts";
import { numGoroutine } from "../runtime/goroutine-tracking.ts";
import { globalRegistry, bestRegistry, watchGoroutines } from "../runtime/goroutine-tracking.ts";
import { waitReasons } from "../runtime/wait-reasons.ts";
import { isMainRunning } from "../runtime/deadlock.ts";
import type { GoroutineRegistry, WaitRecord as Wait } from "../runtime/goroutine-registry.ts";
import { currentClock } from "../runtime/timer.ts";
import { duration, plural } from "./figures.ts";
import { byNumber } from "./lanes.ts";
import { short } from "./shown.ts";

/** A channel, as it is. */
export interface ChannelState {
  /** The name that it was given, or "". */
  readonly name: string;
  readonly capacity: number;
  /** How many values are in the buffer. */
  readonly length: number;
  readonly closed: boolean;
}

/** Something that a goroutine waits for. */
export interface WaitState {
  /** By Go's name, such as "chan receive". */
  readonly operation: string;
  /** For how many milliseconds until now. */
  readonly since: number;
  /** The channel of a send or receive. */
  readonly channel: ChannelState | null;
  /** The cases of a select: the channel is null where a case is off. */
  readonly cases: readonly {
    readonly name: string;
    readonly operation: "send" | "receive";
    readonly channel: ChannelState | null;
  }[];
  /** Where in the program, one frame a line; empty without GORO_DEBUG=1. */
  readonly at: readonly string[];
}

/** A goroutine, as it is. */
export interface GoroutineState {
  /** null stands for all of which the host does not tell. */
  readonly id: number | null;
  /** The name of its function, or "". */
  readonly name: string;
  /** Who started it, as far as that is known. */
  readonly parent: number | null;
  /**
   * What it waits for: nothing, if it runs or awaits a promise that is not goro's, and several things after a
   * `Promise.all`.
   */
  readonly waits: readonly WaitState[];
}

/** All goroutines at one instant. */
export interface Snapshot {
  /** The instant, in milliseconds since the epoch. */
  readonly at: number;
  /** How many goroutines live, the main one counted. */
  readonly population: number;
  /** How many operations of each kind wait, by Go's names. */
  readonly waiting: Readonly<Record<string, number>>;
  /** Whether all goroutines are told of. Else only those that began while somebody watched. */
  readonly isWhole: boolean;
  /** In the order of their numbers. */
  readonly goroutines: readonly GoroutineState[];
}

/**
 * Keeps note of who lives and who waits for what from now on, so that {@link snapshot} can tell of each; answers how to
 * stop that. Called before the first `go`, it lets the report of a deadlock tell of each goroutine too. GORO_DEBUG=1
 * does the same for the whole program, with places.
 *
 * While it lasts, what waits is kept in memory although nobody else may reach it.
 */
export function watch(): () => void {
  return watchGoroutines(numGoroutine() === 1 && !isMainRunning);
}

/**
 * What every goroutine does right now, since when, and on what channel. How many live and wait is known at any time; of
 * single goroutines is told only with GORO_DEBUG=1, or while {@link watch} keeps note.
 *
 * Mirrors `runtime.Stack` of all goroutines.
 *
 * @example
 * const stop = watch();
 * const jobs = new Channel<string>(0, { name: "jobs" });
 * go(async function worker() {
 *   await jobs.receive();
 * });
 * await gosched();
 * console.log(formatSnapshot(snapshot()));
 * await jobs.send("sweep");
 * stop();
 */
export function snapshot(): Snapshot {
  const roster = bestRegistry();
  const parked = waitReasons.filter((operation) => operation.waiting > 0);
  return {
    at: currentClock().wall(),
    population: numGoroutine(),
    waiting: Object.fromEntries(parked.map(({ name, waiting: count }) => [name, count])),
    isWhole: roster !== undefined && roster === globalRegistry,
    goroutines: roster === undefined ? [] : goroutines(roster),
  };
}

/** A snapshot as a table. */
export function formatSnapshot({ population, waiting, isWhole, goroutines: all }: Snapshot): string {
  const waits = Object.entries(waiting).map(([operation, count]) => `${count} [${operation}]`);
  const sum = `${plural(population, "goroutine")}${waits.length === 0 ? "" : `; waiting: ${waits.join(", ")}`}`;
  if (all.length === 0 && !isWhole) return `${sum}\nGORO_DEBUG=1 or watch() lets it tell of each.\n`;
  const rows = all.flatMap(rowsOf);
  const note = isWhole ? "" : "Those that began before somebody watched are not told of.\n";
  return `${sum}\n\n${columns([["goroutine", "", "does", "since", "on"], ...rows])}${note}`;
}

function goroutines(roster: GoroutineRegistry): GoroutineState[] {
  const now = currentClock().now();
  return [...roster.waitsByGoroutine]
    .map(([goroutine, waits]) => ({
      id: goroutine?.id ?? null,
      name: goroutine?.name ?? "",
      parent: (goroutine && roster.creator(goroutine)?.id) ?? null,
      waits: waits.map((wait) => stateOf(wait, now)),
    }))
    .sort((a, b) => byNumber(a.id, b.id));
}

function stateOf({ operation, target: subject, since, at }: Wait, now: number): WaitState {
  const cases = subject instanceof PendingSelect ? subject.cases : [];
  return {
    operation,
    since: Math.max(now - since, 0),
    channel: subject instanceof ChannelCore ? channelState(subject) : null,
    cases: cases.map(({ name, isSend: sends, state: core }) => ({
      name: String(name),
      operation: sends ? "send" : "receive",
      channel: core === null ? null : channelState(core),
    })),
    at,
  };
}

function channelState({ name, capacity, buffer, source, closed }: ChannelCore<unknown>): ChannelState {
  const isTimer = source !== null;
  return { name, capacity: isTimer ? 0 : capacity, length: isTimer ? 0 : buffer.length, closed };
}

function rowsOf({ id, name, waits }: GoroutineState): string[][] {
  const who = [id === null ? "?" : String(id), short(name, 24)];
  if (waits.length === 0) return [[...who, "runs, or awaits a promise that is not goro's", "", ""]];
  return waits.map((wait) => [...who, wait.operation, duration(wait.since), on(wait)]);
}

function on({ channel, cases }: WaitState): string {
  if (channel !== null) return label(channel);
  return cases.map((one) => `${short(one.name, 16)}: ${one.channel === null ? "off" : label(one.channel)}`).join(", ");
}

function label({ name, capacity, length }: ChannelState): string {
  const words = name === "" ? "a channel" : short(name, 24);
  return capacity === 0 ? words : `${words} (${length} of ${capacity})`;
}

/** Rows of cells in columns that are as wide as they need be. */
function columns(rows: readonly (readonly string[])[]): string {
  const widths = (rows[0] as readonly string[]).map((_, i) =>
    Math.max(...rows.map((row) => (row[i] as string).length)),
  );
  const line = (row: readonly string[]): string => row.map((cell, i) => cell.padEnd(widths[i] as number)).join("  ");
  return rows.map((row) => `${line(row).trimEnd()}\n`).join("");
}
