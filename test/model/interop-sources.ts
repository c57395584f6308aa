// Sources of all kinds whose values, end and failure are controlled by the test.

import { Readable } from "node:stream";
import { Channel } from "goro";
import { channelStateOf } from "../../src/channel/channel.ts";
import type { ChannelState } from "../../src/channel/channel-state.ts";

/** A source whose values, end and failure are controlled by the test. */
export interface Source {
  readonly source: Iterable<number> | AsyncIterable<number> | ReadableStream<number>;
  push(value: number): unknown;
  end(): void;
  fail(error: Error): unknown;

  /** The errors of the source and of its cleanup, each of which must be reported once. */
  readonly errors: Error[];

  /** Whether all its resources are released. */
  isReleased(): boolean;

  /** The number of values that it has yielded, if known. */
  readonly given: () => number | undefined;
}

type Event = { readonly value: number } | { readonly error: Error } | null;

/** The next events of a source that is written by hand. */
class Script {
  readonly errors: Error[] = [];
  readonly #events: Event[] = [];
  #wake: (() => void) | null = null;
  #given = 0;
  releases = 0;
  isOver = false;
  readonly cleanup: Error | null;

  constructor(cleanupFails: boolean) {
    this.cleanup = cleanupFails ? new Error("cleanup") : null;
  }

  add(event: Event): void {
    this.#events.push(event);
    this.#wake?.();
  }

  /** Returns the next event, or undefined; throws the error of a failure. */
  take(): { readonly value: number } | null | undefined {
    const event = this.#events.shift();
    if (event === null) this.isOver = true;
    if (event === null || event === undefined) return event;
    if ("value" in event) {
      this.#given++;
      return event;
    }
    this.isOver = true;
    this.errors.push(event.error);
    throw event.error;
  }

  async wait(): Promise<{ readonly value: number } | null> {
    for (;;) {
      const event = this.take();
      if (event !== undefined) return event;
      await new Promise<void>((resolve) => (this.#wake = resolve));
    }
  }

  release(): void {
    this.releases++;
    if (this.cleanup === null) return;
    this.errors.push(this.cleanup);
    throw this.cleanup;
  }

  /** Releases in the `finally` of a generator, whose error replaces a pending error. */
  releaseFinally(): void {
    if (this.cleanup !== null) this.errors.length = 0;
    this.release();
  }

  as(source: Source["source"], isReleased: () => boolean): Source {
    return {
      source,
      push: (value) => this.add({ value }),
      end: () => this.add(null),
      fail: (error) => this.add({ error }),
      errors: this.errors,
      isReleased,
      given: () => this.#given,
    };
  }
}

const end = { value: undefined, done: true } as const;

function byHand(cleanupFails: boolean): Source {
  const script = new Script(cleanupFails);
  const iterator: AsyncIterableIterator<number> = {
    [Symbol.asyncIterator]: () => iterator,
    async next() {
      const event = await script.wait();
      return event === null ? end : { ...event, done: false };
    },

    async return() {
      script.release();
      return end;
    },
  };
  return script.as(iterator, () => script.releases === 1 || (script.isOver && script.releases === 0));
}

function generator(cleanupFails: boolean): Source {
  const script = new Script(cleanupFails);
  let hasStarted = false;
  async function* values(): AsyncGenerator<number> {
    hasStarted = true;
    try {
      for (let event = await script.wait(); event !== null; event = await script.wait()) yield event.value;
    } finally {
      script.releaseFinally();
    }
  }
  return script.as(values(), () => script.releases === (hasStarted ? 1 : 0));
}

/** Ends when no event is left. */
function synchronous(cleanupFails: boolean): Source {
  const script = new Script(cleanupFails);
  let hasStarted = false;
  function* values(): Generator<number> {
    hasStarted = true;
    try {
      for (let event = script.take(); event !== null && event !== undefined; event = script.take()) yield event.value;
    } finally {
      script.releaseFinally();
    }
  }
  return script.as(values(), () => script.releases === (hasStarted ? 1 : 0));
}

function nodeStream(cleanupFails: boolean): Source {
  const errors: Error[] = [];
  const cleanup = cleanupFails ? new Error("cleanup") : null;
  const stream = new Readable({
    objectMode: true,
    read: () => undefined,
    destroy(error, done) {
      if (error !== null || cleanup !== null) errors.push(error ?? (cleanup as Error));
      done(error ?? cleanup);
    },
  });
  let hasEnded = false;
  return {
    source: stream,
    push: (value) => hasEnded || stream.destroyed || stream.push(value),
    end() {
      if (!hasEnded && !stream.destroyed) stream.push(null);
      hasEnded = true;
    },
    fail: (error) => stream.destroy(error),
    errors,
    isReleased: () => stream.destroyed,
    given: () => undefined,
  };
}

function webStream(cleanupFails: boolean): Source {
  const script = new Script(cleanupFails);
  let controller!: ReadableStreamDefaultController<number>;
  let isOpen = true;
  const stream = new ReadableStream<number>(
    {
      start: (its) => void (controller = its),
      cancel() {
        isOpen = false;
        script.release();
      },
    },
    { highWaterMark: 0 },
  );
  return {
    source: stream,
    push(value) {
      if (isOpen) controller.enqueue(value);
    },
    end() {
      if (isOpen) controller.close();
      isOpen = false;
    },
    fail(error) {
      if (isOpen) {
        controller.error(error);
        script.errors.push(error);
      }
      isOpen = false;
    },
    errors: script.errors,
    isReleased: () => !stream.locked && !isOpen && script.releases <= 1,
    given: () => undefined,
  };
}

function channelSource(): Source {
  const channel = new Channel<number>(64);
  const core = channelStateOf(channel) as ChannelState<number>;
  return {
    source: channel,
    push: (value) => core.closed || channel.trySend(value),
    end() {
      if (!core.closed) channel.close();
    },
    fail: () => undefined,
    errors: [],
    isReleased: () => core.receivers.first === null,
    given: () => undefined,
  };
}

/** The sources of a channel. */
export const sources: Readonly<Record<string, (cleanupFails: boolean) => Source>> = {
  "an iterator": byHand,
  "an async generator": generator,
  "a generator": synchronous,
  "a Node stream": nodeStream,
  "a web stream": webStream,
  "a channel": channelSource,
};
