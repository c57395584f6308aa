// What stands above a story: how the program ended, who is in which column, and what the letters mean.

import { duration, plural } from "../figures.ts";
import type { Trace } from "../format.ts";
import { stateWords } from "../labels.ts";
import type { Lane, State } from "../lanes.ts";
import { type Grid, letters } from "./grid.ts";
import { wrapped } from "./width.ts";
import type { Words } from "./words.ts";

const outcomes: Readonly<Record<Trace["ending"], string>> = {
  running: "still running",
  returned: "main returned",
  panicked: "panicked",
  blocked: "DEADLOCK",
};

const meanings: Readonly<Record<State, string>> = { ...stateWords, wait: "waits otherwise" };

interface Room {
  readonly width: number;
  /** How many columns the times take. */
  readonly gutter: number;
  /** The greatest number of lines of the whole story. */
  readonly most: number;
  /** How many goroutines there is no room for. */
  readonly left: number;
}

/** What is above the rows: the outcome, who is in which column, and what the letters mean. */
export function header(trace: Trace, words: Words, grid: Grid, { width, gutter, most, left }: Room): string[] {
  const { clock: kind, end, ending, dropped, events } = trace;
  const time =
    kind === "real" ? duration(end) : end === 0 ? "one instant of virtual time" : `${duration(end)} of virtual time`;
  const lost = dropped === 0 ? "" : `; ${plural(dropped, "more event")} not recorded`;
  const summary = `${outcomes[ending]} after ${plural(events.length, "event")} in ${time}${lost}`;
  const out = left === 0 ? [] : [`${plural(left, "more goroutine")} left out: choose by \`goroutines\``];
  const shared = grid.isShared ? ["a new number in a column: that goroutine from there on"] : [];
  const seen = new Set(grid.lanes.flatMap(({ spans }) => spans.map(({ state }) => state)));
  const states = (Object.keys(letters) as State[]).filter((state) => seen.has(state));
  const keys = [
    ...states.map((state) => `${letters[state]} ${meanings[state]}`),
    "●─► acts, and on whom",
    "■ ends",
    ...shared,
  ];
  // Of few lines most are for the story.
  const few = most < 60 ? 2 : 3;
  return [
    ...wrapped([summary, ...out], "; ", width, few),
    ...wrapped(people(words, grid.lanes), "   ", width, few),
    ...wrapped(keys, "   ", width, 2 * few),
    "",
    " ".repeat(gutter) + grid.head,
  ];
}

/** Who stands in which column; those next to each other with the same name are named together. */
function people(words: Words, shown: readonly Lane[]): string[] {
  const groups: { readonly ids: string[]; readonly name: string }[] = [];
  for (const { id } of shown) {
    const name = id === null ? "(not known)" : words.nameOf(id);
    const last = groups.at(-1);
    if (last?.name === name) last.ids.push(String(id));
    else groups.push({ ids: [String(id ?? "?")], name });
  }
  return groups.map(({ ids, name }) => {
    const all = ids.length > 2 ? `${ids[0] as string}–${ids.at(-1) as string}` : ids.join(" ");
    return `${all}: ${name || "(no name)"}`;
  });
}
