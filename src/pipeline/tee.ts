// `tee`: one source, several consumers, each of which gets all values.

import type { Report, Step } from "../channel/pull-source.ts";
import type { Context } from "../context/context.ts";
import { Deferred } from "../runtime/waiter.ts";
import { RingBuffer } from "../util/ring-buffer.ts";
import { Check, checkCount, hasOptionsOnly } from "../util/validate.ts";
import { checkStage, type PipelineSource, type StageOptions } from "./options.ts";
import { openerOf, PassStage, type Source, type Stage } from "./stage.ts";

/** Options of {@link tee}. */
export interface TeeOptions extends StageOptions {
  /**
   * The number of values by which the fastest branch may be ahead of the slowest: a whole number from 0.
   *
   * @defaultValue 16
   */
  readonly capacity?: number | undefined;
}

/** The branches that {@link tee} returns: a tuple of `N` stages, or an array if `N` is not a known number. */
export type Branches<T, N extends number, Known extends readonly Stage<T>[] = []> = number extends N
  ? Stage<T>[]
  : Known["length"] extends N
    ? Known
    : Branches<T, N, [...Known, Stage<T>]>;

const aliases = { highWaterMark: "capacity", buffer: "capacity" };
const end: Step<never> = { value: undefined, done: true };

/**
 * Returns `n` branches, each of which returns all values of the source. The source is pulled when a branch waits for a value and every branch
 * has room for it in its buffer: the slowest branch holds up the others. Therefore read the branches concurrently: a loop over one branch
 * that is to end before the next begins waits forever, if there are more than `capacity` values.
 *
 * A branch that is left does not hold up the others. The source is released when the last branch is left. An error of the source is thrown
 * by each branch, after its values.
 *
 * Cancellation: each branch returns the values in its buffer first.
 *
 * @param n the number of branches, from 1
 * @throws {TypeError | RangeError} for invalid arguments.
 *
 * @example
 * const [all, pairs] = tee([1, 2, 3, 4], 2);
 * const wg = new WaitGroup();
 * wg.go(async () => {
 *   for await (const n of all) console.log(n);
 * });
 * wg.go(async () => {
 *   for await (const pair of batch(pairs, { size: 2 })) console.log(pair);
 * });
 * await wg.wait();
 */
export function tee<T, const N extends number = 2>(
  source: PipelineSource<T>,
  n?: N,
  options?: TeeOptions,
): Branches<T, N>;
/**
 * Returns two branches, each of which returns all values of the source. Everything else is as with a number of branches.
 *
 * @throws {TypeError | RangeError} for invalid arguments.
 */
export function tee<T>(source: PipelineSource<T>, options: TeeOptions): Branches<T, 2>;
export function tee<T>(source: PipelineSource<T>, n?: number | TeeOptions, options?: TeeOptions): readonly Stage<T>[] {
  return createTee("tee", source, n, options);
}

/** Makes the branches of {@link tee} for the public function `caller`. */
export function createTee<T>(
  caller: string,
  source: PipelineSource<T>,
  n: number | TeeOptions = 2,
  options?: TeeOptions,
  inherited?: Context,
): Stage<T>[] {
  return hasOptionsOnly(n, options)
    ? createBranches(caller, source, 2, n, inherited)
    : createBranches(caller, source, n, options, inherited);
}

function createBranches<T>(
  caller: string,
  source: PipelineSource<T>,
  n: number,
  options: TeeOptions = {},
  inherited: Context | undefined,
): Stage<T>[] {
  const check = new Check(caller);
  const ctx = checkStage(caller, source, options, ["capacity"], aliases, inherited);
  const { capacity = 16 } = options;
  const splitter = new Splitter(openerOf(source), checkCount(check, "capacity", 0, capacity));
  const branches = Array.from({ length: checkCount(check, "n", 1, n, 1000) }, () => splitter.addBranch());
  return branches.map((branch) => new BranchStage(branch, ctx));
}

/** The stage of one branch. */
class BranchStage<T> extends PassStage<T> {
  readonly #branch: Branch<T>;

  constructor(branch: Branch<T>, ctx: Context | undefined) {
    super([() => branch], ctx);
    this.#branch = branch;
  }

