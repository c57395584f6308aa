// Stepping through a run: buttons, keys, a slider, and playing.

import { element } from "../view/dom.ts";
import type { RunView } from "../view/run-view.ts";
import { buttonById, byId } from "./elements.ts";

/** The time from step to step while playing: about 12 s for a run, within these bounds, in milliseconds. */
const pace = { run: 12_000, shortest: 120, longest: 800 } as const;

/** What the player calls. */
export interface PlayerListener {
  /** Called when a step is shown. */
  onStep(view: RunView, step: number): void;
  /** Called when the last step of a run is shown for the first time. */
  onEnd(): void;
  /** Called when a step or playing is requested before there is a run. */
  onEmpty(request: "step" | "play"): void;
}

/** The player of a page. */
export class Player {
  readonly #listener: PlayerListener;
  readonly #play = buttonById("play");
  readonly #scrub = byId("scrub", HTMLInputElement);
  readonly #count = byId("count", HTMLOutputElement);
  readonly #speed = byId("speed", HTMLSelectElement);
  readonly #sentence = byId("sentence", HTMLParagraphElement);
  readonly #list = byId("list", HTMLDetailsElement);
  readonly #items = byId("all-steps", HTMLOListElement);
  #view: RunView | undefined;
  #step = 0;
  #hasEnded = false;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(listener: PlayerListener) {
    this.#listener = listener;
    this.#onClick("first", () => this.show(0));
    this.#onClick("back", () => this.show(this.#step - 1));
    this.#onClick("step", () => this.show(this.#step + 1), "step");
    this.#onClick("last", () => this.show(Infinity), "step");
    this.#play.addEventListener("click", () => this.toggle());
    this.#scrub.addEventListener("input", () => this.#stopAndShow(Number(this.#scrub.value)));
    byId("timeline", HTMLElement).addEventListener("click", (event) => {
      const step = this.#view?.stepAt(event);
      if (step !== undefined) this.#stopAndShow(step);
    });
    document.addEventListener("keydown", (event) => this.#onKey(event));
    this.#list.addEventListener("toggle", () => this.#fillList());
  }

  /** Takes a new run, or none, and shows its beginning. */
  load(view: RunView | undefined): void {
    this.pause();
    this.#view = view;
    this.#hasEnded = false;
    const steps = view?.steps ?? 0;
    this.#scrub.max = String(steps);
    this.#scrub.disabled = view === undefined;
    this.#list.hidden = view === undefined;
    this.#items.replaceChildren();
    this.#fillList();
    this.#count.value = "";
    if (view !== undefined) this.show(0);
  }

  /** Removes the run, after the program has changed. */
  clear(): void {
    this.load(undefined);
    this.#sentence.textContent = "Press Run to see what happens.";
  }

  /** Shows the state after a step. */
  show(step: number): void {
    const view = this.#view;
    if (view === undefined) return;
    this.#step = Math.max(0, Math.min(step, view.steps));
    // Before the step is drawn, because what is shown at the end takes room.
    if (this.#step === view.steps && !this.#hasEnded) {
      this.#hasEnded = true;
      this.#listener.onEnd();
    }
    view.show(this.#step);
    this.#scrub.value = String(this.#step);
    this.#scrub.setAttribute("aria-valuetext", `step ${this.#step} of ${view.steps}`);
    this.#count.value = `${this.#step}/${view.steps}`;
    const beginning = `The run has ${view.steps} steps. Nothing has happened yet.`;
    this.#sentence.textContent = this.#step === 0 ? beginning : (view.sentences[this.#step - 1] ?? "");
    this.#markItem();
    this.#listener.onStep(view, this.#step);
  }

  /** Starts playing, at the beginning if the end is shown; or pauses. */
  toggle(): void {
    if (this.#view === undefined) this.#listener.onEmpty("play");
    else if (this.#timer !== undefined) this.pause();
    else this.play();
  }

  /** Plays from the step that is shown. */
  play(): void {
    if (this.#view === undefined) return;
    if (this.#step === this.#view.steps) this.show(0);
    this.#sentence.setAttribute("aria-live", "off");
    this.#setPlaying(true);
    this.#schedule(this.#view);
  }

  /** Stops playing. */
  pause(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#sentence.setAttribute("aria-live", "polite");
    this.#setPlaying(false);
  }

  #schedule(view: RunView): void {
    const { run, shortest, longest } = pace;
    const interval = Math.max(shortest, Math.min(run / view.steps, longest)) / Number(this.#speed.value);
    this.#timer = setTimeout(() => {
      this.show(this.#step + 1);
      if (this.#step === view.steps) this.pause();
      else this.#schedule(view);
    }, interval);
  }

  #setPlaying(isPlaying: boolean): void {
    const label = isPlaying ? "Pause" : "Play";
    this.#play.title = `${label} (Space)`;
    this.#play.setAttribute("aria-label", label);
    this.#play.classList.toggle("playing", isPlaying);
  }

  #stopAndShow(step: number): void {
    this.pause();
    this.show(step);
  }

  #onClick(id: string, action: () => void, request?: "step"): void {
    buttonById(id).addEventListener("click", () => {
      this.pause();
      if (this.#view !== undefined) action();
      else if (request !== undefined) this.#listener.onEmpty(request);
    });
  }

  #onKey(event: KeyboardEvent): void {
    if (event.defaultPrevented || event.altKey || event.ctrlKey || event.metaKey || isField(event.target, event.key))
      return;
    if (event.key === " ") this.toggle();
    else if (event.key === "ArrowRight") buttonById("step").click();
    else if (event.key === "ArrowLeft") buttonById("back").click();
    else return;
    event.preventDefault();
  }

  // The list is made when it is opened: a run may have thousands of steps.
  #fillList(): void {
    if (!this.#list.open || this.#view === undefined || this.#items.childElementCount > 0) return;
    this.#items.replaceChildren(...this.#view.sentences.map((sentence) => element("li", "", sentence)));
    this.#markItem();
  }

  #markItem(): void {
    this.#items.querySelector("[aria-current]")?.removeAttribute("aria-current");
    this.#items.children[this.#step - 1]?.setAttribute("aria-current", "step");
  }
}

/** Whether a key belongs to the element that has the focus. */
function isField(target: EventTarget | null, key: string): boolean {
  if (!(target instanceof Element)) return false;
  if (target.closest("input, select, textarea, [contenteditable]") !== null) return true;
  return key === " " && target.closest("button, a, summary") !== null;
}
