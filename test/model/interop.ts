// Test fixtures for conversions: each with all the ways in which it can end, and with a model of the expected results.

import { EventEmitter } from "node:events";
import {
  Channel,
  context,
  type Context,
  type EventChannel,
  fromEvents,
  fromIterable,
  fromReadableStream,
  PanicError,
  type ReceiveChannel,
  toReadableStream,
  toWritableStream,
} from "goro";
import { channelStateOf } from "../../src/channel/channel.ts";
import type { ChannelState } from "../../src/channel/channel-state.ts";
import { isError } from "../../src/util/inspect.ts";
import { children } from "../support/contexts.ts";
import type { Source } from "./interop-sources.ts";

/** A conversion under test. */
export interface Fixture {
  /** The actions before the first end, by the name of the point that they lead to. */
  readonly points: Readonly<Record<string, () => void>>;

  /** The ways to end it. Each may be taken at any time, also more than once. */
  readonly ends: Readonly<Record<string, () => void>>;

  /** Further actions of a random history. */
  readonly steps: Readonly<Record<string, () => void>>;

  /** Ends everything that can still be ended, after which no operation may be waiting. */
  finish(): void;

  /** Throws if a value or an error was lost or reported twice, or a listener was left. */
  check(): void;
}

/** Makes a fixture; must be called in a bubble. */
export type FixtureMaker = () => Fixture;

function inOrder(...actions: (() => unknown)[]): () => void {
  return () => {
    for (const act of actions) act();
  };
}

/** Throws unless `actual` and `expected` are the same in JSON, in which errors are their texts. */
function same(what: string, actual: unknown, expected: unknown): void {
  const [is, should] = [actual, expected].map((value) =>
    JSON.stringify(value, (_, each: unknown) => (each instanceof Error ? String(each) : each)),
  );
  if (is !== should) throw new Error(`${what}: ${is ?? ""} instead of ${should ?? ""}`);
}

function isClosed(channel: object): boolean {
  return (channelStateOf(channel as Channel<unknown>) as ChannelState<unknown>).closed;
}

function drain<T>(channel: ReceiveChannel<T>, into: T[]): void {
  for (let r = channel.tryReceive(); r?.ok === true; r = channel.tryReceive()) into.push(r.value);
}

function closeOnce(channel: object): void {
  if (!isClosed(channel)) (channel as Channel<unknown>).close();
}

/** A channel from a source. */
export function fromSource(make: (cleanupFails: boolean) => Source, capacity: number, cleanupFails: boolean): Fixture {
  const [ctx, cancel] = context.withCancel(context.background());
  const source = make(cleanupFails);
  const reported: Error[] = [];
  const sent: number[] = [];
  const reads: Settled<IteratorResult<number>>[] = [];
  const taken = new Set<string>();
  const options = { ctx, capacity, onError: (error: Error): unknown => reported.push(error) };
  const channel =
    source.source instanceof ReadableStream
      ? fromReadableStream(source.source, options)
      : fromIterable(source.source, options);
  const range = channel[Symbol.asyncIterator]();
  let hasEnded = false;

  function push(): void {
    if (["end", "fail"].some((way) => taken.has(way))) return;
    sent.push(sent.length);
    source.push(sent.length - 1);
  }
  function read(): void {
    reads.push(watch(range.next()));
  }
  function way(name: string, take: () => unknown): () => void {
    return () => {
      taken.add(name);
      take();
    };
  }
  return {
    points: {
      "before it starts": () => undefined,
      "while it sends": inOrder(push, push, push),
      "while it pulls": read,
      "after a value": inOrder(push, read, read),
    },
    ends: {
      end: way("end", () => source.end()),
      fail: way("fail", () => source.fail(new Error("failed"))),
      cancel: way("cancel", cancel),
      "break off": way("break off", () => range.return?.()),
      "close the channel": way("close the channel", () => closeOnce(channel)),
    },
    steps: { push, read },
    finish() {
      hasEnded = isClosed(channel);
      if (hasEnded) checkUnheld(ctx, taken.has("close the channel"));
      cancel();
      // A waiting generator cannot be ended from outside.
      source.end();
    },
    check() {
      const received = reads.flatMap(({ outcome }) =>
        outcome !== null && "value" in outcome && outcome.value.done !== true ? [outcome.value.value] : [],
      );
      drain(channel, received);
      same("the channel is closed", isClosed(channel), true);
      same("received", received, sent.slice(0, received.length));
      const isWhole = hasEnded && [...taken].every((each) => each === "end" || each === "break off");
      if (isWhole) same("in all", received.length, source.given() ?? sent.length);
      const lost = (source.given() ?? received.length) - received.length;
      if (lost > 1) throw new Error(`${lost} values were lost`);
      const panics = reported.filter((error) => error instanceof PanicError);
      if (panics.length > (taken.has("close the channel") ? 1 : 0)) throw panics[0] as Error;
      const others = reported.filter((error) => !(error instanceof PanicError));
      same("reported", others.map(String).sort(), source.errors.map(String).sort());
      same("each is reported once", new Set(others).size, others.length);
      same("the source is released", source.isReleased(), true);
    },
  };
}

