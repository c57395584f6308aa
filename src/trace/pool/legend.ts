// The legend of a picture of a pool: what is what, but only of what there is.

import { round, text, widthOf } from "../svg.ts";
import type { Fate } from "./jobs.ts";
import { bar, cross } from "./marks.ts";
import { gap, type Part, type Scene } from "./scene.ts";

interface Item {
  readonly draw: (x: number, y: number) => string;
  readonly words: string;
}

const bars: Readonly<Record<Fate, string>> = {
  done: "done",
  failed: "failed",
  cancelled: "cancelled at work",
  open: "still at work at the end",
};

const crowds: Item = {
  draw: (x, y) =>
    `<path class="job-many" d="M${x} ${y}h22v11h-22z"/>` +
    `<path class="job-done" d="M${x} ${y + 11}v-5h6v-3h8v5h8v3z"/>`,
  words: "many jobs: the height is the time at work",
};

const hanging: Item = {
  draw: (x, y) => `<path class="failed" d="M${x + 11} ${y}h2v6h-2z"/><path class="axis" d="M${x} ${y}h22"/>`,
  words: "short jobs that were not done hang from the top",
};

const waiting: Item = {
  draw: (x, y) => `<path class="queue" d="M${x} ${y + 11}v-9h11v4h11v5z"/>`,
  words: "accepted, waits for a worker",
};

const givenUp: Item = {
  draw: (x, y) => `<path class="given-up" d="${cross(x + 11, y + 5.5)}"/>`,
  words: "cancelled before a worker took it",
};

/** In as many lines as are needed. */
export function legend(scene: Scene, top: number): Part {
  const body: string[] = [];
  let x = gap;
  let y = top;
  for (const { draw, words } of itemsOf(scene)) {
    const length = 28 + widthOf(words) + 18;
    if (x > gap && x + length > scene.width) {
      y += 18;
      x = gap;
    }
    body.push(draw(x, y - 9) + text(x + 28, y, words, "small"));
    x = round(x + length);
  }
  return { body, bottom: y + 18 };
}

function itemsOf({ lanes, rest, marks, mostWaiting, figures }: Scene): Item[] {
  const worked = [...lanes, ...rest].flatMap(({ rows }) => rows.flat());
  const has = new Set(worked.map(({ job }) => job.fate));
  const items = (Object.keys(bars) as Fate[])
    .filter((fate) => has.has(fate))
    .map((fate): Item => {
      return { draw: (x, y) => bar(fate, x, x + (fate === "open" ? 18 : 22), y, 11), words: bars[fate] };
    });
  const small = marks.flat(2).filter(({ kind }) => kind !== "bar");
  const inSmall = new Set(small.flatMap(({ stretches }) => stretches.map(({ job }) => job.fate)));
  if (rest.length > 0 || small.some(({ kind }) => kind === "crowd")) items.push(crowds);
  if (inSmall.has("failed") || inSmall.has("cancelled")) items.push(hanging);
  if (mostWaiting > 0) items.push(waiting);
  if (figures.neverBegun > 0) items.push(givenUp);
  return items;
}
