// The names that the views use for goroutines, channels, states and waits.

import type { GoroutineRef, Trace, TracedCase, TracedChannel } from "./format.ts";
import { truncate } from "./preview.ts";
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

/** The fields that a span and a block event use to describe a wait. */
interface WaitLike {
  readonly operation: string;
  readonly channel?: number | null;
  readonly cases?: readonly TracedCase[];
}

/** Returns the name of a function, at most `max` characters of it; "func" if it has none. */
export function functionName(name: string, max = 18): string {
  return name === "" ? "func" : truncate(name, max);
}

/** Returns the id and the name of a goroutine: "4 worker". */
export function goroutineLabel(id: GoroutineRef, name: string, max = 18): string {
  if (id === null) return "? unknown";
  return id === 0 ? "timers" : `${id} ${functionName(name, max)}`;
}

/**
 * Returns a distinct label for each item: its name, at most `max` characters of it, with the id if another item has the same name or if
 * `withId`; its kind and id if it has no name.
 */
export function distinctNames(
  kind: string,
  items: readonly { readonly id: number; readonly name: string }[],
  max: number,
  withId = false,
): ReadonlyMap<number, string> {
  const counts = new Map<string, number>();
  for (const { name } of items) counts.set(name, (counts.get(name) ?? 0) + 1);
  return new Map(
    items.map(({ id, name }) => {
      if (name === "") return [id, `${kind} ${id}`];
      return [id, truncate(name, max) + (withId || (counts.get(name) as number) > 1 ? ` #${id}` : "")];
    }),
  );
}

/** The names of the goroutines and channels of a trace, by id. */
export class NameTable {
  readonly #channels: ReadonlyMap<number, TracedChannel>;
  readonly #goroutines: ReadonlyMap<GoroutineRef, string>;

  constructor({ channels, goroutines }: Pick<Trace, "channels" | "goroutines">) {
    this.#channels = new Map(channels.map((channel) => [channel.id, channel]));
    this.#goroutines = new Map(goroutines.map(({ id, name }) => [id, name]));
  }

  /** The name of a goroutine's function, or "". */
  function(id: GoroutineRef): string {
    return this.#goroutines.get(id) ?? "";
  }

  goroutine(id: GoroutineRef, max = 18): string {
    return goroutineLabel(id, this.function(id), max);
  }

  channel(id: number | null, max = 18): string {
    if (id === null) return "no channel";
    const name = this.#channels.get(id)?.name ?? "";
    return name === "" ? `channel ${id}` : truncate(name, max);
  }

  capacity(id: number): number {
    return this.#channels.get(id)?.capacity ?? 0;
  }

  /** Describes a wait: "send jobs", "select jobs|done", "WaitGroup.Wait". */
  wait({ operation, channel, cases }: WaitLike, max = 40): string {
    if (cases !== undefined && cases.length > 0) {
      const labels = cases.slice(0, 9).map((selectCase) => this.#caseLabel(selectCase));
      return truncate(`select ${labels.join("|")}${cases.length > 9 ? "|…" : ""}`, max);
    }
    const label = truncate(operation, max).replace(/^chan |^sync\./, "");
    return channel === undefined || channel === null ? label : truncate(`${label} ${this.channel(channel)}`, max);
  }

  // The name of a case says more than its channel does; an index in an array says less.
  #caseLabel({ name, channel }: TracedCase): string {
    return /^\d*$/.test(name) ? this.channel(channel, 12) : truncate(name, 12);
  }
}
