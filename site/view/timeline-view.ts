// The timeline of a run, as goro/trace draws it, with a cursor behind the shown step. Later events are dimmed. The names of goroutines and
// channels are beside the picture and stay in place when it is scrolled. It is in a shadow tree: the styles of an SVG file apply to the whole
// tree that contains it.

import type { Mark, Shape } from "../../src/trace/layout/chart.ts";
import { layoutTimeline, type TimelineLayout } from "../../src/trace/layout/timeline-layout.ts";
import type { GoroutineRef, Trace } from "../../src/trace/format.ts";
import { pluralize } from "../../src/trace/formatting.ts";
import { toSvg } from "../../src/trace/svg.ts";
import { element, hasReducedMotion } from "./dom.ts";
import type { GoroutineState } from "./states.ts";
import type { RunSteps, Step } from "./steps.ts";
import { timelineStyle } from "./timeline-style.ts";

/** The smallest distance of two steps, and the greatest width of a picture, in pixels. */
const minStepWidth = 24;
const maxWidth = 20_000;

/** How far the mark of a lane reaches beyond it, in pixels, if there is room. */
const maxLaneMargin = 6;

/** How far behind its event the cursor is at most, in pixels. */
const maxLead = 12;

/** The smallest width of a picture without its names, and that of its borders. */
const minPicture = 240;
const borders = 2;

/** The width of the names in the layout. The picture begins this far to the left of the axis. */
const nameWidth = 130;

/** The name and the state of a goroutine, beside its lane. */
interface LaneLabel {
  readonly root: HTMLElement;
  readonly state: HTMLElement;
  readonly band: HTMLElement;
}

/** The timeline of one run. */
export class TimelineView {
  readonly #trace: Trace | null;
  readonly #run: RunSteps;
  readonly #scroller = element("div", "scroller");
  readonly #names = element("div", "names");
  readonly #picture = element("div", "picture");
  readonly #later = element("div", "later");
  readonly #cursor = element("div", "cursor");
  readonly #lanes = new Map<GoroutineRef, LaneLabel>();
  #layout: TimelineLayout | undefined;
  /** The positions of the cursor in the picture, by step. */
  #cursors: readonly number[] = [0];
  #step = 0;

