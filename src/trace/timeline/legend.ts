// The legend of a timeline: exactly what occurs in it.

import { stateWords } from "../labels.ts";
import type { State } from "../lanes.ts";
import { round, text, widthOf } from "../svg.ts";
import { bar, endMark, signs } from "./bars.ts";
import { barHeight, type Part, type Scene } from "./scene.ts";

const sample = 26;
const lineHeight = 24;

type Draw = (x: number, y: number) => string;

const line =
  (classes: string, end = ""): Draw =>
  (x, y) =>
    `<path class="${classes}" d="M${round(x)} ${y}h${sample}"${end}/>`;

const marks: Readonly<Record<string, { readonly words: string; readonly draw: Draw }>> = {
  mixed: { words: "many short turns", draw: (x, y) => bar("mixed", x, y - barHeight / 2, sample) },
  value: { words: "a value", draw: line("flow k0", ' marker-end="url(#goro-head-0)"') },
  go: { words: "starts a goroutine", draw: (x, y) => `<path class="ink go" d="M${x} ${y - 3}v6m0 -3h${sample}"/>` },
  wake: { words: "wakes it without a value", draw: line("ink wake") },
  returned: { words: "returned", draw: (x, y) => endMark(x + sample / 2, y, null) },
  panicked: { words: "panicked", draw: (x, y) => endMark(x + sample / 2, y, "") },
  cancel: { words: "a context ends", draw: (x, y) => `<path class="failed" d="M${x + 13} ${y - 5}l5 5l-5 5l-5 -5z"/>` },
  log: { words: "prints", draw: (x, y) => `<path class="dot" d="M${x + 13} ${y - 4}l-4 7h8z"/>` },
  fill: {
    words: "how full a channel is",
    draw: (x, y) => `<path class="area k0" d="M${x} ${y + 6}v-4h9v-4h9v-4h8v12z"/>`,
  },
  tick: {
    words: "a value is handed over",
    draw: (x, y) => `<path class="flow k0" d="M${x + 6} ${y + 5}v-9m7 9v-9m7 9v-9"/>`,
  },
  closed: { words: "closed", draw: (x, y) => `<path class="end ink" d="M${x + 13} ${y - 8}v16"/>` },
  timer: { words: "a timer goes off", draw: (x, y) => `<path class="dot" d="M${x + 9.5} ${y - 4}h7l-3.5 7z"/>` },
  stretch: {
    words: "time passes",
    draw: (x, y) => `<rect class="stretch" x="${x}" y="${y - 8}" width="${sample}" height="16"/>`,
  },
};

/** What occurs, in as many lines as are needed. */
export function legend({ used }: Scene, width: number): Part {
  const items: { readonly words: string; readonly draw: Draw }[] = [];
  for (const [state, words] of Object.entries(stateWords) as [State, string][]) {
    if (!used.has(state)) continue;
    const draw: Draw = (x, y) => bar(state, x, y - barHeight / 2, sample);
    items.push({ words: `${words} ${signs[state]}`.trimEnd(), draw });
  }
  for (const [mark, item] of Object.entries(marks)) if (used.has(mark)) items.push(item);
  let x = 16;
  let y = 14;
  const body: string[] = [];
  for (const { words, draw } of items) {
    const wide = sample + 6 + widthOf(words) + 16;
    if (x + wide > width - 8 && x > 16) {
      x = 16;
      y += lineHeight;
    }
    body.push(draw(x, y), text(x + sample + 6, y + 4, words, "small"));
    x += Math.round(wide);
  }
  return { height: items.length === 0 ? 0 : y + 16, body };
}
