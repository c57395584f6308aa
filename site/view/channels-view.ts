// The channels of a run as boxes: the values in the buffer, and the goroutines that wait at both ends. Values move from left to right.

import { truncate } from "../../src/trace/formatting.ts";
import type { TracedChannel } from "../../src/trace/format.ts";
import { element, hasReducedMotion } from "./dom.ts";
import type { BufferedValue, ChannelState, Move, Party } from "./states.ts";
import type { RunSteps } from "./steps.ts";

/** With more channels, cells or parties than these, the others are counted. */
const maxChannels = 12;
const maxCells = 10;

/** How many cells of a larger buffer are shown, so that they are in one row. */
const fewCells = 6;
const maxParties = 4;

/** The length of a value in characters. */
const maxText = 18;

/** The channels of timers and contexts, which the library makes, have a box only while something happens there. */
type Source = "program" | "timer" | "context";

function sourceOf({ name }: Pick<ChannelState, "name">): Source {
  if (name.startsWith("time.")) return "timer";
  return name.startsWith("ctx.") ? "context" : "program";
}

/** The channels of one run. */
export class ChannelsView {
  readonly #run: RunSteps;
  readonly #boxes: ReadonlyMap<number, ChannelBox>;

  constructor(place: HTMLElement, run: RunSteps) {
    this.#run = run;
    const all = run.states[0]?.channels ?? [];
    const channels = all.toSorted((a, b) => Number(sourceOf(a) !== "program") - Number(sourceOf(b) !== "program"));
    const used = channels.length > maxChannels ? mostUsed(run) : channels;
    this.#boxes = new Map(used.map((channel) => [channel.id, new ChannelBox(channel)]));
    place.classList.add("run-channels");
    place.replaceChildren(...[...this.#boxes.values()].map(({ root }) => root));
    const hidden = channels.length - used.length;
    if (hidden > 0) place.append(element("p", "channels-more", `and ${hidden} more, less used`));
    if (channels.length === 0) place.append(element("p", "channels-more", "This program uses no channel."));
  }

  /** Shows the state after a step. If `isNext`, the values of the step move to their places. */
  show(step: number, isNext: boolean): void {
    const moves = this.#run.steps[step - 1]?.moves ?? [];
    const isAnimated = isNext && !hasReducedMotion();
    for (const channel of this.#run.states[step]?.channels ?? []) {
      const own = moves.filter((move) => move.channel === channel.id);
      this.#boxes.get(channel.id)?.show(channel, own, isAnimated);
    }
  }
}

/** The channels that most values pass, in their order. */
function mostUsed({ steps, states }: RunSteps): ChannelState[] {
  const uses = new Map<number, number>();
  for (const { channel } of steps.flatMap(({ moves }) => moves)) uses.set(channel, (uses.get(channel) ?? 0) + 1);
  const channels = (states[0]?.channels ?? []).filter((channel) => sourceOf(channel) === "program");
  const best = channels.toSorted((a, b) => (uses.get(b.id) ?? 0) - (uses.get(a.id) ?? 0)).slice(0, maxChannels);
  return channels.filter((channel) => best.includes(channel));
}

/** The box of one channel. */
class ChannelBox {
  readonly root: HTMLElement;
  readonly #word = element("span", "channel-word");
  readonly #senders = element("ul", "parties");
  readonly #receivers = element("ul", "parties");
  readonly #pipe = element("div", "channel-pipe");
  readonly #status = element("p", "channel-status");
  readonly #source: Source;
  #shown: ChannelState | undefined;
  #hasMoves = false;

  constructor({ name, capacity }: Pick<TracedChannel, "name" | "capacity">) {
    this.#source = sourceOf({ name });
    const kind = {
      program: capacity === 0 ? "unbuffered" : `room for ${capacity}`,
      timer: "of a timer",
      context: "of a context",
    }[this.#source];
    const head = element(
      "h3",
      "channel-head",
      element("span", "channel-name", name),
      " ",
      element("span", "channel-kind", kind),
      " ",
      this.#word,
    );
    const end = (title: string, side: string, list: HTMLElement): HTMLElement =>
      element("div", `channel-end ${side}`, element("span", "channel-end-title", title), list);
    const body = element(
      "div",
      "channel-body",
      end("waits to send", "sending", this.#senders),
      this.#pipe,
      end("waits to receive", "receiving", this.#receivers),
    );
    this.root = element("section", "channel", head, body, this.#status);
  }

  show(channel: ChannelState, all: readonly Move[], isAnimated: boolean): void {
    if (channel === this.#shown && all.length === 0 && !this.#hasMoves) return;
    // A timer sends the time as a number.
    const moves = this.#source === "timer" ? all.map((move) => ({ ...move, text: "the time" })) : all;
    this.#shown = channel;
    this.#hasMoves = moves.length > 0;
    const { isClosed, senders, receivers } = channel;
    this.root.hidden = this.#source !== "program" && receivers.length + moves.length === 0;
    this.root.classList.toggle("is-moving", isAnimated);
    this.#word.textContent = isClosed ? "closed" : "";
    const direct = moves.filter(({ kind }) => kind === "direct");
    const [left, right] = [this.#source === "timer" ? [] : direct, moves.filter(({ kind }) => kind !== "in")];
    this.#senders.replaceChildren(
      ...partyItems(
        senders,
        left.map(({ from = "" }) => `${from} has sent`),
      ),
    );
    this.#receivers.replaceChildren(
      ...partyItems(
        receivers,
        right.map(({ to = "", text }) => `${to} has ${shortText(text)}`),
      ),
    );
    this.#pipe.replaceChildren(...pipeContents(channel, moves));
    this.#status.textContent =
      this.#source === "program" ? describe(channel, moves) : describeSignal(channel, moves, this.#source);
  }
}

/** The goroutines that wait at an end, and those for which a step has just ended the wait. */
function partyItems(parties: readonly Party[], done: readonly string[]): HTMLElement[] {
  const shown = parties.slice(0, maxParties).map(({ name, text }) => {
    return element("li", "party", name, text === "" ? undefined : `: ${shortText(text)}`);
  });
  const more = parties.length - shown.length;
  if (more > 0) shown.push(element("li", "party-more", `and ${more} more`));
  shown.unshift(...done.map((label) => element("li", "party is-served", label)));
  return shown.length > 0 ? shown : [element("li", "party-none", "no goroutine")];
}

function pipeContents(
  { capacity, values, isClosed, senders, receivers }: ChannelState,
  moves: readonly Move[],
): HTMLElement[] {
  const contents: HTMLElement[] = [];
  if (isClosed) contents.push(element("span", "channel-cap"));
  if (capacity === 0) {
    const [sender] = senders;
    const isOpen = moves.length > 0;
    const offered = sender === undefined || isOpen ? element("span", "") : valueChip(sender.text);
    const expected = element("span", receivers.length === 0 || isOpen ? "" : "value-expected");
    contents.push(offered, element("span", isOpen ? "channel-barrier is-open" : "channel-barrier"), expected);
  } else {
    const added = new Set(moves.filter(({ kind }) => kind === "in").map(({ value }) => value));
    contents.push(cellsOf(capacity, values, added));
  }
  for (const { kind, text } of moves.slice(-1)) {
    if (kind === "in") continue;
    const chip = valueChip(text);
    chip.classList.add("is-passing", `is-${kind}`);
    contents.push(chip);
  }
  return contents;
}

/** The places of a buffer: the oldest value is at the right, where values leave it. */
function cellsOf(capacity: number, values: readonly BufferedValue[], added: ReadonlySet<number>): HTMLElement {
  const all = Math.max(capacity, values.length);
  const count = all > maxCells ? fewCells : all;
  const list = element("ol", "cells");
  for (let i = count - 1; i >= 0; i--) {
    const value = values[i];
    const cell = element("li", value === undefined ? "cell" : "cell is-filled");
    if (value === undefined) cell.append(element("span", "cell-empty", "empty"));
    else {
      const chip = valueChip(value.text);
      if (added.has(value.id)) chip.classList.add("is-added");
      cell.append(chip);
    }
    list.append(cell);
  }
  const more = all - count;
  if (more > 0) list.prepend(element("li", "cells-more", `+ ${more}`));
  return list;
}

function shortText(text: string): string {
  return text === "" ? "a value" : truncate(text, maxText);
}

function valueChip(text: string): HTMLElement {
  const chip = element("span", "value", shortText(text));
  if (Array.from(text).length > maxText) chip.title = text;
  return chip;
}

/** Why goroutines wait at the channel, or what has just happened there. */
function describe(channel: ChannelState, moves: readonly Move[]): string {
  const { capacity, isClosed, values, senders, receivers } = channel;
  const move = moves.at(-1);
  const text = move === undefined ? "" : shortText(move.text);
  if (move?.kind === "direct") return `${move.from ?? ""} and ${move.to ?? ""} meet: ${text} passes directly.`;
  if (move?.kind === "in") return `${move.from ?? ""} puts ${text} into the buffer.`;
  if (move?.kind === "out") return `${move.to ?? ""} takes ${text} out of the buffer.`;
  if (isClosed) {
    if (values.length > 0) return "No more sends. The values that are left can be received.";
    return "No more sends. A receive returns at once, without a value.";
  }
  if (capacity === 0) {
    if (senders.length > 0) return `${waiting(senders)} until a goroutine receives.`;
    if (receivers.length > 0) return `${waiting(receivers)} until a goroutine sends.`;
    return "No buffer: a value passes only when a sender and a receiver meet.";
  }
  if (senders.length > 0) return `The buffer is full: ${waiting(senders)} until there is room.`;
  if (receivers.length > 0) return `The buffer is empty: ${waiting(receivers)} until a value comes.`;
  if (values.length >= capacity) return "The buffer is full: the next send waits.";
  return `${values.length} of ${capacity} places are taken: a send does not wait.`;
}

/** Describes the channel of a timer or a context. */
function describeSignal({ receivers }: ChannelState, moves: readonly Move[], source: "timer" | "context"): string {
  if (receivers.length > 0)
    return `${waiting(receivers)} until the ${source} ${source === "timer" ? "fires" : "is canceled"}.`;
  const { to } = moves.at(-1) ?? {};
  return to === undefined ? "The timer has fired." : `The timer has fired: ${to} has the time.`;
}

function waiting(parties: readonly Party[]): string {
  return parties.length === 1 ? `${parties[0]?.name ?? ""} waits` : `${parties.length} goroutines wait`;
}
