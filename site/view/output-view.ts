// The output of a run, with virtual times. Lines of later steps are hidden. After a deadlock, its explanation is beside the report.

import { formatAxisTime } from "../../src/trace/formatting.ts";
import type { Output, RunResult } from "../run/messages.ts";
import type { BlockedParty, Deadlock } from "./deadlock.ts";
import { element } from "./dom.ts";
import type { RunSteps } from "./steps.ts";

/** The output of one run. */
export class OutputView {
  readonly #place: HTMLElement;
  readonly #empty = element("p", "output-empty", "Nothing is printed yet.");
  readonly #pieces: readonly HTMLElement[];
  readonly #deadlock: HTMLElement | undefined;
  #shown: number;

  constructor(place: HTMLElement, { output }: RunResult, { deadlock }: RunSteps) {
    this.#place = place;
    const list = element("ol", "output-lines");
    this.#pieces = addPieces(list, output);
    this.#shown = this.#pieces.length;
    this.#deadlock = deadlock === undefined ? undefined : explain(deadlock);
    place.classList.add("run-output");
    place.replaceChildren(this.#empty, list, ...(this.#deadlock === undefined ? [] : [this.#deadlock]));
  }

  /** Shows the first `count` pieces and, at the end of the run, the explanation of a deadlock. */
  show(count: number, isEnd: boolean): void {
    const [from, to] = [Math.min(count, this.#shown), Math.max(count, this.#shown)];
    for (const piece of this.#pieces.slice(from, to)) {
      piece.hidden = count <= this.#shown;
      const line = piece.parentElement;
      // The first piece of a line decides: the others follow it.
      if (line !== null && line.querySelector(".output-piece") === piece) line.hidden = piece.hidden;
    }
    this.#shown = count;
    this.#empty.hidden = count > 0;
    if (this.#deadlock !== undefined) this.#deadlock.hidden = !isEnd;
    const last = isEnd && this.#deadlock !== undefined ? this.#deadlock : this.#pieces[count - 1];
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

function explain({ cycle, blocked, omitted }: Deadlock): HTMLElement {
  const section = element("section", "deadlock", element("h3", "deadlock-title", "Deadlock: every goroutine waits"));
  if (cycle.length > 1)
    section.append(element("p", "deadlock-cycle", `Each waits for the next: ${[...cycle, cycle[0]].join(" → ")}`));
  const list = element("ul", "deadlock-list", ...blocked.map(describe));
  if (omitted > 0) list.append(element("li", "", `and ${omitted} more`));
  section.append(list);
  return section;
}

function describe({ name, wait, line, reasons }: BlockedParty): HTMLElement {
  const where = line === undefined ? "" : ` (line ${line})`;
  const because = reasons.length === 0 ? "" : `: ${reasons.join("; ")}`;
  return element("li", "", element("strong", "", name), ` ${wait}${where}${because}.`);
}