  protected override emitReady(): void {
    for (const value of this.#branch.takeAll()) this.emit(value);
  }
}

/**
 * Pulls from the source for all branches. A step is pending or a branch has no room, while a branch waits, until the source has ended.
 */
class Splitter<T> {
  readonly #open: () => Source<T>;
  readonly #capacity: number;
  readonly #branches = new Set<Branch<T>>();
  #source: Source<T> | null = null;
  #isPulling = false;

  /** How the source has ended: a function that returns the last step, or throws its error; null before the end. */
  #ending: (() => Step<T>) | null = null;

  constructor(open: () => Source<T>, capacity: number) {
    this.#open = open;
    this.#capacity = capacity;
  }

  addBranch(): Branch<T> {
    const branch = new Branch<T>(this);
    this.#branches.add(branch);
    return branch;
  }

  /** How a branch without values ends; null if values may follow. */
  get ending(): (() => Step<T>) | null {
    return this.#ending;
  }

  /** Pulls values while a branch waits and all have room. */
  async pull(): Promise<void> {
    if (this.#isPulling) return;
    this.#isPulling = true;
    while (this.#ending === null && this.#canPull()) {
      try {
        const step = await this.#opened().next();
        if (step.done) this.#end(() => end);
        else for (const branch of this.#branches) branch.push(step.value);
      } catch (error) {
        this.#end(() => {
          throw error;
        });
      }
    }
    this.#isPulling = false;
  }

  /** Removes a branch; releases the source after the last. */
  async drop(branch: Branch<T>, reason: Error, report: Report): Promise<void> {
    this.#branches.delete(branch);
    if (this.#branches.size > 0) {
      // The others may have waited for room in its buffer.
      await this.pull();
    } else if (this.#ending === null) {
      this.#ending = () => end;
      try {
        await this.#opened().leave(reason, report);
      } catch (error) {
        report(error, false);
      }
    }
  }

  #opened(): Source<T> {
    this.#source ??= this.#open();
    return this.#source;
  }

  #canPull(): boolean {
    let isAwaited = false;
    for (const branch of this.#branches) {
      if (branch.isWaiting) isAwaited = true;
      else if (branch.length >= this.#capacity) return false;
    }
    return isAwaited;
  }

  #end(ending: () => Step<T>): void {
    this.#ending = ending;
    for (const branch of this.#branches) branch.end();
  }
}

/** The source of one branch: its values, and the step that waits for one. */
class Branch<T> implements Source<T> {
  readonly isSync = false;
  readonly #splitter: Splitter<T>;
  readonly #values = new RingBuffer<T>();
  #pending: Deferred<Step<T>> | null = null;

  constructor(splitter: Splitter<T>) {
    this.#splitter = splitter;
  }

  get length(): number {
    return this.#values.length;
  }

  get isWaiting(): boolean {
    return this.#pending !== null;
  }

  async next(): Promise<Step<T>> {
    if (this.#values.length > 0) {
      const value = this.#values.shift();
      void this.#splitter.pull();
      return { value, done: false };
    }
    if (this.#splitter.ending !== null) return this.#splitter.ending();
    const pending = new Deferred<Step<T>>();
    this.#pending = pending;
    void this.#splitter.pull();
    return pending.promise;
  }

  push(value: T): void {
    if (this.#pending === null) this.#values.push(value);
    else this.#resolve({ value, done: false });
  }

  /** Ends the step that waits, as the source has ended. */
  end(): void {
    if (this.#pending === null) return;
    try {
      this.#resolve((this.#splitter.ending as () => Step<T>)());
    } catch (error) {
      this.#resolve(Promise.reject(error));
    }
  }

  /** Removes the values and returns them. */
  takeAll(): T[] {
    const values: T[] = [];
    while (this.#values.length > 0) values.push(this.#values.shift());
    return values;
  }

  leave(reason: Error, report: Report): Promise<void> {
    this.takeAll();
    if (this.#pending !== null) this.#resolve(end);
    return this.#splitter.drop(this, reason, report);
  }

  #resolve(step: Step<T> | Promise<never>): void {
    const pending = this.#pending;
    this.#pending = null;
    pending?.resolve(step);
  }
}
