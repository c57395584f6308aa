// The picture of a finished run: the timeline, the channels and the output at one of its steps.

import type { RunResult } from "../run/messages.ts";
import { ChannelsView } from "./channels-view.ts";
import { deadlockView } from "./deadlock-view.ts";
import { OutputView } from "./output-view.ts";
import { stepsOf, waitingLines } from "./steps.ts";
import { TimelineView } from "./timeline-view.ts";

/** Where a run is drawn. What the elements contain is replaced. */
export interface ViewPlaces {
  readonly timeline: HTMLElement;
  readonly channels: HTMLElement;
  readonly output: HTMLElement;
}

/** The picture of a finished run, at one of its steps. */
export interface RunView {
  /** The number of steps. Step 0 is before the first event; step `steps` is the end. */
  readonly steps: number;

  /** The sentences of all steps, in order: `sentences[k - 1]` says what happened in step k. */
  readonly sentences: readonly string[];

  /**
   * Returns the line of the program of a step, if it has one, and the lines at which goroutines wait after it.
   *
   * @param step - from 0 to `steps`
   */
  linesAt(step: number): { readonly current: number | undefined; readonly waiting: readonly number[] };

  /**
   * Draws the state after a step. A step that follows the one that is drawn shows how values move.
   *
   * @param step - from 0 to `steps`
   */
  show(step: number): void;

  /** Returns the step that is drawn nearest to a point of the timeline, for scrubbing by a click; undefined beside the timeline. */
  stepAt(event: MouseEvent): number | undefined;
}

/** Draws a run, at step 0. */
export function createRunView(places: ViewPlaces, result: RunResult): RunView {
  const run = stepsOf(result);
  const { steps, states, printed } = run;
  const timeline = new TimelineView(places.timeline, result.trace, run);
  const channels = new ChannelsView(places.channels, run);
  const output = new OutputView(places.output, result);
  const deadlock = run.deadlock && deadlockView(run.deadlock);
  if (deadlock !== undefined) places.timeline.append(deadlock);
  let shown: number | undefined;
  const clamp = (step: number): number => Math.min(Math.max(Math.round(step), 0), steps.length);

  const view: RunView = {
    steps: steps.length,
    sentences: steps.map(({ sentence }, k) =>
      deadlock !== undefined && k === steps.length - 1
        ? `${sentence}; now every goroutine waits: a deadlock`
        : sentence,
    ),
    linesAt(step) {
      const k = clamp(step);
      const state = states[k];
      return { current: steps[k - 1]?.line, waiting: state === undefined ? [] : waitingLines(state) };
    },
    show(step) {
      const k = clamp(step);
      const isNext = shown !== undefined && k === shown + 1;
      shown = k;
      timeline.show(k);
      channels.show(k, isNext);
      output.show(printed[k] ?? 0);
      if (deadlock !== undefined) deadlock.hidden = k !== steps.length;
    },
    stepAt: (event) => timeline.stepAt(event),
  };
  view.show(0);
  return view;
}
