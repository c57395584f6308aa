// Numbers for the objects that a recording meets, and the lists that say what they were: a trace holds nothing of the
// program, and keeps nothing alive.

import type { ChannelState } from "../channel/channel-state.ts";
import type { Case } from "../channel/select.ts";
import type { GoroutineInfo } from "../runtime/hooks.ts";
import type { JobRunner } from "../pool/job-runner.ts";
import type { TracedCase, TracedChannel, TracedGoroutine, TracedPool, Who } from "./format.ts";
import { inferChannelName, inferGoroutineName } from "./name-inference.ts";

/** The number of the main goroutine, and of all code that is in none. */
export const main = 1;

interface KnownChannel extends TracedChannel {
  /** The numbers of the values in its buffer. */
  readonly buffered: number[];
}

interface KnownPool {
  readonly id: number;
  jobs: number;
}

/** The numbers of one recording. Whoever asks for that of an object that is new puts it into its list. */
export class Numbers {
  readonly goroutines: TracedGoroutine[] = [{ id: main, name: "main", parent: null }];
  readonly channels: TracedChannel[] = [];
  readonly pools: TracedPool[] = [];

  /** Whether what has no name is called after its line of the program. */
  readonly #sources: boolean;
  readonly #goroutines = new WeakMap<GoroutineInfo, number>();
  readonly #taken = new Set<number>();
  #greatest = main;
  readonly #channels = new WeakMap<object, KnownChannel>();
  readonly #foundNames = new WeakMap<object, string>();
  readonly #pools = new WeakMap<object, KnownPool>();
  readonly #jobs = new WeakMap<object, number>();

  constructor(sources: boolean) {
    this.#sources = sources;
  }

  goroutine(goroutine: GoroutineInfo): number {
    return this.#goroutines.get(goroutine) ?? this.newGoroutine(goroutine, null);
  }

  // Each bubble counts from 1: then another number is needed.
  newGoroutine(goroutine: GoroutineInfo, parent: Who): number {
    const id = this.#taken.has(goroutine.id) ? this.#greatest + 1 : goroutine.id;
    this.#goroutines.set(goroutine, id);
    this.#greatest = Math.max(this.#greatest, id);
    if (id === main) return id;
    this.#taken.add(id);
    const name = goroutine.name === "" && this.#sources ? inferGoroutineName() : goroutine.name;
    this.goroutines.push({ id, name, parent });
    return id;
  }

  /** Takes note of a channel that is being made; it is in the list only if something happens to it. */
  newChannel(core: object): void {
    if (this.#sources) this.#foundNames.set(core, inferChannelName());
  }

  channel(core: object): KnownChannel {
    let known = this.#channels.get(core);
    if (known === undefined) {
      const { name, capacity, isTimer } = core as ChannelState<unknown>;
      const channel = {
        id: this.channels.length + 1,
        name: name === "" ? (this.#foundNames.get(core) ?? "") : name,
        capacity: isTimer ? 0 : capacity,
      };
      this.channels.push(channel);
      this.#channels.set(core, (known = { ...channel, buffered: [] }));
    }
    return known;
  }

  cases(cases: readonly Case<unknown>[]): TracedCase[] {
    return cases.map(({ name, isSend: sends, state: core }) => ({
      name: String(name),
      operation: sends ? "send" : "receive",
      channel: core === null ? null : this.channel(core).id,
    }));
  }

  job(crew: JobRunner<unknown, unknown>, work: object): { readonly pool: number; readonly job: number } {
    const pool = this.#pool(crew);
    let job = this.#jobs.get(work);
    if (job === undefined) this.#jobs.set(work, (job = ++pool.jobs));
    return { pool: pool.id, job };
  }

  #pool(crew: JobRunner<unknown, unknown>): KnownPool {
    let known = this.#pools.get(crew);
    if (known === undefined) {
      this.#pools.set(crew, (known = { id: this.pools.length + 1, jobs: 0 }));
      this.pools.push({ id: known.id, name: crew.name });
    }
    return known;
  }
}
