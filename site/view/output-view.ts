// The output of a run, with virtual times. Lines of later steps are hidden.

import { formatAxisTime } from "../../src/trace/formatting.ts";
import type { Output, RunResult } from "../run/messages.ts";
import { element } from "./dom.ts";

/** The output of one run. */
export class OutputView {
  readonly #place: HTMLElement;
  readonly #empty = element("p", "output-empty", "Nothing is printed yet.");
  readonly #pieces: readonly HTMLElement[];
  #shown: number;

  constructor(place: HTMLElement, { output }: RunResult) {
    this.#place = place;
    const list = element("ol", "output-lines");
    this.#pieces = addPieces(list, output);
    this.#shown = this.#pieces.length;
    place.classList.add("run-output");
    place.replaceChildren(this.#empty, list);
  }

  /** Shows the first `count` pieces. */
  show(count: number): void {
    const [from, to] = [Math.min(count, this.#shown), Math.max(count, this.#shown)];
    for (const piece of this.#pieces.slice(from, to)) {
      piece.hidden = count <= this.#shown;
      const line = piece.parentElement;
      // The first piece of a line decides: the others follow it.
      if (line !== null && line.querySelector(".output-piece") === piece) line.hidden = piece.hidden;
    }
    this.#shown = count;
    this.#empty.hidden = count > 0;
    const last = this.#pieces[count - 1];
    if (last !== undefined) this.#scrollTo(last);
  }

  /** Scrolls the place, not the page, so that `target` is visible. */
  #scrollTo(target: HTMLElement): void {
    const [place, shown] = [this.#place.getBoundingClientRect(), target.getBoundingClientRect()];
    if (shown.bottom > place.bottom) this.#place.scrollTop += shown.bottom - place.bottom;
    else if (shown.top < place.top) this.#place.scrollTop -= place.top - shown.top;
  }
}

/** Adds the output to a list, a line to an item, and returns the elements of the pieces. */
function addPieces(list: HTMLElement, output: readonly Output[]): HTMLElement[] {
  const pieces: HTMLElement[] = [];
  let lastTime = "";
  let line: HTMLElement | undefined;
  let stream = "";
  for (const { text, at, ...piece } of output) {
    if (line === undefined || stream !== piece.stream) {
      stream = piece.stream;
      const time = formatAxisTime(at);
      const mark = stream === "stderr" ? element("span", "output-mark", "stderr") : undefined;
      const label = element("span", "output-time", time === lastTime ? "" : `${time} `, mark);
      line = element("li", `output-line output-${stream}`, label);
      lastTime = time;
      list.append(line);
    }
    const content = element("span", "output-piece", text.replace(/\n$/, ""));
    line.append(content);
    pieces.push(content);
    if (text.endsWith("\n")) line = undefined;
  }
  return pieces;
}
