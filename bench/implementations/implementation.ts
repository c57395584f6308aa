// The parts of an implementation: adapters for the rows, or whole programs where an adapter would add a cost of its own.

import type { Program } from "../rows/row.ts";

/**
 * Channels. Each function calls the library directly. `Chan` is the channel object of the library, and `Received` the result of its receive,
 * which `value` unpacks without waiting.
 */
export interface ChannelAdapter<Chan = unknown, Received = unknown> {
  make(capacity: number): Chan;
  /** Waits until the value has been received, or the buffer has room for it. */
  send(ch: Chan, value: number): unknown;
  /** Waits for a value, or until the channel is closed. */
  receive(ch: Chan): PromiseLike<Received> | Received;
  /** Returns the number in the result of `receive`; `undefined` if the channel is closed and empty. */
  value(received: Received): number | undefined;
  close(ch: Chan): unknown;
}

/** Channels with operations that do not wait. */
export interface TryAdapter<Chan = unknown, Received = unknown> extends ChannelAdapter<Chan, Received> {
  /** Sends without waiting, or returns `false`. */
  trySend(ch: Chan, value: number): boolean;
  /** Receives without waiting, or returns `undefined`. */
  tryReceive(ch: Chan): number | undefined;
}

/** Channels that support `for await`. */
export interface RangeAdapter<Chan = unknown, Received = unknown> extends ChannelAdapter<Chan, Received> {
  /** Returns an iterable of the values until the channel is closed. */
  range(ch: Chan): AsyncIterable<number>;
}

/** A wait for the first of several receives; the others do not happen. */
export interface SelectAdapter<Chan = unknown, Selector = unknown, Selected = unknown> {
  readonly channels: ChannelAdapter<Chan>;
  /** Returns an object that a loop creates once and reuses in each step. */
  prepare(channels: readonly Chan[]): Selector;
  /** Waits until one of the channels has a value or is closed. */
  select(selector: Selector): PromiseLike<Selected> | Selected;
  /** Returns the received number; `undefined` if the channel is closed. */
  value(selected: Selected, selector: Selector): number | undefined;
}

/** A group of goroutines to wait for. */
export interface WaitGroupAdapter<Group = unknown> {
  make(): Group;
  /** Starts `f` as a goroutine of the group. */
  go(wg: Group, f: () => Promise<void>): void;
  wait(wg: Group): unknown;
}

/** Maps a list of items with at most `workers` calls at once; the results are in the order of the items. */
export interface PoolAdapter {
  map(items: readonly number[], f: (item: number) => Promise<number>, workers: number): PromiseLike<readonly number[]>;
}

/** A lock with several units; a mutex has one. */
export interface LockAdapter<Lock = unknown, Held = unknown> {
  make(units: number): Lock;
  /** Waits for a unit, and resolves to the argument of `release`. */
  acquire(lock: Lock): PromiseLike<Held> | Held;
  release(lock: Lock, held: Held): void;
}

/** Runs functions of any kind, a number of them at once. */
export interface LimitAdapter {
  make(concurrency: number): (task: () => Promise<number>) => Promise<number>;
}

/** The adapters by name; `needs` of a row is one of these names. */
export interface Adapters {
  readonly channels: ChannelAdapter;
  readonly tries: TryAdapter;
  readonly ranges: RangeAdapter;
  readonly select: SelectAdapter;
  readonly waitGroup: WaitGroupAdapter;
  readonly pool: PoolAdapter;
  readonly mutex: LockAdapter;
  readonly semaphore: LockAdapter;
  readonly limit: LimitAdapter;
  /** The specifier of the package for `import`. */
  readonly module: string;
  /** The import of a program that uses only channels: `{ Channel } from "goro"`. */
  readonly channelImport: string;
}

/** A library, or code by hand, that implements some of the rows. */
export interface Implementation {
  /** The name in the table, on the command line and of the file. */
  readonly name: string;
  /** The package in the registry, whose version the report prints; `null` for code by hand. */
  readonly package: string | null;
  readonly adapters: Partial<Adapters>;
  /** Programs by the id of the row, which take precedence over the adapters. */
  readonly programs?: Readonly<Record<string, Program>>;
  /** The reasons for excluded rows that the adapters would allow, by the id of the row. */
  readonly cannot?: Readonly<Record<string, string>>;
}
