// What a library offers to the rows: adapters, in which rows are written, or whole programs where an adapter would add cost of its own.

import type { Program } from "../rows/row.ts";

/**
 * Channels. Each call is the library's own, with nothing between: a channel is whatever object the library has, and so is what a receive
 * resolves to, which `value` unpacks without waiting.
 */
export interface ChannelAdapter<Chan = unknown, Received = unknown> {
  make(capacity: number): Chan;
  /** Waits until the value was taken, or the buffer has room for it. */
  send(ch: Chan, value: number): unknown;
  /** Waits for a value, or for the end of the channel. */
  receive(ch: Chan): PromiseLike<Received> | Received;
  /** The number in what `receive` answered; `undefined` once the channel is closed and empty. */
  value(received: Received): number | undefined;
  close(ch: Chan): unknown;
}

/** Channels that are tried before they are awaited. */
export interface TryAdapter<Chan = unknown, Received = unknown> extends ChannelAdapter<Chan, Received> {
  /** Sends without waiting, or answers `false`. */
  trySend(ch: Chan, value: number): boolean;
  /** Receives without waiting, or answers `undefined`. */
  tryReceive(ch: Chan): number | undefined;
}

/** Channels for `for await`. */
export interface RangeAdapter<Chan = unknown, Received = unknown> extends ChannelAdapter<Chan, Received> {
  /** The values until the channel is closed. */
  range(ch: Chan): AsyncIterable<number>;
}

/** A wait for the first of several receives, of which the others do not happen. */
export interface SelectAdapter<Chan = unknown, Selector = unknown, Selected = unknown> {
  readonly channels: ChannelAdapter<Chan>;
  /** What a loop may make once and use again and again. */
  prepare(channels: readonly Chan[]): Selector;
  /** Waits until one of the channels has a value, or is closed. */
  select(selector: Selector): PromiseLike<Selected> | Selected;
  /** The number that was received; `undefined` if the channel was closed. */
  value(selected: Selected, selector: Selector): number | undefined;
}

/** A counter of goroutines to wait for. */
export interface WaitGroupAdapter<Group = unknown> {
  make(): Group;
  /** Calls `f` as a goroutine that the group waits for. */
  go(wg: Group, f: () => Promise<void>): void;
  wait(wg: Group): unknown;
}

/** Work over a list of items, never more than `workers` at once; the results, in the order of the items. */
export interface PoolAdapter {
  map(items: readonly number[], f: (item: number) => Promise<number>, workers: number): PromiseLike<readonly number[]>;
}

/** What up to `units` may hold at once; a mutex is one of one unit. */
export interface LockAdapter<Lock = unknown, Held = unknown> {
  make(units: number): Lock;
  /** Waits for a unit; answers what `release` takes. */
  acquire(lock: Lock): PromiseLike<Held> | Held;
  release(lock: Lock, held: Held): void;
}

/** The adapters by name: `needs` of a row is one of these. */
export interface Adapters {
  readonly channels: ChannelAdapter;
  readonly tries: TryAdapter;
  readonly ranges: RangeAdapter;
  readonly select: SelectAdapter;
  readonly waitGroup: WaitGroupAdapter;
  readonly pool: PoolAdapter;
  readonly mutex: LockAdapter;
  readonly semaphore: LockAdapter;
  /** What `import` calls the package. */
  readonly module: string;
  /** What somebody who only wants channels exports, or imports: `{ Channel } from "goro"`. */
  readonly channelImport: string;
}

/** A library, or code by hand, that does some of the rows. */
export interface Implementation {
  /** What the table and the command line call it; also the name of its file. */
  readonly name: string;
  /** The package in the registry, whose version the report prints; `null` for code by hand. */
  readonly package: string | null;
  readonly adapters: Partial<Adapters>;
  /** Programs by the id of the row. They come before the adapters. */
  readonly programs?: Readonly<Record<string, Program>>;
  /** Why it cannot do a row that its adapters would allow, by the id of the row. */
  readonly cannot?: Readonly<Record<string, string>>;
}
