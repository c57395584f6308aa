// How a story in text calls who and what it tells of.

import { entry } from "../entry.ts";
import type { EventOf, Trace, TracedCase, Who } from "../format.ts";
import { distinctNames, Names } from "../labels.ts";
import { byNumber } from "../lanes.ts";
import { short } from "../shown.ts";

type Block = EventOf<"block">;

/** So long may a name be. */
const longest = 16;

/** How the goroutines, channels, pools and waits of a trace are called. */
export class Words {
  readonly #names: Names;
  readonly #channels: ReadonlyMap<number, string>;
  readonly #pools: ReadonlyMap<number, string>;

  constructor(trace: Trace) {
    this.#names = new Names(trace);
    this.#channels = distinctNames("channel", trace.channels, longest);
    this.#pools = distinctNames("pool", trace.pools, longest);
  }

  /** The name alone; "" without one. */
  nameOf(who: Who): string {
    return short(this.#names.function(who), longest);
  }

  who(who: Who): string {
    if (who === 0) return "the runtime";
    if (who === null) return "somebody";
    if (who === 1) return this.nameOf(who);
    const name = this.nameOf(who) || "goroutine";
    // "line 12 3" would be a riddle.
    return /\d$/.test(name) ? `${name} #${who}` : `${name} ${who}`;
  }

  /** Several, such as "main, worker 4, 5, 6"; of many only the first. */
  list(all: readonly Who[]): string {
    const first = all.length > 8 ? all.slice(0, 6) : all;
    const words = first.map((who, i) => {
      const before = i === 0 ? undefined : first[i - 1];
      const isAlike =
        before !== undefined && (before ?? 0) > 1 && (who ?? 0) > 1 && this.nameOf(before) === this.nameOf(who);
      return isAlike ? String(who) : this.who(who);
    });
    return words.join(", ") + (first.length < all.length ? ` and ${all.length - first.length} more` : "");
  }

  channel(id: number): string {
    return this.#channels.get(id) ?? `channel ${id}`;
  }

  capacity(id: number): number {
    return this.#names.capacity(id);
  }

  pool(id: number): string {
    return this.#pools.get(id) ?? `pool ${id}`;
  }

  // An index says less than what is done.
  case({ name, operation, channel }: TracedCase): string {
    return /^\d+$/.test(name) && channel !== null ? `${operation} ${this.channel(channel)}` : this.chosen(name);
  }

  /** A case of which nothing else is known. */
  chosen(name: string): string {
    return short(name, longest);
  }

  #cases(cases: readonly TracedCase[]): string {
    const on = cases.filter(({ channel }) => channel !== null);
    return short(on.map((each) => this.case(each)).join(", "), 80) || "nothing";
  }

  /** What somebody waits for, as one or as many say it. */
  wait({ operation, channel, cases }: Block, isOne: boolean): string {
    const [wait, sleep] = isOne ? ["waits", "sleeps"] : ["wait", "sleep"];
    const on = channel === undefined ? "" : this.channel(channel);
    if (operation === "sleep") return sleep;
    if (operation === "chan send" && on !== "") return `${wait} to send to ${on}`;
    if (operation === "chan receive" && on !== "") return `${wait} to receive from ${on}`;
    if (operation === "select" && cases !== undefined) return `${wait} in a select for ${this.#cases(cases)}`;
    return `${wait} in ${short(operation, 32)}${on === "" ? "" : ` of ${on}`}`;
  }

  /** Names together those who wait for the same. */
  waits(blocks: Iterable<Block>): { readonly block: Block; readonly said: string }[] {
    const groups = new Map<string, { readonly block: Block; readonly all: Who[] }>();
    for (const block of blocks)
      entry(groups, this.wait(block, true), () => ({ block, all: [] })).all.push(block.goroutine);
    return [...groups.values()].map(({ block, all }) => {
      const said = `${this.list(all.sort(byNumber))} ${this.wait(block, all.length === 1)}`;
      return { block, said };
    });
  }
}

/** Values on their way, of many only the first and the last. */
export function several(values: readonly string[]): string {
  const [first = "", last = ""] = [values[0], values.at(-1)];
  if (values.length === 1) return first || " a value";
  if (first === "" || last === "") return ` ${values.length} values`;
  return `${first}${values.length === 2 ? "," : " …"}${last}`;
}

/** What a program says, as far as a line has room. */
export function oneLine(text: string): string {
  return short(text.slice(0, 1000).replaceAll(/\s+/g, " ").trim(), 200);
}
