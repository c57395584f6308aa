// The ids of the objects that a recording meets, and the lists that describe the objects. A trace refers to nothing of the program, and a
// recording keeps nothing of it alive.

import type { CaseInfo, ChannelInfo, GoroutineInfo, JobInfo, PoolInfo } from "../runtime/hooks.ts";
import type { GoroutineRef, TracedCase, TracedChannel, TracedGoroutine, TracedPool } from "./format.ts";
import { inferChannelName, inferGoroutineName } from "./name-inference.ts";

/** The id of the main goroutine, and of all code that runs in no goroutine. */
export const MAIN_ID = 1;

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
    let known = this.#channels.get(channel);
    if (known === undefined) {
      known = { id: this.channels.length + 1, buffered: [] };
      this.#channels.set(channel, known);
      const name = channel.name || (this.#inferredNames.get(channel) ?? "");
      this.channels.push({ id: known.id, name, capacity: channel.isTimer ? 0 : channel.capacity });
    }
    return known;
  }

  cases(cases: readonly CaseInfo[]): TracedCase[] {
    return cases.map(({ name, isSend, state }) => ({
      name: String(name),
      operation: isSend ? "send" : "receive",
      channel: state === null ? null : this.channel(state).id,
    }));
  }

  job(pool: PoolInfo, job: JobInfo): { readonly pool: number; readonly job: number } {
    let known = this.#pools.get(pool);
    if (known === undefined) {
      known = { id: this.pools.length + 1, jobs: 0 };
      this.#pools.set(pool, known);
      this.pools.push({ id: known.id, name: pool.name });
    }
    let id = this.#jobIds.get(job);
    if (id === undefined) this.#jobIds.set(job, (id = ++known.jobs));
    return { pool: known.id, job: id };
  }
}
