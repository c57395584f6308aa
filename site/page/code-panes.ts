// The two programs: lines that belong together are lit on both sides, and the lines of a step are marked.

import { hasReducedMotion } from "../view/dom.ts";
import type { CodeOfSides, Side } from "./lesson-data.ts";

const sides: readonly Side[] = ["go", "ts"];

/** The lines of main.ts that a step marks. */
export interface StepLines {
  readonly current: number | undefined;
  readonly waiting: readonly number[];
}

/** The panes with the code. */
export class CodePanes {
  readonly #section: HTMLElement;
  readonly #panes: Readonly<Record<Side, HTMLElement>>;
  /** The programs of the lesson. */
  readonly #original: CodeOfSides;

  /** @param section - the element with both panes */
  constructor(section: HTMLElement) {
    const paneOf = (side: Side): HTMLElement => {
      const pane = section.querySelector<HTMLElement>(`#pane-${side} .code`);
      if (pane === null) throw new Error(`the page has no pane ${side}`);
      return pane;
    };
    this.#section = section;
    this.#panes = { go: paneOf("go"), ts: paneOf("ts") };
    this.#original = { go: this.#panes.go.innerHTML, ts: this.#panes.ts.innerHTML };
    for (const side of sides) this.#listen(this.#panes[side]);
    for (const tab of section.querySelectorAll<HTMLButtonElement>(".tabs button")) {
      tab.addEventListener("click", () => this.showTab(tab.dataset["tab"] === "go" ? "go" : "ts"));
    }
  }

  /** Shows one side, where there is room for one. */
  showTab(side: Side): void {
    this.#section.dataset["tab"] = side;
    for (const tab of this.#section.querySelectorAll<HTMLButtonElement>(".tabs button")) {
      tab.setAttribute("aria-pressed", String(tab.dataset["tab"] === side));
    }
  }

  /** Scrolls the page so that the programs are at its upper edge. */
  scrollIntoView(): void {
    this.#section.scrollIntoView({ block: "start", behavior: hasReducedMotion() ? "instant" : "smooth" });
  }

  /** Shows other programs; by default those of the lesson. */
  show(code?: CodeOfSides): void {
    for (const side of sides) {
      const pane = this.#panes[side];
      pane.innerHTML = code === undefined ? this.#original[side] : `<code>${code[side]}</code>`;
      const changes = [...pane.querySelectorAll<HTMLElement>(".added, .gone")];
      const change = changes.find(({ textContent }) => !/^\s*\/\//.test(textContent)) ?? changes[0];
      if (change !== undefined) scrollToLine(pane, change);
    }
  }

  /** The text of the TypeScript program that is shown. */
  get text(): string {
    return this.#lines("ts", ".line:not(.gone)")
      .map((line) => line.textContent)
      .join("");
  }

  /** Marks the lines of a step, and those of the Go program that belong to them. */
  showStep({ current, waiting }: StepLines): void {
    this.#mark("waiting", waiting);
    const marked = this.#mark("current", current === undefined ? [] : [current]);
    for (const line of marked) {
      const pane = line.closest<HTMLElement>(".code");
      if (pane !== null) scrollToLine(pane, line);
    }
  }

  #mark(className: string, numbers: readonly number[]): HTMLElement[] {
    const own = this.#lines("ts", ".line[data-line]").filter((line) => numbers.includes(Number(line.dataset["line"])));
    const pairs = new Set(own.flatMap((line) => line.dataset["pair"] ?? []));
    const twins = this.#lines("go", ".line[data-pair]").filter((line) => pairs.has(line.dataset["pair"] ?? ""));
    for (const side of sides) for (const line of this.#lines(side, `.${className}`)) line.classList.remove(className);
    for (const line of [...own, ...twins]) line.classList.add(className);
    return [...own.slice(0, 1), ...twins.slice(0, 1)];
  }

  #lines(side: Side, selector: string): HTMLElement[] {
    return [...this.#panes[side].querySelectorAll<HTMLElement>(selector)];
  }

  // A line is lit while the pointer is over it, and, with the keyboard, while its pane has the focus.
  #listen(pane: HTMLElement): void {
    pane.addEventListener("pointerover", ({ target }) => this.#light(lineOf(target)));
    pane.addEventListener("pointerleave", () => this.#light(undefined));
    pane.addEventListener("focus", () => {
      if (pane.matches(":focus-visible")) this.#light(pane.querySelector<HTMLElement>(".current, .line[data-pair]"));
    });
    pane.addEventListener("blur", () => this.#light(undefined));
    pane.addEventListener("keydown", (event) => {
      if (event.key !== "ArrowUp" && event.key !== "ArrowDown") return;
      const lines = [...pane.querySelectorAll<HTMLElement>(".line[data-line]")];
      const at = lines.findIndex((line) => line.classList.contains("lit"));
      const next = lines[at + (event.key === "ArrowUp" ? -1 : 1)];
      if (next === undefined) return;
      event.preventDefault();
      this.#light(next);
      scrollToLine(pane, next);
    });
  }

  #light(line: HTMLElement | null | undefined): void {
    for (const lit of this.#section.querySelectorAll(".lit")) lit.classList.remove("lit");
    if (line === null || line === undefined) return;
    line.classList.add("lit");
    const pair = line.dataset["pair"];
    if (pair === undefined) return;
    const side = line.closest("#pane-go") === null ? "go" : "ts";
    const partners = this.#section.querySelectorAll<HTMLElement>(`[data-pair="${pair}"]`);
    for (const partner of partners) partner.classList.add("lit");
    const first = this.#panes[side].querySelector<HTMLElement>(`[data-pair="${pair}"]`);
    if (first !== null) scrollToLine(this.#panes[side], first);
  }
}

function lineOf(target: EventTarget | null): HTMLElement | null {
  return target instanceof Element ? target.closest<HTMLElement>(".line") : null;
}

/** Scrolls a pane, and not the page, so that a line is in view. */
export function scrollToLine(pane: HTMLElement, line: HTMLElement): void {
  const [outer, inner] = [pane.getBoundingClientRect(), line.getBoundingClientRect()];
  const margin = inner.height;
  if (inner.top >= outer.top + margin && inner.bottom <= outer.bottom - margin) return;
  pane.scrollTop += inner.top - outer.top - (outer.height - inner.height) / 2;
}