// A close by other code is detected at the next value.
function checkUnheld(ctx: Context, mayBeUnnoticed: boolean): void {
  if (!mayBeUnnoticed) same("listeners on the context after the end", children(ctx), 0);
}

/** An event target that counts its listeners. */
class CountingTarget extends EventTarget {
  listeners = 0;

  override addEventListener(...args: Parameters<EventTarget["addEventListener"]>): void {
    this.listeners++;
    super.addEventListener(...args);
  }

  override removeEventListener(...args: Parameters<EventTarget["removeEventListener"]>): void {
    this.listeners--;
    super.removeEventListener(...args);
  }
}

class TestEvent extends globalThis.Event {
  readonly payload: unknown;

  constructor(name: string, payload: unknown) {
    super(name);
    this.payload = payload;
  }

  get error(): unknown {
    return this.payload;
  }
}

/** A channel of events. An abort cancels the context and, before or after that, ends the emitter. */
export function events(
  kind: "emitter" | "target",
  overflow: "error" | "drop-newest" | "drop-oldest",
  emitterIsFirst: boolean,
): Fixture {
  const emitter = new EventEmitter();
  const target = new CountingTarget();
  const emit = (name: string, payload?: unknown): unknown =>
    kind === "emitter" ? emitter.emit(name, payload) : target.dispatchEvent(new TestEvent(name, payload));
  const controller = new AbortController();
  const endEmitter = (): void => void emit("end");
  if (emitterIsFirst) controller.signal.addEventListener("abort", endEmitter);
  const [ctx, cancel] = context.withCancel(context.fromSignal(controller.signal));
  if (!emitterIsFirst) controller.signal.addEventListener("abort", endEmitter);

  const capacity = 2;
  const reported: Error[] = [];
  const dropped: number[] = [];
  const received: number[] = [];
  const valueOf = (event: unknown): number => (event instanceof TestEvent ? event.payload : event) as number;
  const channel: EventChannel<unknown> = fromEvents(kind === "emitter" ? emitter : target, "data", {
    ctx,
    capacity,
    overflow,
    endEvent: "end",
    errorEvent: "error",
    onDrop: (event) => dropped.push(valueOf(event)),
    onError: (error) => reported.push(error),
  });

  // The model: all ends are synchronous, so the first one decides.
  let isOver = false;
  let isClosedByOthers = false;
  let failure: string | undefined;
  let count = 0;
  const buffer: number[] = [];
  const modelDropped: number[] = [];
  const modelReceived: number[] = [];

  function decide(why?: string): void {
    if (isOver) return;
    isOver = true;
    failure = why;
  }
  function push(): void {
    const value = count++;
    if (!isOver) {
      if (isClosedByOthers) decide("PanicError: send on closed channel");
      else if (buffer.length < capacity) buffer.push(value);
      else if (overflow === "error") decide("RangeError: full");
      else if (overflow === "drop-newest") modelDropped.push(value);
      else {
        modelDropped.push(buffer.shift() as number);
        buffer.push(value);
      }
    }
    emit("data", value);
  }
  function read(): void {
    const r = channel.tryReceive();
    if (r?.ok === true) received.push(valueOf(r.value));
    if (buffer.length > 0) modelReceived.push(buffer.shift() as number);
  }
  return {
    points: {
      idle: () => undefined,
      "with one event": push,
      "when it is full": inOrder(push, push),
      "when a receiver has been served": inOrder(push, read, push),
    },
    ends: {
      end: inOrder(decide, () => emit("end")),
      fail: inOrder(
        () => decide("Error: failed"),
        () => emit("error", new Error("failed")),
      ),
      overflow: inOrder(push, push, push),
      cancel: inOrder(decide, cancel),
      abort: inOrder(decide, () => controller.abort()),
      "close the channel": () => {
        if (!isOver) isClosedByOthers = true;
        closeOnce(channel);
      },
    },
    steps: { push, read },
    finish() {
      if (isOver) same("listeners on the context after the end", children(ctx), 0);
      decide();
      cancel();
      controller.signal.removeEventListener("abort", endEmitter);
    },
    check() {
      for (let n = 0; n < capacity; n++) read();
      // After the end, error events have no effect.
      emit("error", new Error("late"));
      same("the channel is closed", isClosed(channel), true);
      same("received", received, modelReceived);
      same("dropped", [dropped, channel.dropped], [modelDropped, modelDropped.length]);
      const text = String(channel.err() ?? "none").replace(/^RangeError: .*/, "RangeError: full");
      same("failure", text, failure ?? "none");
      same("reported", reported, channel.err() === undefined ? [] : [channel.err()]);
      same("listeners", [target.listeners, emitter.eventNames()], [0, kind === "emitter" ? ["error"] : []]);
      same("listeners for late errors", emitter.listenerCount("error"), kind === "emitter" ? 1 : 0);
    },
  };
}

