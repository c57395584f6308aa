// The timeline of a trace as an SVG file.

import { Check } from "../util/validate.ts";
import type { Trace } from "./format.ts";
import { layoutTimeline } from "./layout/timeline-layout.ts";
import { truncate } from "./formatting.ts";
import { toSvg } from "./svg.ts";
import { checkGoroutines, checkTimes, type ViewRange } from "./view-options.ts";

/** The options of {@link renderTimeline}. */
export interface RenderTimelineOptions extends ViewRange {
  /**
   * The title above the timeline.
   *
   * @defaultValue "Timeline"
   */
  readonly title?: string;

  /**
   * The width in pixels, from 480 to 20,000.
   *
   * @defaultValue 1,000
   */
  readonly width?: number;
}

/**
 * Draws `trace` as a timeline and returns the text of an SVG file: when each goroutine ran, what it waited for, which values went from
 * which goroutine to which, and how many values each channel held. After a deadlock, the wait-for graph is below.
 *
 * The axis is the order of the events; time that passes between them is a gray gap. Many events of a real clock are placed by their time.
 *
 * @param trace - A recorded run.
 * @param options - What is shown, and how wide.
 * @throws {RangeError} if the width, the range of time or the id of a goroutine is invalid.
 * @throws {TypeError} if the title is not a string, or `goroutines` is not an array.
 *
 * @example
 * const recording = record({ values: true });
 * const jobs = new Channel<string>(1, { name: "jobs" });
 * go(() => jobs.send("sweep"));
 * await jobs.receive();
 * const svg = renderTimeline(recording.stop(), { title: "one job" });
 * console.log(svg.startsWith("<svg"));
 */
export function renderTimeline(trace: Trace, options: RenderTimelineOptions = {}): string {
  const check = new Check("renderTimeline");
  check.options(options, ["title", "width", "from", "to", "goroutines"]);
  const { title = "Timeline", width = 1_000, goroutines } = options;
  check.atLeast("width", 480, width, 20_000);
  if (typeof title !== "string") throw new TypeError(`renderTimeline: title must be a string, got ${typeof title}`);
  checkGoroutines("renderTimeline", options, trace);
  const range = checkTimes("renderTimeline", options);
  return toSvg(layoutTimeline(trace, { ...range, title: truncate(title, 100), width: Math.round(width), goroutines }));
}
