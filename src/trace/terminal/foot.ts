// What stands below a story: who waits at last, and why nobody ends that.

import { entry } from "../entry.ts";
import { duration, plural } from "../figures.ts";
import type { Trace, Who } from "../format.ts";
import { type State, stateOf } from "../lanes.ts";
import { openWaits } from "./waits.ts";
import { fit } from "./width.ts";
import type { Words } from "./words.ts";

const ends: Readonly<Record<Trace["ending"], string>> = {
  running: "Who waits at the end of the recording:",
  returned: "The program is over, and these still wait:",
  panicked: "The program has panicked, and these still wait:",
  blocked: "Deadlock: all goroutines wait, and none can wake another:",
};

interface Asked {
  readonly width: number;
  /** The instant at which they wait. */
  readonly to: number;
  /** The greatest number of lines. */
  readonly most: number;
  readonly shown: ReadonlySet<Who>;
}

/** The lines of that; none, if nobody waits. */
export function footer(trace: Trace, words: Words, { width, to, most, shown }: Asked): string[] {
  const blocks = [...openWaits(trace, to)].filter(({ goroutine }) => shown.has(goroutine));
  if (blocks.length === 0) return [];
  const when = to < trace.end ? `Who waits at ${duration(to)}:` : ends[trace.ending];
  const facts = new Facts(trace, words, to);
  const lines = words.waits(blocks).flatMap(({ block, said }) => {
    const why = block.channel === undefined ? [] : facts.of(block.channel, stateOf(block.operation));
    return [fit(`  ${said}`, width), ...why.map((each) => fit(`    ${each}`, width))];
  });
  const room = most - 3;
  const kept =
    lines.length > room ? [...lines.slice(0, room), `  … ${plural(lines.length - room, "more line")}`] : lines;
  return ["", fit(when, width), ...kept];
}

/** What there is to say of a channel for which somebody waits. */
class Facts {
  readonly #words: Words;
  readonly #senders = new Map<number, Map<Who, number>>();
  readonly #receivers = new Map<number, Map<Who, number>>();
  readonly #lengths = new Map<number, number>();
  readonly #ended = new Set<Who>();

  constructor({ events }: Trace, words: Words, to: number) {
    this.#words = words;
    for (const event of events) {
      if (event.at > to) break;
      if (event.type === "end") this.#ended.add(event.goroutine);
      if (event.type !== "send" && event.type !== "receive") continue;
      const { channel, goroutine, length } = event;
      const all = event.type === "send" ? this.#senders : this.#receivers;
      const counts = entry(all, channel, () => new Map<Who, number>());
      counts.set(goroutine, (counts.get(goroutine) ?? 0) + 1);
      this.#lengths.set(channel, length);
    }
  }

  of(channel: number, state: State): string[] {
    const capacity = this.#words.capacity(channel);
    const length = this.#lengths.get(channel) ?? 0;
    const full = capacity > 0 && state === "send" ? [`its buffer is full: ${length} of ${capacity}`] : [];
    return state === "send"
      ? [...full, this.#told("received from it", this.#receivers.get(channel))]
      : ["it is open", this.#told("sent to it", this.#senders.get(channel))];
  }

  #told(what: string, counts: ReadonlyMap<Who, number> | undefined): string {
    if (counts === undefined) return `nobody has ever ${what}`;
    const all = [...counts.keys()].filter((who) => who !== 0);
    const over = all.filter((who) => this.#ended.has(who));
    const times = [...counts.values()].reduce((sum, count) => sum + count, 0);
    const gone =
      over.length === 0 ? "" : over.length < all.length ? `; ended: ${this.#words.list(over)}` : "; ended since";
    return `${plural(times, "value")} ${what}, by ${this.#words.list(all)}${gone}`;
  }
}
