// What the pictures call goroutines, channels, waits and times, in few words; and about how wide those are.

import type { Trace, TracedCase, TracedChannel, Who } from "./format.ts";
import { short } from "./shown.ts";

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

/** What the goroutines and channels of a trace are called, by number. */
export class Names {
  readonly #channels: ReadonlyMap<number, TracedChannel>;
  readonly #goroutines: ReadonlyMap<Who, string>;

  constructor({ channels, goroutines }: Trace) {
    this.#channels = new Map(channels.map((channel) => [channel.id, channel]));
    this.#goroutines = new Map(goroutines.map(({ id, name }) => [id, name]));
  }

  goroutine(who: Who, most = 18): string {
    return goroutineLabel(who, this.#goroutines.get(who) ?? "", most);
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

/** "0 ms", "12.3 ms", "1.25 s": three digits are enough to see. */
export function duration(milliseconds: number): string {
  const inSeconds = milliseconds >= 1_000;
  const value = inSeconds ? milliseconds / 1_000 : milliseconds;
  return `${Number(value.toPrecision(Math.max(3, String(Math.floor(value)).length)))} ${inSeconds ? "s" : "ms"}`;
}

/** "1 event", "8,078 events". */
export function counted(count: number, one: string): string {
  return `${count.toLocaleString("en-US")} ${one}${count === 1 ? "" : "s"}`;
}

/** About how many pixels `content` takes; rather too many than too few. */
export function widthOf(content: string, size = 11): number {
  let width = 0;
  for (const character of content) width += (character.codePointAt(0) as number) >= 0x2e80 ? 1.1 : 0.58;
  return width * size;
}