/** The outcome of a promise; null while it is pending. */
interface Settled<T> {
  outcome: { readonly value: T } | { readonly reason: unknown } | null;
}

function watch<T>(promise: Promise<T>): Settled<T> {
  const settled: Settled<T> = { outcome: null };
  promise.then(
    (value) => (settled.outcome = { value }),
    (reason: unknown) => (settled.outcome = { reason }),
  );
  return settled;
}

/** A readable stream of a channel. */
export function readable(capacity: number): Fixture {
  const [ctx, cancel] = context.withCancelCause(context.background());
  const channel = new Channel<number>(capacity);
  const core = channelStateOf(channel) as ChannelState<number>;
  const canceled: Error[] = [];
  const stream = toReadableStream(channel, { ctx, onCancel: (reason) => canceled.push(reason) });
  const reader = stream.getReader();
  const closed = watch(reader.closed);
  const reads: Settled<ReadableStreamReadResult<number>>[] = [];
  const cause = new Error("cause");
  let sent = 0;
  let cancels = 0;
  let closes = 0;

  // Only values that are taken at once are sent.
  function push(): void {
    if (!isClosed(channel) && channel.trySend(sent)) sent++;
  }
  const read = (): void => void reads.push(watch(reader.read()));
  return {
    points: {
      idle: () => undefined,
      "with values in the channel": inOrder(push, push),
      "while a read waits": read,
      "while two reads wait": inOrder(read, read),
    },
    ends: {
      close: inOrder(
        () => closes++,
        () => closeOnce(channel),
      ),
      cancel: () => cancel(cause),
      "cancel the stream": inOrder(
        () => cancels++,
        () => watch(reader.cancel(new Error("left"))),
      ),
    },
    steps: { push, read },
    finish() {
      if (closed.outcome !== null) checkUnheld(ctx, false);
      cancel(cause);
    },
    check() {
      if (closed.outcome === null) throw new Error("the stream has not ended");
      const isFailed = "reason" in closed.outcome;
      if (isFailed) same("the stream fails with the cause", closed.outcome, { reason: cause });
      if (canceled.length > Math.min(cancels, isFailed ? 0 : 1)) throw new Error("onCancel was called too often");
      const values: number[] = [];
      for (const { outcome } of reads) {
        if (outcome === null) throw new Error("a read has not ended");
        if ("reason" in outcome) same("a read fails with the cause", outcome, { reason: cause });
        else if (!outcome.value.done) values.push(outcome.value.value);
      }
      const left: number[] = [];
      drain(channel, left);
      // A value that was in transit when the stream ended is dropped.
      const inAll = [...values, ...left];
      const all = Array.from({ length: sent }, (_, n) => n);
      const gap = all.filter((n) => !inAll.includes(n));
      same(
        "values",
        inAll,
        all.filter((n) => !gap.includes(n)),
      );
      if (gap.length > 1 || (gap.length === 1 && gap[0] !== values.length)) throw new Error(`lost: ${gap.join()}`);
      same("the stream does not close the channel", isClosed(channel), closes > 0);
      same("receivers in the queue", core.receivers.count(), 0);
    },
  };
}

