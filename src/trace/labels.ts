// What the views call goroutines, channels, states and waits, in few words.

import type { Trace, TracedCase, TracedChannel, Who } from "./format.ts";
import type { State } from "./lanes.ts";
import { short } from "./shown.ts";

/** What whoever is in a state does. */
export const stateWords: Readonly<Record<State, string>> = {
  running: "runs",
  send: "waits to send",
  receive: "waits to receive",
  select: "waits in a select",
  sleep: "sleeps",
  lock: "waits for a lock",
  wait: "waits for others",
};

/** What a span or a block tells of a wait. */
interface Awaited {
  readonly operation: string;
  readonly channel?: number | null;
  readonly cases?: readonly TracedCase[];
}

/** The name of a function, which need not have one. */
export function functionName(name: string, most = 18): string {
  return name === "" ? "func" : short(name, most);
}

/** "4 worker": the number and the name of a goroutine. */
export function goroutineLabel(id: Who, name: string, most = 18): string {
  if (id === null) return "? not known";
  return id === 0 ? "timers" : `${id} ${functionName(name, most)}`;
}

/**
 * What each is called, in at most `most` characters: by its name, and by its number too if others have that name, or if
 * it `isNumbered` anyway; by its kind and number if it has no name.
 */
export function distinctNames(
  kind: string,
  all: readonly { readonly id: number; readonly name: string }[],
  most: number,
  isNumbered = false,
): ReadonlyMap<number, string> {
  const counts = new Map<string, number>();
  for (const { name } of all) counts.set(name, (counts.get(name) ?? 0) + 1);
  return new Map(
    all.map(({ id, name }) => {
      if (name === "") return [id, `${kind} ${id}`];
      return [id, short(name, most) + (isNumbered || (counts.get(name) as number) > 1 ? ` #${id}` : "")];
    }),
  );
}

/** What the goroutines and channels of a trace are called, by number. */
export class Names {
  readonly #channels: ReadonlyMap<number, TracedChannel>;
  readonly #goroutines: ReadonlyMap<Who, string>;

  constructor({ channels, goroutines }: Trace) {
    this.#channels = new Map(channels.map((channel) => [channel.id, channel]));
    this.#goroutines = new Map(goroutines.map(({ id, name }) => [id, name]));
  }

  /** The name of a goroutine's function, or "". */
  function(who: Who): string {
    return this.#goroutines.get(who) ?? "";
  }

  goroutine(who: Who, most = 18): string {
    return goroutineLabel(who, this.function(who), most);
  }

  channel(id: number | null, most = 18): string {
    if (id === null) return "no channel";
    const name = this.#channels.get(id)?.name ?? "";
    return name === "" ? `channel ${id}` : short(name, most);
  }

  capacity(id: number): number {
    return this.#channels.get(id)?.capacity ?? 0;
  }

  /** "send jobs", "select jobs|done", "WaitGroup.Wait". */
  wait({ operation, channel, cases }: Awaited, most = 40): string {
    if (cases !== undefined && cases.length > 0) {
      const all = cases.slice(0, 9).map(({ name, channel: of }) => this.#caseName(name, of));
      return short(`select ${all.join("|")}${cases.length > 9 ? "|…" : ""}`, most);
    }
    const words = short(operation, most)
      .replace(/^chan /, "")
      .replace(/^sync\./, "");
    return channel === undefined || channel === null ? words : short(`${words} ${this.channel(channel)}`, most);
  }

  // A case that has a name says more than its channel; the index in an array says less.
  #caseName(name: string, channel: number | null): string {
    return /^\d*$/.test(name) ? this.channel(channel, 12) : short(name, 12);
  }
}
