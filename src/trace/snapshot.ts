// The state of all goroutines at this moment, as data and as a table.

import { isMainRunning } from "../runtime/deadlock.ts";
import { numGoroutine } from "../runtime/goroutine.ts";
import type { GoroutineRegistry, WaitRecord } from "../runtime/goroutine-registry.ts";
import { bestRegistry, globalRegistry, startActiveRegistry } from "../runtime/goroutine-tracking.ts";
import type { ChannelInfo } from "../runtime/hooks.ts";
import { currentClock } from "../runtime/timer.ts";
import { waitReasons } from "../runtime/wait-reasons.ts";
import { formatDuration, pluralize, truncate } from "./formatting.ts";
import type { TracedCase } from "./format.ts";
import { toCases } from "./id-table.ts";
import { compareIds } from "./tracks.ts";

/** The state of a channel. */
export interface ChannelState {
  /** The name given to the channel, or "". */
  readonly name: string;
  /** How many values its buffer holds. */
  readonly capacity: number;
  /** How many values are in the buffer. */
  readonly length: number;
  /** Whether it is closed. */
  readonly closed: boolean;
}

/** A wait of a goroutine. */
export interface WaitState {
  /** Go's name of the wait reason, such as "chan receive". */
  readonly operation: string;
  /** How long the goroutine has waited, in milliseconds. */
  readonly since: number;
  /** The channel of a send or a receive. */
  readonly channel: ChannelState | null;
  /** The cases of a select; the channel of a disabled case is null. */
  readonly cases: readonly (Omit<TracedCase, "channel"> & {
    /** The channel of the case; null if the case is disabled. */
    readonly channel: ChannelState | null;
  })[];
  /** The frames of the program where it waits; empty without GORO_DEBUG=1. */
  readonly at: readonly string[];
}

/** The state of a goroutine. */
export interface GoroutineState {
  /** The id that reports print; null for all goroutines that the host cannot identify. */
  readonly id: number | null;
  /** The name of its function, or "". */
  readonly name: string;
  /** The goroutine that started it; null if it is not known. */
  readonly parent: number | null;
  /**
   * Its waits: none if it is running, or awaits a promise of another library; several after a `Promise.all`.
   */
  readonly waits: readonly WaitState[];
}

/** The state of all goroutines at one instant. */
export interface Snapshot {
  /** The instant, in milliseconds since the Unix epoch. */
  readonly at: number;
  /** How many goroutines have not ended, including the main one. */
  readonly population: number;
  /** How many operations wait, by Go's names of the wait reasons. */
  readonly waiting: Readonly<Record<string, number>>;
  /** Whether `goroutines` lists all goroutines, and not only those that were started after {@link watchGoroutines} was called. */
  readonly isComplete: boolean;
  /** The goroutines, in the order of their ids. */
  readonly goroutines: readonly GoroutineState[];
}

/**
 * Starts to track goroutines and their waits, so that {@link snapshot} lists each of them; returns a function that stops that. If it is
 * called before the first `go`, the report of a deadlock lists each goroutine, too. GORO_DEBUG=1 tracks the whole program, with call sites.
 *
 * While it is active, waiting operations are kept in memory even if the program can no longer reach them.
 */
export function watchGoroutines(): () => void {
  return startActiveRegistry(numGoroutine() === 1 && !isMainRunning);
}

/**
 * Returns the state of every goroutine: what it waits for, since when, and on which channel. By default only the counts are known; single
 * goroutines are listed with GORO_DEBUG=1 or after {@link watchGoroutines}.
 *
 * @see {@link https://pkg.go.dev/runtime#Stack | runtime.Stack}
 *
 * @example
 * const stop = watchGoroutines();
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
  const registry = bestRegistry();
  const reasons = waitReasons.filter(({ waiting }) => waiting > 0);
  return {
    at: currentClock().wall(),
    population: numGoroutine(),
    waiting: Object.fromEntries(reasons.map(({ name, waiting }) => [name, waiting])),
    isComplete: registry !== undefined && registry === globalRegistry,
    goroutines: registry === undefined ? [] : goroutineStates(registry),
  };
}

/**
 * Formats a snapshot as a table, with a line feed at the end.
 *
 * @param snapshot - the snapshot to format
 */
export function formatSnapshot({ population, waiting, isComplete, goroutines }: Snapshot): string {
  const counts = Object.entries(waiting).map(([operation, count]) => `${count} [${operation}]`);
  const summary = pluralize(population, "goroutine") + (counts.length === 0 ? "" : `; waiting: ${counts.join(", ")}`);
  if (goroutines.length === 0 && !isComplete) {
    return `${summary}\nSet GORO_DEBUG=1 or call watchGoroutines() to list each goroutine.\n`;
  }
  const table = formatTable([["goroutine", "", "state", "since", "on"], ...goroutines.flatMap(toRows)]);
  return `${summary}\n\n${table}${isComplete ? "" : "Goroutines that began before watchGoroutines() was called are not listed.\n"}`;
}

function goroutineStates(registry: GoroutineRegistry): GoroutineState[] {
  const now = currentClock().now();
  return [...registry.waitsByGoroutine]
    .map(([goroutine, waits]) => ({
      id: goroutine?.id ?? null,
      name: goroutine?.name ?? "",
      parent: (goroutine && registry.creator(goroutine)?.id) ?? null,
      waits: waits.map((wait) => toWaitState(wait, now)),
    }))
    .sort((a, b) => compareIds(a.id, b.id));
}

function toWaitState({ reason, target, since, at }: WaitRecord, now: number): WaitState {
  const cases = target !== null && "cases" in target ? target.cases : [];
  return {
    operation: reason.name,
    since: Math.max(now - since, 0),
    channel: target === null || "cases" in target ? null : toChannelState(target),
    cases: toCases(cases, toChannelState),
    at,
  };
}

function toChannelState({ name, capacity, buffer, closed, isTimer }: ChannelInfo): ChannelState {
  return { name, capacity: isTimer ? 0 : capacity, length: isTimer ? 0 : buffer.length, closed };
}

function toRows({ id, name, waits }: GoroutineState): string[][] {
  const goroutine = [id === null ? "?" : String(id), truncate(name, 24)];
  if (waits.length === 0) return [[...goroutine, "running, or awaits an external promise", "", ""]];
  return waits.map(({ operation, since, channel, cases }) => {
    const labels = cases.map((one) => `${truncate(one.name, 16)}: ${channelLabel(one.channel)}`);
    const target = channel === null ? labels.join(", ") : channelLabel(channel);
    return [...goroutine, operation, formatDuration(since), target];
  });
}

function channelLabel(channel: ChannelState | null): string {
  if (channel === null) return "disabled";
  const { name, capacity, length } = channel;
  const label = name === "" ? "a channel" : truncate(name, 24);
  return capacity === 0 ? label : `${label} (${length} of ${capacity})`;
}

/** Formats rows of cells; each column is as wide as its widest cell. */
function formatTable(rows: readonly (readonly string[])[]): string {
  const widths = (rows[0] ?? []).map((_, i) => Math.max(...rows.map((row) => (row[i] as string).length)));
  const formatRow = (row: readonly string[]): string =>
    row.map((cell, i) => cell.padEnd(widths[i] as number)).join("  ");
  return rows.map((row) => `${formatRow(row).trimEnd()}\n`).join("");
}
