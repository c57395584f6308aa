// The picture of a finished run, at one of its steps.

import type { RunResult } from "../run/messages.ts";

/** Where a run is drawn. */
export interface ViewPlaces {
  readonly timeline: HTMLElement;
  readonly channels: HTMLElement;
  readonly output: HTMLElement;
}

/** The picture of a finished run. */
export interface RunView {
  /** The number of steps. Step 0 is before the first event; step `steps` is the end. */
  readonly steps: number;
  /** The sentences of all steps, in order: `sentences[k - 1]` says what happened in step k. */
  readonly sentences: readonly string[];
  /** The line of main.ts of step k (from 1), if it has one, and the lines at which goroutines wait after it. */
  linesAt(step: number): { readonly current: number | undefined; readonly waiting: readonly number[] };
  /** Draws the state after step k. */
  show(step: number): void;
  /** The step that is drawn nearest to a point of the timeline, for scrubbing by a click. */
  stepAt(event: MouseEvent): number | undefined;
}

/** Returns the picture of a run in some elements of the page. */
export function createRunView(places: ViewPlaces, result: RunResult): RunView {
  const events = result.trace?.events ?? [];
  const output = document.createElement("pre");
  places.output.replaceChildren(output);
  return {
    steps: events.length,
    sentences: events.map(({ type, goroutine, at }) => `${at} ms: goroutine ${String(goroutine)}: ${type}`),
    linesAt: (step) => ({ current: events[step - 1]?.line, waiting: [] }),
    show(step) {
      const at = events[step - 1]?.at ?? -1;
      output.textContent = result.output.flatMap((piece) => (piece.at <= at ? piece.text : [])).join("");
    },
    stepAt: () => undefined,
  };
}
