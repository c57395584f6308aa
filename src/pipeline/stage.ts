// The engine of the stages of a pipeline: it pulls values from sources, hands out the values of the stage, and ends in one manner.
//
// Nothing reads a source in a loop of its own: a step of a source is pulled by the call that makes room for it, and a step that is pending
// continues in a reaction. User code (the sources) runs in `#pullAll` and in goroutines, never in a listener of a context or of a timer.
//
// Invariants, whenever no method is on the stack:
//   1. While a call of `next` waits, no value is ready, and the stage is working: a source is open, a release is pending, or `isBusy`.
//   2. At most one step of each source is pending, and a step is pulled only if `canPull`.
//   3. Each source has ended, has failed or is left exactly once. When the stage is not working, its work is canceled and its listener on
//      the context is removed.

import { type Pullable, PullSource, type Report, type Step } from "../channel/pull-source.ts";
import { causeOf, onCancel } from "../context/cancel.ts";
import type { Context } from "../context/context.ts";
import { canceled } from "../context/errors.ts";
import { captureAsyncContext } from "../runtime/async-context.ts";
import { go, raise } from "../runtime/goroutine.ts";
import { resolvedWith, yieldIfDue } from "../runtime/scheduler.ts";
import { park, WaitReason } from "../runtime/wait-reasons.ts";
import { Deferred } from "../runtime/waiter.ts";
import { toError } from "../util/inspect.ts";
import { RingBuffer } from "../util/ring-buffer.ts";

/**
 * A stage of a pipeline: an async iterator over its values. It does nothing before the first call of `next`. It ends after its last value,
 * with an error, or when it is left: by `break`, `return`, or `await using`.
 */
export interface Stage<out T> extends AsyncDisposable {
  /** Returns the next value. */
  next(): Promise<IteratorResult<T, undefined>>;

  /** Leaves the stage: cancels its work, releases its sources, and resolves when they are released. */
  return(): Promise<IteratorResult<T, undefined>>;

  /** Returns the stage itself, for a loop. */
  [Symbol.asyncIterator](): Stage<T>;
}

/** An open source of a stage, as a {@link PullSource} is one. */
export interface Source<T> {
  /** Whether `next` returns a step and not a promise. */
  readonly isSync: boolean;

  /** Pulls the next value. It is not called while a step is pending. */
  next(): Step<T> | Promise<Step<T>>;

  /** Releases the source before its end, because of `reason`. The promise never rejects. */
  leave(reason: Error, report: Report): Promise<void>;
}

/** The stages of the objects that stand for one, such as a pipeline for its last stage. */
const stages = new WeakMap<object, Stage<unknown>>();

const pipelineNext = /* @__PURE__ */ new WaitReason("pipeline next");
const end: Step<never> = { value: undefined, done: true };

/** The part that all stages share. A subclass turns the values of its sources into values of its own. */
export abstract class StageBase<In, Out> implements Stage<Out>, Source<Out> {
  readonly isSync = false;
  readonly #openers: readonly (() => Source<In>)[];

  /** The context that ends the stage; undefined if none can. */
  protected readonly ctx: Context | undefined;

  /** The async context of the call that made the stage. */
  readonly #scope = captureAsyncContext();

  /** The open sources. */
  readonly #inputs: Input<In>[] = [];
  readonly #ready = new RingBuffer<Out>();
  readonly #calls = new RingBuffer<Deferred<Step<Out>>>();
  #cursor = -1;
  #isStarted = false;
  #isPulling = false;
  #isLeft = false;
  #isFinished = false;

  /** The releases that are pending, and the calls of `return` that wait for them. */
  #releases = 0;
  #leaving: Deferred<void>[] = [];

  /** The errors that are thrown after the values that are ready. Each is thrown once. */
  #failure: Error | undefined;
  #releaseErrors: Error[] = [];
  #forget: () => void = () => undefined;