  constructor(place: HTMLElement, trace: Trace | null, run: RunSteps) {
    this.#trace = trace;
    this.#run = run;
    const host = element("div", "run-timeline");
    const style = element("style", "", timelineStyle);
    this.#scroller.tabIndex = 0;
    this.#scroller.setAttribute("role", "region");
    this.#scroller.append(this.#names, this.#picture);
    host.attachShadow({ mode: "open" }).append(style, this.#scroller);
    place.replaceChildren(host);
    if (trace === null || trace.events.length === 0) {
      this.#scroller.replaceChildren(element("p", "none", "This run has no recording."));
      return;
    }
    this.#draw(trace, place.clientWidth);
    const observer = new ResizeObserver(() => {
      if (!host.isConnected) observer.disconnect();
      else if (this.#widthFor(place.clientWidth) !== this.#layout?.width) this.#draw(trace, place.clientWidth);
    });
    observer.observe(place);
  }

  /** Moves the cursor behind a step, and marks the goroutines that act in it. */
  show(step: number): void {
    this.#step = step;
    if (this.#layout === undefined) return;
    const x = this.#cursors[step] ?? 0;
    this.#cursor.style.transform = `translateX(${x}px)`;
    const { steps, states } = this.#run;
    const isEnd = step === steps.length;
    this.#later.style.left = isEnd ? "100%" : `${x}px`;
    const actors = actorsOf(steps[step - 1]);
    const ending = isEnd ? this.#trace?.ending : undefined;
    const goroutines = new Map(states[step]?.goroutines.map((goroutine) => [goroutine.id, goroutine]));
    for (const [id, lane] of this.#lanes) showLane(lane, goroutines.get(id), actors.includes(id), ending);
    const goroutineCount = pluralize(this.#lanes.size, "goroutine");
    this.#scroller.setAttribute("aria-label", `Timeline of ${goroutineCount}, step ${step} of ${steps.length}`);
    this.#follow(x, actors);
  }

  /** Returns the step nearest to a point; undefined beside the picture. */
  stepAt({ clientX, clientY }: MouseEvent): number | undefined {
    const { left, right, top, bottom } = this.#picture.getBoundingClientRect();
    const isCovered = clientX < this.#names.getBoundingClientRect().right;
    if (this.#layout === undefined || isCovered || clientX > right || clientY < top || clientY > bottom)
      return undefined;
    const x = clientX - left;
    let step = this.#cursors.findIndex((cursor) => cursor >= x);
    if (step < 0) step = this.#cursors.length - 1;
    const [before = -Infinity, after = Infinity] = [this.#cursors[step - 1], this.#cursors[step]];
    return x - before < after - x ? step - 1 : step;
  }

  #widthFor(available: number): number {
    const { steps } = this.#run;
    const hasGaps = this.#trace?.end !== 0;
    const needed = steps.length * minStepWidth * (hasGaps ? 1.4 : 1);
    const room = available - this.#names.offsetWidth - borders;
    return Math.min(Math.round(Math.max(needed, room, minPicture)) + nameWidth, maxWidth);
  }

  #draw(trace: Trace, available: number): void {
    const request = { title: "Timeline", width: this.#widthFor(available), from: 0, to: Infinity };
    const full = withoutOutput(layoutTimeline(trace, request));
    // The page shows the title, and the names are beside the picture.
    const layout = { ...full, header: [], bodyTop: 0, height: full.height - full.bodyTop };
    this.#layout = full;
    const { axis, lanes, tracks } = full;
    const cut = nameWidth;
    const isName = (shape: (typeof full.shapes)[number]): boolean => shape.kind === "text" && shape.x < cut;
    const names = tracks
      .slice(lanes.length)
      .map(({ label }) => label)
      .flat();
    const bare = { ...layout, tracks: tracks.map((track) => ({ ...track, label: [] })) };
    const picture = draw({ ...bare, shapes: full.shapes.filter((shape) => !isName(shape)) }, cut, full.width);
    const nothing = { ticks: [], gaps: [], right: axis.left };
    const shapes = [...names, ...full.shapes.filter(isName)];
    this.#names.replaceChildren(draw({ ...layout, axis: { ...axis, ...nothing }, tracks: [], shapes }, 0, cut));
    this.#lanes.clear();
    this.#picture.replaceChildren();
    const pitch = (lanes[1]?.top ?? Infinity) - (lanes[0]?.top ?? 0);
    for (const { goroutine, top, bottom } of lanes) {
      const margin = Math.min((pitch - (bottom - top)) / 2, maxLaneMargin);
      const lane = laneLabel(this.#run.labels?.goroutine(goroutine) ?? "", top - margin, bottom + margin);
      this.#lanes.set(goroutine, lane);
      this.#names.append(lane.root);
      this.#picture.append(lane.band);
    }
    this.#picture.append(picture, this.#later, this.#cursor);
    this.#cursors = cursorsOf(full, this.#run).map((x) => x - cut);
    this.show(this.#step);
  }

  /** Scrolls the picture, not the page, so that the cursor and the goroutine that acts are visible. */
  #follow(x: number, actors: readonly GoroutineRef[]): void {
    const { clientWidth, clientHeight, scrollLeft, scrollTop } = this.#scroller;
    const width = clientWidth - this.#names.offsetWidth;
    const isVisible = x >= scrollLeft + Math.min(40, width / 4) && x <= scrollLeft + width - Math.min(60, width / 4);
    const lane = this.#layout?.lanes.find(({ goroutine }) => actors.includes(goroutine));
    const isLow = lane !== undefined && (lane.top < scrollTop || lane.bottom + 10 > scrollTop + clientHeight);
    if (isVisible && !isLow) return;
    const left = isVisible ? scrollLeft : Math.max(0, x - width * 0.4);
    const top = isLow ? Math.max(0, lane.top - clientHeight / 2) : scrollTop;
    // A long way takes too long.
    const isSmooth = Math.abs(left - scrollLeft) <= clientWidth && !hasReducedMotion();
    this.#scroller.scrollTo({ left, top, behavior: isSmooth ? "smooth" : "instant" });
  }
}

/** Removes the texts of the output, which another part of the page shows. The marks of the output stay. */
function withoutOutput(layout: TimelineLayout): TimelineLayout {
  const { axis, bodyTop, shapes } = layout;
  const mark = shapes.find((shape): shape is Mark => shape.kind === "mark" && shape.style === "output");
  if (mark === undefined) return layout;
  const end = mark.y + 9;
  const isShown = (shape: Shape): boolean => shape.kind !== "text" || shape.y <= end;
  return { ...layout, axis: { ...axis, end }, height: bodyTop + end + 5, shapes: shapes.filter(isShown) };
}

/** Draws the part of a layout between two horizontal positions. */
function draw(layout: Parameters<typeof toSvg>[0], left: number, right: number): SVGSVGElement {
  const holder = document.createElement("div");
  holder.innerHTML = toSvg(layout, { colorOf: (color) => `var(--trace-${color})` });
  const svg = holder.querySelector("svg") as SVGSVGElement;
  const { height } = layout;
  // The marks of the lanes are behind the picture.
  svg.querySelector(":scope > rect.background")?.remove();
  svg.setAttribute("viewBox", `${left} 0 ${right - left} ${height}`);
  svg.setAttribute("width", String(right - left));
  return svg;
}

function laneLabel(name: string, top: number, bottom: number): LaneLabel {
  const state = element("span", "state");
  const root = element("div", "lane", element("span", "name", name), state);
  const band = element("div", "band");
  for (const { style } of [root, band]) {
    style.top = `${top}px`;
    style.height = `${bottom - top}px`;
  }
  root.title = name;
  return { root, state, band };
}

function showLane(
  { root, state, band }: LaneLabel,
  goroutine: GoroutineState | undefined,
  acts: boolean,
  ending: Trace["ending"] | undefined,
): void {
  const { status = "unborn", label = "not started" } = goroutine ?? {};
  const isAlive = status !== "unborn" && status !== "returned" && status !== "panicked";
  const isForever = ending === "blocked" && isAlive && status !== "running";
  // The end of the main goroutine ends the others.
  state.textContent = isAlive && (ending === "returned" || ending === "panicked") ? `stopped: main ${ending}` : label;
  root.dataset["status"] = status;
  root.title = goroutine === undefined ? root.title : `${goroutine.name} ${goroutine.description}`;
  root.classList.toggle("acts", acts);
  root.classList.toggle("is-stuck", isForever);
  band.classList.toggle("acts", acts);
}

/** The goroutines that a step marks: those that act, both that meet at an unbuffered channel, and those that the runtime wakes. */
function actorsOf(step: Step | undefined): readonly GoroutineRef[] {
  if (step === undefined) return [];
  const isMeeting = step.moves.some(({ kind }) => kind === "direct");
  return isMeeting || step.actors.includes(0) ? [...step.actors, ...step.targets] : step.actors;
}

/** The cursor of a step is a little behind its last event, and before the next one. */
function cursorsOf({ axis, positions }: TimelineLayout, { steps }: RunSteps): number[] {
  const behind = steps.map(({ first, last }, k) => {
    const next = steps[k + 1];
    if (next === undefined) return axis.right;
    const x = positions[last] ?? positions[first] ?? axis.right;
    return x + Math.min(Math.max(((positions[next.first] ?? axis.right) - x) / 2, 0), maxLead);
  });
  return [axis.left, ...behind];
}
