// The names that the views use for goroutines, channels, pools, states and waits.

import { truncate } from "./formatting.ts";
import type { EventOf, GoroutineRef, Trace, TracedCase } from "./format.ts";
import type { State } from "./tracks.ts";

/** What a goroutine in each state does. */
export const stateLabels: Readonly<Record<State, string>> = {
  running: "runs",
  send: "waits to send",
  receive: "waits to receive",
  select: "waits in a select",
  sleep: "sleeps",
  lock: "waits for a lock",
  wait: "waits for goroutines",
};

/** Distinct names of the channels, or the pools, of a trace: the id follows a name that several have, and the kind if the name is "". */
class DistinctNames {
  readonly #kind: string;
  readonly #names: ReadonlyMap<number, string>;
  readonly #counts = new Map<string, number>();

  constructor(kind: string, items: readonly { readonly id: number; readonly name: string }[]) {
    this.#kind = kind;
    this.#names = new Map(items.map(({ id, name }) => [id, name]));
    for (const name of this.#names.values()) this.#counts.set(name, (this.#counts.get(name) ?? 0) + 1);
  }

  of(id: number, max: number): string {
    const name = this.#names.get(id) ?? "";
    if (name === "") return `${this.#kind} ${id}`;
    const suffix = (this.#counts.get(name) as number) > 1 ? ` #${id}` : "";
    return truncate(name, Math.max(max - suffix.length, 4)) + suffix;
  }
}

/** The names of the goroutines, channels and pools of a trace, by id. Each is at most `max` characters long. */
export class NameTable {
  readonly #goroutines: ReadonlyMap<GoroutineRef, string>;
  readonly #capacities: ReadonlyMap<number, number>;
  readonly #channels: DistinctNames;
  readonly #pools: DistinctNames;

  constructor({ channels, goroutines, pools }: Trace) {
    this.#goroutines = new Map(goroutines.map(({ id, name }) => [id, name]));
    this.#capacities = new Map(channels.map(({ id, capacity }) => [id, capacity]));
    this.#channels = new DistinctNames("channel", channels);
    this.#pools = new DistinctNames("pool", pools);
  }

  /** The name of a goroutine's function, or "". */
  function(id: GoroutineRef): string {
    return this.#goroutines.get(id) ?? "";
  }

  /** The id and the name of a goroutine: "4 worker". */
  goroutine(id: GoroutineRef, max = 18): string {
    if (id === null) return "? unknown";
    return id === 0 ? "timers" : `${id} ${truncate(this.function(id) || "func", max)}`;
  }

  channel(id: number, max = 18): string {
    return this.#channels.of(id, max);
  }

  pool(id: number, max = 18): string {
    return this.#pools.of(id, max);
  }

  capacity(id: number): number {
    return this.#capacities.get(id) ?? 0;
  }

  /** Describes a wait: "send jobs", "select jobs|done", "WaitGroup.Wait". */
  wait(
    { operation, channel, cases = [] }: Pick<EventOf<"block">, "operation" | "channel" | "cases">,
    max = 40,
  ): string {
    if (cases.length > 0) {
      const labels = cases.slice(0, 9).map((selectCase) => this.#caseLabel(selectCase));
      return truncate(`select ${labels.join("|")}${cases.length > 9 ? "|…" : ""}`, max);
    }
    const label = truncate(operation, max).replace(/^chan |^sync\./, "");
    return channel === undefined ? label : truncate(`${label} ${this.channel(channel)}`, max);
  }

  // The name of a case says more than its channel does; an index in an array says less.
  #caseLabel({ name, channel }: TracedCase): string {
    if (!/^\d*$/.test(name)) return truncate(name, 12);
    return channel === null ? "no channel" : this.channel(channel, 12);
  }
}
