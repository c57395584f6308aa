// The names in a text view: of goroutines, channels, pools, cases and waits.

import { getOrInsert } from "../collections.ts";
import type { EventOf, GoroutineRef, Trace, TracedCase } from "../format.ts";
import { distinctNames, NameTable } from "../names.ts";
import { truncate } from "../preview.ts";
import { compareIds } from "../tracks.ts";

/** The length of a name, in characters. */
const maxName = 16;

/** The labels of one trace. */
export class Labels {
  readonly #names: NameTable;
  readonly #channels: ReadonlyMap<number, string>;
  readonly #pools: ReadonlyMap<number, string>;

  constructor(trace: Trace) {
    this.#names = new NameTable(trace);
    this.#channels = distinctNames("channel", trace.channels, maxName);
    this.#pools = distinctNames("pool", trace.pools, maxName);
  }

  /** The name of a goroutine's function, or "". */
  name(id: GoroutineRef): string {
    return truncate(this.#names.function(id), maxName);
  }

  goroutine(id: GoroutineRef): string {
    if (id === 0) return "the runtime";
    if (id === null) return "an unknown goroutine";
    if (id === 1) return this.name(id);
    const name = this.name(id) || "goroutine";
    // Without the sign, "line 12" and the id 3 would read as "line 12 3".
    return /\d$/.test(name) ? `${name} #${id}` : `${name} ${id}`;
  }

  /** Several goroutines, such as "main, worker 4, 5, 6"; the first 6 if they are more than 8. */
  goroutines(ids: readonly GoroutineRef[]): string {
    const first = ids.length > 8 ? ids.slice(0, 6) : ids;
    const labels = first.map((id, i) => {
      const previous = first[i - 1] ?? 0;
      return previous > 1 && (id ?? 0) > 1 && this.name(previous) === this.name(id) ? String(id) : this.goroutine(id);
    });
    return labels.join(", ") + (first.length < ids.length ? ` and ${ids.length - first.length} more` : "");
  }

  channel(id: number): string {
    return this.#channels.get(id) ?? `channel ${id}`;
  }

  capacity(id: number): number {
    return this.#names.capacity(id);
  }

  job({ pool, job }: EventOf<"accept" | "start" | "finish">): string {
    return `job ${job} of ${this.#pools.get(pool) ?? `pool ${pool}`}`;
  }

  /** The name of a case; its operation, if it has only an index. */
  case({ name, operation, channel }: TracedCase): string {
    return /^\d+$/.test(name) && channel !== null ? `${operation} ${this.channel(channel)}` : truncate(name, maxName);
  }

  /** What a wait is, with the verb for one goroutine or for several. */
  wait({ operation, channel, cases }: EventOf<"block">, isSingular = true): string {
    const verb = isSingular ? "waits" : "wait";
    if (operation === "sleep") return isSingular ? "sleeps" : "sleep";
    if (operation === "select" && cases !== undefined) {
      const enabled = cases.filter((one) => one.channel !== null).map((one) => this.case(one));
      return `${verb} in a select for ${truncate(enabled.join(", "), 80) || "nothing"}`;
    }
    if (channel !== undefined && operation === "chan send") return `${verb} to send to ${this.channel(channel)}`;
    if (channel !== undefined && operation === "chan receive")
      return `${verb} to receive from ${this.channel(channel)}`;
    return `${verb} in ${truncate(operation, 32)}${channel === undefined ? "" : ` of ${this.channel(channel)}`}`;
  }

  /** One sentence for all goroutines with the same wait. */
  waits(blocks: Iterable<EventOf<"block">>): { readonly block: EventOf<"block">; readonly sentence: string }[] {
    const groups = new Map<string, { readonly block: EventOf<"block">; readonly ids: GoroutineRef[] }>();
    for (const block of blocks) {
      getOrInsert(groups, this.wait(block), () => ({ block, ids: [] })).ids.push(block.goroutine);
    }
    return [...groups.values()].map(({ block, ids }) => {
      const sentence = `${this.goroutines(ids.sort(compareIds))} ${this.wait(block, ids.length === 1)}`;
      return { block, sentence };
    });
  }
}
