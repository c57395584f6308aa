// What a picture of a pool says in words and figures, above and below what is drawn.

import { counted, duration, thousands } from "../figures.ts";
import { short } from "../shown.ts";
import { text, widthOf } from "../svg.ts";
import { percentile } from "./jobs.ts";
import { gap, type Part, type Scene } from "./scene.ts";

/** The title, a summary, and in the corner how long jobs took. */
export function head(scene: Scene, y: number): Part {
  const { latencies, throughput, done, failed } = scene.figures;
  const latency = (p: number): string => (latencies.length === 0 ? "–" : duration(percentile(latencies, p)));
  const tiles = [
    [latency(0.5), "latency p50"],
    [latency(0.99), "latency p99"],
    [thousands(done + failed), done + failed === 1 ? "job processed" : "jobs processed"],
    [scene.view.isTime ? figure(throughput) : "–", "jobs per second"],
  ] as const;
  const tile = 104;
  const room = scene.width - 2 * gap - tiles.length * tile;
  const body = [text(gap, y + 10, fitting(scene.title, room), "title")];
  for (const [i, [value, caption]] of tiles.entries()) {
    const x = scene.width - gap - (tiles.length - 1 - i) * tile;
    body.push(text(x, y + 14, value, "figure", "end"), text(x, y + 30, caption, "small", "end"));
  }
  const said = summary(scene);
  const fits = widthOf(said) < room;
  body.push(text(gap, y + (fits ? 30 : 52), said, "small"));
  return { body, bottom: y + (fits ? 58 : 78) };
}

/** How many jobs there were, and what became of them. */
export function summary({ figures, workers: count }: Scene): string {
  const { jobs, done, failed, cancelled, neverBegun, later, working, waiting } = figures;
  const notBegun = neverBegun > 0 ? ` (${thousands(neverBegun)} in the queue)` : "";
  const parts = [
    `${counted(jobs, "job")} for ${counted(count, "worker")}`,
    done > 0 ? `${thousands(done)} done` : "",
    failed > 0 ? `${thousands(failed)} failed` : "",
    cancelled > 0 ? `${thousands(cancelled)} cancelled${notBegun}` : "",
    working > 0 ? `${thousands(working)} still at work` : "",
    waiting > 0 ? `${thousands(waiting)} still in the queue` : "",
    later > 0 ? `${thousands(later)} not over yet` : "",
  ];
  return parts.filter((part) => part !== "").join(", ");
}

/** What else must be known to read the picture. */
export function notes({ view, trace }: Scene): string[] {
  const { isTime, from, history } = view;
  const { clock, dropped, ending } = trace;
  const kind = clock === "virtual" ? ", which is virtual" : "";
  return [
    isTime
      ? `Time since the start of the trace${kind}. Numbers in bars count the jobs.`
      : `The order of the pool's events, counted from 1: no time passes. All at ${duration(from)}.`,
    history.times.length === 0 ? "The trace has no events of this pool." : "",
    ending === "blocked" ? "The program ended blocked: all goroutines waited, and nothing was left to wake one." : "",
    dropped > 0 ? `Not whole: ${counted(dropped, "event")} came after the limit of the recording.` : "",
  ].filter((note) => note !== "");
}

/** As much of `title` as has room in so many pixels. */
function fitting(title: string, room: number): string {
  const most = Math.floor(room / 9);
  const whole = short(title, most);
  // Some writings are wide.
  return short(title, Math.floor(most * Math.min(1, room / widthOf(whole, 15.5))));
}

/** In three digits, or whole if there are more. */
function figure(value: number): string {
  return value >= 100 ? thousands(Math.round(value)) : String(Number(value.toPrecision(3)));
}
