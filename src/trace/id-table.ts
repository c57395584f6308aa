// The ids of the objects that a recording meets, and the lists that describe the objects. A trace refers to nothing of the program, and a
// recording keeps nothing of it alive.

import type { CaseInfo, ChannelInfo, GoroutineInfo, JobInfo, PoolInfo } from "../runtime/hooks.ts";
import { getOrInsert } from "./collections.ts";
import type { GoroutineRef, TracedCase, TracedChannel, TracedGoroutine, TracedPool } from "./format.ts";
import { inferChannelName, inferGoroutineName } from "./name-inference.ts";

/** The id of the main goroutine, and of all code that runs in no goroutine. */
export const MAIN_ID = 1;

/** Converts the cases of a select, and their channels by `toChannel`. */
export function toCases<C>(
  cases: readonly CaseInfo[],
  toChannel: (channel: ChannelInfo) => C,
): (Omit<TracedCase, "channel"> & { readonly channel: C | null })[] {
  return cases.map(({ name, isSend, state }) => ({
    name: String(name),
    operation: isSend ? "send" : "receive",
    channel: state === null ? null : toChannel(state),
  }));
}

interface KnownChannel {
  readonly id: number;
  /** The ids of the values in its buffer. */
  readonly buffered: number[];
}

/** The ids of one recording. An object gets an id, and an entry in its list, when its id is first requested. */
export class IdTable {
  readonly goroutines: TracedGoroutine[] = [{ id: MAIN_ID, name: "main", parent: null }];
  readonly channels: TracedChannel[] = [];
  readonly pools: TracedPool[] = [];

  readonly #infersNames: boolean;
  readonly #goroutineIds = new WeakMap<GoroutineInfo, number>();
  readonly #usedIds = new Set<number>();
  #greatestId = MAIN_ID;
  readonly #channels = new WeakMap<ChannelInfo, KnownChannel>();
  readonly #inferredNames = new WeakMap<ChannelInfo, string>();
  readonly #pools = new WeakMap<PoolInfo, { readonly id: number; jobs: number }>();
  readonly #jobIds = new WeakMap<JobInfo, number>();

  /** `infersNames`: channels and goroutines without a name are named after the line of the program that creates them. */
  constructor(infersNames: boolean) {
    this.#infersNames = infersNames;
  }

  goroutine(goroutine: GoroutineInfo): number {
    return this.#goroutineIds.get(goroutine) ?? this.addGoroutine(goroutine, null);
  }

  /** Adds a goroutine that `parent` starts; returns its id. Bubbles each count from 1, so its own id may be used already. */
  addGoroutine(goroutine: GoroutineInfo, parent: GoroutineRef): number {
    const id = this.#usedIds.has(goroutine.id) ? this.#greatestId + 1 : goroutine.id;
    this.#goroutineIds.set(goroutine, id);
    this.#greatestId = Math.max(this.#greatestId, id);
    if (id === MAIN_ID) return id;
    this.#usedIds.add(id);
    const name = goroutine.name === "" && this.#infersNames ? inferGoroutineName() : goroutine.name;
    this.goroutines.push({ id, name, parent });
    return id;
  }

  /** Must be called while a channel is created, so that its name can be inferred. */
  nameChannel(channel: ChannelInfo): void {
    if (this.#infersNames) this.#inferredNames.set(channel, inferChannelName());
  }

  channel(channel: ChannelInfo): KnownChannel {
    return getOrInsert(this.#channels, channel, () => {
      const id = this.channels.length + 1;
      const name = channel.name || (this.#inferredNames.get(channel) ?? "");
      this.channels.push({ id, name, capacity: channel.isTimer ? 0 : channel.capacity });
      return { id, buffered: [] };
    });
  }

  cases(cases: readonly CaseInfo[]): TracedCase[] {
    return toCases(cases, (channel) => this.channel(channel).id);
  }

  job(pool: PoolInfo, job: JobInfo): { readonly pool: number; readonly job: number } {
    const known = getOrInsert(this.#pools, pool, () => {
      const id = this.pools.length + 1;
      this.pools.push({ id, name: pool.name });
      return { id, jobs: 0 };
    });
    return { pool: known.id, job: getOrInsert(this.#jobIds, job, () => ++known.jobs) };
  }
}