/** A writable stream into a channel. */
export function writable(capacity: number, preventClose: boolean): Fixture {
  const [ctx, cancel] = context.withCancelCause(context.background());
  const channel = new Channel<number>(capacity);
  const core = channelStateOf(channel) as ChannelState<number>;
  const aborted: Error[] = [];
  const stream = toWritableStream(channel, { ctx, preventClose, onAbort: (reason) => aborted.push(reason) });
  const writer = stream.getWriter();
  watch(writer.ready);
  const closed = watch(writer.closed);
  const writes: Settled<void>[] = [];
  const received: number[] = [];
  const cause = new Error("cause");
  let aborts = 0;
  let closes = 0;
  let count = 0;
  let isClosedByOthers = false;

  const write = (): void => {
    count++;
    watch(writer.ready);
    // Node 20 throws an assertion of its own if a closed stream was aborted.
    writes.push(watch((async () => writer.write(count - 1))()));
  };
  const read = (): void => {
    const r = channel.tryReceive();
    if (r?.ok === true) received.push(r.value);
  };
  return {
    points: {
      "before it starts": () => undefined,
      "while a write waits": write,
      "while three writes wait": inOrder(write, write, write),
      "after a write": inOrder(write, read),
    },
    ends: {
      close: inOrder(
        () => closes++,
        () => watch(writer.close()),
      ),
      abort: inOrder(
        () => aborts++,
        () => watch(writer.abort(new Error("aborted"))),
      ),
      cancel: () => cancel(cause),
      "close the channel": () => {
        if (!isClosed(channel)) isClosedByOthers = true;
        closeOnce(channel);
      },
    },
    steps: { write, read },
    finish() {
      if (closed.outcome !== null) checkUnheld(ctx, false);
      cancel(cause);
    },
    check() {
      if (closed.outcome === null) throw new Error("the stream has not ended");
      drain(channel, received);
      const taken: number[] = [];
      for (const [value, { outcome }] of writes.entries()) {
        if (outcome === null) throw new Error(`write ${value} has not ended`);
        if ("value" in outcome) taken.push(value);
        else if (!isError(outcome.reason)) throw new Error(`write ${value} rejects with a value that is not an Error`);
        else if (outcome.reason instanceof PanicError && !isClosedByOthers) throw outcome.reason;
      }
      same("received is what was written", received, taken);
      if (aborted.length > Math.min(aborts, 1)) throw new Error("onAbort was called too often");
      const isAborted = "reason" in closed.outcome && String(closed.outcome.reason) === "Error: aborted";
      if (isAborted) same("onAbort was called", aborted.length, 1);
      same("the channel is closed", isClosed(channel), !preventClose || isClosedByOthers);
      same("senders in the queue", core.senders.count(), 0);
      if (closes === 0 && "value" in closed.outcome) throw new Error("the stream has closed by itself");
    },
  };
}