  /** `openers` open the sources, at the first call of `next`. */
  constructor(openers: readonly (() => Source<In>)[], ctx: Context | undefined) {
    this.#openers = openers;
    this.ctx = ctx;
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  next(): Promise<Step<Out>> {
    if (!this.#isStarted) this.#start();
    if (this.#ready.length > 0) {
      const value = this.#ready.shift();
      this.pump();
      return resolvedWith({ value, done: false });
    }
    const call = new Deferred<Step<Out>>();
    park(call, pipelineNext);
    this.#calls.push(call);
    this.pump();
    return call.promise;
  }

  async return(): Promise<Step<Out>> {
    await this.#stop(canceled);
    return end;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#stop(canceled);
  }

  /** Ends the stage because of `reason`, which the next stage has: the functions of this one see the same cause. */
  async leave(reason: Error, report: Report): Promise<void> {
    try {
      await this.#stop(reason);
    } catch (error) {
      report(error, false);
    }
  }

  /** Whether one more value may be pulled. */
  protected abstract canPull(): boolean;

  /** Takes a value that was pulled. It does not run user code. */
  protected abstract accept(value: In): void;

  /** Called when all sources have ended or failed: emits values that are held back, or makes `isBusy` false in the end. */
  protected flush(): void {
    // A stage that holds nothing back has nothing to emit.
  }

  /** Whether values may follow although all sources have ended. */
  protected isBusy(): boolean {
    return false;
  }

  /** Emits what may be emitted now. */
  protected advance(): void {
    // A stage that emits values when they come holds nothing back.
  }

  /** Emits what a call of `next` would get at once. Called before the end of the stage by a failure or a cancellation. */
  protected emitReady(): void {
    // A stage that emits values when they come has emitted all of them.
  }

  /** Drops what the stage holds, and cancels what it runs. Called at the end of the stage, and maybe before it. */
  protected cancelWork(_: Error): void {
    // A stage without timers and functions has nothing to cancel.
  }

  /** The number of calls of `next` that wait, less the number of values that are ready. */
  protected get demand(): number {
    return this.#calls.length - this.#ready.length;
  }

  /** Makes a value ready. */
  protected emit(value: Out): void {
    this.#ready.push(value);
  }

  /** Makes a value ready in place of one that was not taken. */
  protected emitLatest(value: Out): void {
    this.#dropReady();
    this.#ready.push(value);
  }

  /** Releases the sources, because of `reason`. The stage then ends when it is not busy. */
  protected stopPulling(reason: Error): void {
    for (const { source } of this.#inputs.splice(0)) this.#release(source, reason);
  }

  /** Ends the stage with `error`, after the values that are ready. An error of a function replaces one of the source, which came later. */
  protected fail(error: Error): void {
    if (this.#isLeft) return;
    this.#failure = error;
    this.emitReady();
    this.stopPulling(error);
    this.cancelWork(error);
    this.settle();
  }

  /** Pulls values while there is room for them, and settles the calls that can be settled. */
  protected pump(): void {
    if (!this.#isPulling) {
      this.#isPulling = true;
      if (this.#scope === null) this.#pullAll();
      else this.#scope.runInAsyncScope(() => this.#pullAll());
    }
    this.settle();
  }

  /** Settles the calls that can be settled. It runs no user code. */
  protected settle(): void {
    this.advance();
    while (this.#calls.length > 0) {
      if (this.#ready.length > 0) {
        this.#calls.shift().resume(pipelineNext, { value: this.#ready.shift(), done: false });
      } else if (this.#isLeft) {
        this.#calls.shift().resume(pipelineNext, end);
      } else if (this.#isWorking()) {
        return;
      } else {
        const error = this.#takeError();
        if (error === undefined) this.#calls.shift().resume(pipelineNext, end);
        else this.#calls.shift().resumeWithError(pipelineNext, error);
      }
    }
    if (!this.#isFinished && !this.#isWorking()) {
      this.#isFinished = true;
      this.#forget();
      this.cancelWork(canceled);
    }
  }

  #isWorking(): boolean {
    return this.#inputs.length > 0 || this.#releases > 0 || this.isBusy();
  }

  #start(): void {
    this.#isStarted = true;
    this.#inScope(() => {
      for (const open of this.#openers) {
        try {
          this.#inputs.push(new Input(open()));
        } catch (error) {
          this.#failure ??= toError(error);
        }
      }
    });
    const { ctx } = this;
    if (this.#failure !== undefined) this.stopPulling(this.#failure);
    else if (ctx !== undefined) this.#endWith(ctx);
    if (this.#inputs.length === 0) this.flush();
  }

  #endWith(ctx: Context): void {
    try {
      this.#forget = onCancel(ctx, () => {
        if (this.#isWorking()) this.#abort(causeOf(ctx) as Error);
      });
    } catch (error) {
      // A context of the user's may throw.
      this.#abort(toError(error));
    }
  }

  #abort(reason: Error): void {
    this.fail(this.#failure ?? reason);
  }

  /** Leaves the stage because of `reason`; rejects with the errors of releasing its sources. */
  async #stop(reason: Error): Promise<void> {
    if (!this.#isStarted) this.#start();
    this.#isLeft = true;
    this.#failure = undefined;
    this.#dropReady();
    this.stopPulling(reason);
    this.cancelWork(reason);
    this.settle();
    if (this.#releases > 0) {
      const leaving = new Deferred<void>();
      park(leaving, pipelineNext);
      this.#leaving.push(leaving);
      await leaving.promise;
    } else {
      const pause = yieldIfDue();
      if (pause !== null) await pause;
    }
    const error = this.#takeError();
    if (error !== undefined) throw error;
  }

  #dropReady(): void {
    while (this.#ready.length > 0) this.#ready.shift();
  }

  #pullAll(): void {
    for (let input = this.#nextInput(); input !== null; input = this.#nextInput()) {
      this.#pull(input);
      const pause = yieldIfDue();
      if (pause !== null) {
        void pause.then(() => {
          this.#isPulling = false;
          this.pump();
        });
        return;
      }
    }
    this.#isPulling = false;
  }

