// The mistakes of a lesson: their buttons, the question before the run, and the explanation after it.

import type { Mistake } from "../../scripts/mistakes.ts";
import { element } from "../view/dom.ts";
import { byId } from "./elements.ts";

/** The buttons and the panel. */
export class MistakePanel {
  readonly #buttons = [...document.querySelectorAll<HTMLButtonElement>("button[data-mistake]")];
  readonly #panel = byId("mistake", HTMLDivElement);
  readonly #text = byId("text", HTMLParagraphElement);
  readonly #lessonText = [...this.#text.childNodes];
  #current = 0;
  #mistake: Mistake | undefined;

  /** @param onChoose - called with the number of a mistake, from 1, or with 0 for the lesson's own program */
  constructor(onChoose: (mistake: number) => void) {
    for (const button of this.#buttons) {
      const number = Number(button.dataset["mistake"]);
      button.addEventListener("click", () => onChoose(this.#current === number ? 0 : number));
    }
    this.#panel.addEventListener("click", ({ target }) => {
      if (target instanceof HTMLButtonElement) onChoose(0);
    });
  }

  /** The number of the mistake that is chosen, or 0. */
  get current(): number {
    return this.#current;
  }

  /** The number of mistakes. */
  get count(): number {
    return this.#buttons.filter((button) => button.dataset["mistake"] !== "0").length;
  }

  /** Marks the button of a mistake. */
  choose(mistake: number): void {
    this.#current = mistake;
    for (const button of this.#buttons) {
      button.setAttribute("aria-pressed", String(Number(button.dataset["mistake"]) === mistake));
    }
  }

  /** Shows the question of a mistake, or the text of the program that is shown, by default that of the lesson. */
  ask(mistake: Mistake | undefined, text?: string): void {
    this.#mistake = mistake;
    this.#text.hidden = mistake !== undefined;
    this.#text.replaceChildren(...(text === undefined ? this.#lessonText : toProse(text)));
    this.#panel.hidden = mistake === undefined;
    this.#panel.replaceChildren();
    if (mistake === undefined) return;
    const question = element(
      "p",
      "question",
      element("strong", "", "What will happen? "),
      ...toProse(mistake.question),
    );
    const undo = element("button", "undo", "Undo");
    undo.type = "button";
    undo.title = "Back to the program of the lesson";
    this.#panel.append(question, undo);
  }

  /** Shows the explanation of the mistake. */
  explain(): void {
    if (this.#mistake === undefined || this.#panel.childElementCount > 2) return;
    const explanation = element("p", "explanation", ...toProse(this.#mistake.explanation));
    explanation.setAttribute("role", "status");
    this.#panel.append(explanation);
  }
}

/** A text in which the parts between backquotes are code. */
function toProse(text: string): (string | HTMLElement)[] {
  return text.split("`").map((part, index) => (index % 2 === 1 ? element("code", "", part) : part));
}
