// Sources from which values are pulled one at a time: iterables, async iterables, channels, Node streams and web streams.
//
// Invariants, whenever no method is on the stack:
//   1. At most one step is pending.
//   2. Once the source has ended, failed or been left, no caller waits for a step, and no further value is returned.
//   3. The source is released at most once, and only by `leave`: a source that has ended or failed has released itself.

import { describe } from "../util/validate.ts";
import { safeToString, tryOr } from "../util/inspect.ts";
import { Deferred } from "../runtime/waiter.ts";

/** An object from which values can be pulled. A web stream need not be iterable, which it is not in every browser. */
export type Pullable<T> = Iterable<T> | AsyncIterable<T> | ReadableStream<T>;

/** A step of a source: a value, or the end. */
export type Step<T> = { readonly value: T; readonly done: false } | { readonly value: undefined; readonly done: true };

/**
 * Called with an error that occurs after the source has been left. `mayBeEcho` is true for the error of a pending step, if the source may
 * have made the step fail only because it was left.
 */
export type Report = (error: unknown, mayBeEcho: boolean) => void;

/** An open source of one kind. */
interface Opened {
  readonly isSync: boolean;
  readonly next: () => unknown;

  /** Returns the functions that release the source. If possible, they do not wait for a pending step. */
  readonly release: (reason: Error, isPending: boolean, note: (error: unknown) => void) => (() => unknown)[];

  /** Whether the release may make a pending step fail with an error that {@link isEcho} does not recognize. */
  readonly mayEcho: boolean;
}

/** The reason why a source was left, and the errors since then. */
interface Left {
  readonly reason: Error;
  readonly report: Report;
  readonly seen: unknown[];
}

const end: Step<never> = { value: undefined, done: true };

/** Checks that values can be pulled from the argument `name` of the public function `caller`; throws `TypeError` if not. */
export function checkPullable(caller: string, name: string, source: unknown): void {
  const isPullable = tryOr(
    () => isStream(source) || typeof openerOf(source) === "function",
    () => false,
  );
  if (!isPullable) throw new TypeError(`${caller}: ${name} must be iterable, got ${describe(source)}`);
}

/** A source that has been opened. */
export class PullSource<T> {
  readonly #opened: Opened;
  #pending: Deferred<Step<T>> | null = null;
  #isInNext = false;
  #isOver = false;
  #left: Left | null = null;

  /** Opens `source`: calls its iterator function, or locks it if it is a web stream. Throws the errors of these calls. */
  constructor(source: Pullable<T>) {
    this.#opened = isStream(source) ? openStream(source) : openIterable(source);
  }

  /** Whether `next` returns a step and not a promise. */
  get isSync(): boolean {
    return this.#opened.isSync;
  }