  /** Returns the source to pull from, in turn; null if nothing is to be pulled now. */
  #nextInput(): Input<In> | null {
    const inputs = this.#inputs;
    if (!this.canPull()) return null;
    for (let i = 0; i < inputs.length; i++) {
      this.#cursor = (this.#cursor + 1) % inputs.length;
      const input = inputs[this.#cursor] as Input<In>;
      if (!input.isPending) return input;
    }
    return null;
  }

  #pull(input: Input<In>): void {
    input.isPending = true;
    try {
      const step = input.source.next();
      if (input.source.isSync) {
        this.#onStep(input, step as Step<In>);
      } else {
        (step as Promise<Step<In>>).then(
          (step) => {
            this.#onStep(input, step);
            this.pump();
          },
          (error: unknown) => {
            this.#onError(input, error);
            this.pump();
          },
        );
      }
    } catch (error) {
      this.#onError(input, error);
    }
  }

  #onStep(input: Input<In>, step: Step<In>): void {
    input.isPending = false;
    // The stage may have ended during the step.
    if (!this.#inputs.includes(input)) return;
    if (step.done) this.#remove(input);
    else this.accept(step.value);
  }

  /** Handles an error of a source, which has released itself. The others are left; what the stage holds is emitted before the error. */
  #onError(input: Input<In>, error: unknown): void {
    if (!this.#inputs.includes(input)) return;
    const failure = toError(error);
    this.#failure ??= failure;
    this.#inputs.splice(this.#inputs.indexOf(input), 1);
    this.stopPulling(failure);
    this.flush();
  }

  #remove(input: Input<In>): void {
    this.#inputs.splice(this.#inputs.indexOf(input), 1);
    if (this.#inputs.length === 0) this.flush();
  }

  // Stages above end in the same synchronous step; a foreign source is released in a goroutine, because that is user code.
  #release(source: Source<In>, reason: Error): void {
    let isWaited = true;
    const report: Report = (error, mayBeEcho) => {
      if (mayBeEcho) return;
      if (isWaited) this.#releaseErrors.push(toError(error));
      // After the end of the stage, an error of the source is a panic.
      else raise(error);
    };
    const release = async (): Promise<void> => {
      await source.leave(reason, report);
      isWaited = false;
      this.#releases--;
      this.settle();
      if (this.#releases > 0) return;
      for (const leaving of this.#leaving.splice(0)) leaving.resume(pipelineNext, undefined);
    };
    this.#releases++;
    if (source instanceof StageBase) void release();
    else this.#inScope(() => go(release));
  }

  #takeError(): Error | undefined {
    const errors = this.#releaseErrors;
    const failure = this.#failure;
    this.#failure = undefined;
    this.#releaseErrors = [];
    if (errors.length === 0) return failure;
    if (failure === undefined && errors.length === 1) return errors[0];
    const cause = failure ?? errors[0];
    const all = failure === undefined ? errors : [failure, ...errors];
    const messages = errors.map(({ message }) => message).join("; ");
    const message =
      failure === undefined ? messages : `${failure.message}; and releasing the source failed: ${messages}`;
    return new AggregateError(all, message, { cause });
  }

  #inScope(f: () => void): void {
    if (this.#scope === null) f();
    else this.#scope.runInAsyncScope(f);
  }
}

/** A stage that hands on the values of its sources as they come. A source is pulled when the consumer waits. */
export class PassStage<T> extends StageBase<T, T> {
  protected canPull(): boolean {
    return this.demand > 0;
  }

  protected accept(value: T): void {
    this.emit(value);
  }
}

/** A source of a stage, and whether a step of it is pending. */
class Input<T> {
  readonly source: Source<T>;
  isPending = false;

  constructor(source: Source<T>) {
    this.source = source;
  }
}

/** Makes `object` a source that is the same as `stage`. */
export function registerStage(object: object, stage: Stage<unknown>): void {
  stages.set(object, stage);
}

/** Returns the function that opens `source`. A stage is its own source, so that it ends with the cause of the next stage. */
export function openerOf<T>(source: Pullable<T>): () => Source<T> {
  return () => {
    const stage = typeof source === "object" ? (stages.get(source) ?? source) : source;
    return stage instanceof StageBase ? (stage as Source<T>) : new PullSource(source);
  };
}
