// The names that the views use for goroutines, channels, pools, states and waits.

import { truncate } from "./formatting.ts";
import type { EventOf, GoroutineRef, Trace } from "./format.ts";
import type { State } from "./tracks.ts";

/**
 * What a goroutine in each state does, the sign of the state in a picture, and its letter in a terminal; `color` is a parameter of ANSI's SGR
 * sequence.
 */
export const stateLabels: Readonly<
  Record<State, Readonly<Record<"label" | "sign" | "letter", string>> & { readonly color: number }>
> = {
  running: { label: "runs", sign: "", letter: "┃", color: 32 },
  send: { label: "waits to send", sign: "→", letter: "s", color: 35 },
  receive: { label: "waits to receive", sign: "←", letter: "r", color: 34 },
  select: { label: "waits in a select", sign: "⇆", letter: "?", color: 36 },
  sleep: { label: "sleeps", sign: "z", letter: "z", color: 90 },
  lock: { label: "waits for a lock", sign: "L", letter: "L", color: 33 },
  wait: { label: "waits for goroutines", sign: "w", letter: "w", color: 90 },
};

/** The states, in the order of legends. */
export const states = Object.keys(stateLabels) as readonly State[];

type NameOf = (id: number, max: number) => string;

/** Distinct names of the channels, or the pools, of a trace: the id follows a name that several have, and the kind if the name is "". */
function distinctNames(kind: string, items: readonly { readonly id: number; readonly name: string }[]): NameOf {
  const names = new Map(items.map(({ id, name }) => [id, name]));
  const counts = new Map<string, number>();
  for (const name of names.values()) counts.set(name, (counts.get(name) ?? 0) + 1);
  return (id, max) => {
    const name = names.get(id) ?? "";
    if (name === "") return `${kind} ${id}`;
    const suffix = (counts.get(name) as number) > 1 ? ` #${id}` : "";
    return truncate(name, Math.max(max - suffix.length, 4)) + suffix;
  };
}

type Wait = Pick<EventOf<"block">, "operation" | "channel" | "cases">;

/** The names of the goroutines, channels and pools of a trace, by id. Each is at most `max` characters long. */
export class NameTable {
  readonly #goroutines: ReadonlyMap<GoroutineRef, string>;
  readonly #capacities: ReadonlyMap<number, number>;
  readonly #channelName: NameOf;
  readonly #poolName: NameOf;

  constructor({ channels, goroutines, pools }: Trace) {
    this.#goroutines = new Map(goroutines.map(({ id, name }) => [id, name]));
    this.#capacities = new Map(channels.map(({ id, capacity }) => [id, capacity]));
    this.#channelName = distinctNames("channel", channels);
    this.#poolName = distinctNames("pool", pools);
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
    return this.#channelName(id, max);
  }

  pool(id: number, max = 18): string {
    return this.#poolName(id, max);
  }

  capacity(id: number): number {
    return this.#capacities.get(id) ?? 0;
  }

  /** Describes a wait: "send jobs", "select jobs|done", "WaitGroup.Wait". */
  wait({ operation, channel, cases = [] }: Wait, max = 40): string {
    if (cases.length > 0) {
      const labels = cases.slice(0, 9).map(({ name, channel: id }) => {
        // The name of a case says more than its channel does; an index in an array says less.
        if (!/^\d*$/.test(name)) return truncate(name, 12);
        return id === null ? "no channel" : this.channel(id, 12);
      });
      return truncate(`select ${labels.join("|")}${cases.length > 9 ? "|…" : ""}`, max);
    }
    const label = truncate(operation, max).replace(/^chan |^sync\./, "");
    return channel === undefined ? label : truncate(`${label} ${this.channel(channel)}`, max);
  }
}