  /**
   * Pulls the next value, without awaiting it: a promise of a synchronous iterable is returned as it is. It must not be called while a step
   * is pending. If the source is left meanwhile, the pending step resolves as the end, even if the source never settles its own.
   *
   * @throws the error of the source (or rejects with it).
   */
  next(): Step<T> | Promise<Step<T>> {
    if (this.#isOver) return end;
    if (this.#opened.isSync) return this.#nextNow();
    const pending = new Deferred<Step<T>>();
    this.#pending = pending;
    void this.#pull(pending);
    return pending.promise;
  }

  /**
   * Releases the source before its end, because of `reason`: calls `return` of an iterator, `cancel` of a web stream, `destroy` of a
   * Node stream. While a step is pending, a generator would run its `return` only after that step; therefore another object that can be
   * destroyed or disposed of is destroyed or disposed of then. Does nothing if the source has ended, failed or been left before.
   *
   * Each later error of the source is passed to `report` once, except those that only repeat the reason: the reason itself, an
   * `AbortError`, the premature close of a Node stream.
   *
   * The promise resolves when the release is complete; immediately if a step is pending. It never rejects.
   */
  async leave(reason: Error, report: Report): Promise<void> {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#left = { reason, report, seen: [] };
    // `return` of a running generator throws.
    if (!this.#isInNext) await this.#release(reason);
  }

  async #release(reason: Error): Promise<void> {
    const pending = this.#pending;
    const released = this.#opened
      .release(reason, pending !== null, (error) => this.#note(error, false))
      .map((release) => this.#try(release));
    if (pending === null) await Promise.all(released);
    else pending.resolve(end);
  }

  async #try(release: () => unknown): Promise<void> {
    try {
      await release();
    } catch (error) {
      this.#note(error, false);
    }
  }

  #note(error: unknown, mayBeEcho: boolean): void {
    const { reason, report, seen } = this.#left as Left;
    if (seen.includes(error) || isEcho(error, reason)) return;
    seen.push(error);
    report(error, mayBeEcho);
  }

  #nextNow(): Step<T> {
    let step: Step<T> = end;
    this.#isInNext = true;
    try {
      step = stepOf<T>(this.#opened.next());
    } catch (error) {
      this.#isOver = true;
      if (this.#left === null) throw error;
      this.#note(error, false);
    }
    this.#isInNext = false;
    if (step.done) this.#isOver = true;
    else if (this.#left !== null) void this.#release(this.#left.reason);
    return this.#isOver ? end : step;
  }

  async #pull(pending: Deferred<Step<T>>): Promise<void> {
    try {
      const step = stepOf<T>(await this.#opened.next());
      if (step.done) this.#isOver = true;
      pending.resolve(step);
    } catch (error) {
      this.#isOver = true;
      if (this.#left === null) pending.resolve(Promise.reject(error));
      else this.#note(error, this.#opened.mayEcho);
    } finally {
      this.#pending = null;
    }
  }
}

// Copies a step of the source, which might be a thenable.
function stepOf<T>(step: unknown): Step<T> {
  if (typeof step !== "object" || step === null)
    throw new TypeError(`Iterator result ${safeToString(step)} is not an object`);
  const { done, value } = step as IteratorResult<T, undefined>;
  return done === true ? end : { value: value, done: false };
}

/** Reports whether the error of a source only repeats that it was left because of `reason`, or canceled by other code. */
export function isEcho(error: unknown, reason: unknown): boolean {
  if (error === reason) return true;
  return tryOr(
    () => {
      const { name, code } = Object(error) as { name?: unknown; code?: unknown };
      return name === "AbortError" || code === "ERR_STREAM_PREMATURE_CLOSE";
    },
    () => false,
  );
}

type Iterators = Partial<AsyncIterable<unknown> & Iterable<unknown>>;

function openerOf(source: unknown): unknown {
  const iterators = Object(source) as Iterators;
  return iterators[Symbol.asyncIterator] ?? iterators[Symbol.iterator];
}

function openIterable(source: object): Opened {
  const isSync = typeof (source as Iterators)[Symbol.asyncIterator] !== "function";
  const iterator = (openerOf(source) as () => Iterator<unknown> | AsyncIterator<unknown>).call(source);
  const finish = (): unknown => iterator.return?.();
  const next = (): unknown => iterator.next();
  if (isSync) return { isSync, next, release: () => [finish], mayEcho: false };
  if (isNodeStream(source)) {
    const destroy = destroyerOf(source);
    return { isSync, next, release: (_reason, _isPending, note) => [() => destroy(note), finish], mayEcho: false };
  }
  const dispose = disposerOf(source, iterator);
  return {
    isSync,
    next,
    release: (_reason, isPending) => (isPending && dispose !== null ? [dispose, finish] : [finish]),
    mayEcho: dispose !== null || Object.prototype.toString.call(iterator) !== "[object AsyncGenerator]",
  };
}

/** Returns the function that ends `source` while its iterator does not respond; null if there is none. */
function disposerOf(source: object, iterator: object): (() => unknown) | null {
  const { destroy } = source as { destroy?: unknown };
  const { [Symbol.asyncDispose]: disposeAsync, [Symbol.dispose]: dispose } = source as Partial<
    AsyncDisposable & Disposable
  >;
  // The disposal of an iterator calls `return`.
  const end = destroy ?? (source === iterator ? undefined : (disposeAsync ?? dispose));
  return typeof end === "function" ? () => (end as () => unknown).call(source) : null;
}

interface NodeStream {
  readonly errored?: unknown;
  destroy(): unknown;
  on(event: string, listener: (error: unknown) => void): unknown;
  off(event: string, listener: (error: unknown) => void): unknown;
}

function isNodeStream(source: object): source is NodeStream {
  const { destroy, on, off } = source as Partial<NodeStream>;
  return typeof destroy === "function" && typeof on === "function" && typeof off === "function";
}

/**
 * Returns the function that destroys `stream`. Its iterator does that too, but not before its first step and not while a step is pending,
 * and it discards the errors of that.
 */
function destroyerOf(stream: NodeStream): (note: (error: unknown) => void) => void {
  let noteLate: (error: unknown) => void = () => undefined;
  // Added now, because the iterator adds its listener at its first step, and an error without a listener ends the process.
  const onError = (error: unknown): void => noteLate(error);
  stream.on("error", onError);
  stream.on("close", function onClose() {
    stream.off("error", onError);
    stream.off("close", onClose);
  });
  return (note) => {
    noteLate = note;
    const { errored } = stream;
    if (errored !== null && errored !== undefined) note(errored);
    stream.destroy();
  };
}

function isStream(source: unknown): source is ReadableStream<unknown> {
  return typeof (Object(source) as Partial<ReadableStream>).getReader === "function";
}

function openStream(stream: ReadableStream<unknown>): Opened {
  const reader = stream.getReader();
  let isLocked = true;
  function unlock(): void {
    isLocked = false;
    reader.releaseLock();
  }
  async function next(): Promise<unknown> {
    try {
      const step = await reader.read();
      if (step.done && isLocked) unlock();
      return step;
    } catch (error) {
      if (isLocked) unlock();
      throw error;
    }
  }
  async function cancel(reason: Error): Promise<void> {
    // The stream may have ended before its last step has reached the caller.
    if (!isLocked) return;
    const canceled = reader.cancel(reason);
    // `cancel` has settled a pending read.
    unlock();
    await canceled;
  }
  return { isSync: false, next, release: (reason) => [() => cancel(reason)], mayEcho: false };
}
