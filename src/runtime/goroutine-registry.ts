// A registry of goroutines and of waiting operations, for reports. Keeping one slows down every operation: see goroutine-tracking.ts.

import { currentClock } from "./timer.ts";
import type { GoroutineInfo } from "./hooks.ts";
import { safeToString } from "../util/inspect.ts";
import { indent } from "./panic.ts";

/** An operation that waits. */
export interface WaitRecord {
  /** Go's name of the wait reason. */
  readonly operation: string;
  readonly goroutine: GoroutineInfo | undefined;
  /** The stack of the call, one frame a line, if call sites are captured. */
  readonly at: readonly string[];
  readonly isDurable: boolean;
  /** What it waits for, such as the state of a channel; null if there is nothing to name. */
  readonly target: object | null;
  /** The start of the wait, in milliseconds of the clock of its realm. */
  readonly since: number;
}

/** The goroutines that exist, and the operations that wait. */
export class GoroutineRegistry {
  /** The goroutines, with the goroutine that started each. */
  readonly #creators = new Map<GoroutineInfo, GoroutineInfo | undefined>();
  readonly #waits = new Map<object, WaitRecord>();

  /** The number of durable waits of each goroutine that has one. */
  readonly #blockedCount = new Map<GoroutineInfo, number>();

  add(goroutine: GoroutineInfo, creator: GoroutineInfo | undefined): void {
    this.#creators.set(goroutine, creator);
  }

  remove(goroutine: GoroutineInfo): void {
    this.#creators.delete(goroutine);
    this.#blockedCount.delete(goroutine);
  }

  /** Records that `waiter` waits. `goroutine` is undefined if it is not known. */
  block(
    waiter: object,
    operation: string,
    goroutine: GoroutineInfo | undefined,
    at: readonly string[],
    isDurable: boolean = true,
    target: object | null = null,
  ): void {
    this.#waits.set(waiter, { operation, goroutine, at, isDurable, target, since: currentClock().now() });
    if (isDurable && goroutine !== undefined && this.#creators.has(goroutine)) {
      this.#blockedCount.set(goroutine, (this.#blockedCount.get(goroutine) ?? 0) + 1);
    }
  }

  /** Records that `waiter` no longer waits. */
  unblock(waiter: object): void {
    const wait = this.#waits.get(waiter);
    this.#waits.delete(waiter);
    const goroutine = wait?.isDurable ? wait.goroutine : undefined;
    const count = goroutine && this.#blockedCount.get(goroutine);
    if (goroutine === undefined || count === undefined) return;
    if (count > 1) this.#blockedCount.set(goroutine, count - 1);
    else this.#blockedCount.delete(goroutine);
  }

  /** Whether there are neither goroutines nor waiting operations. */
  get isEmpty(): boolean {
    return this.#creators.size === 0 && this.#waits.size === 0;
  }

  /** The number of goroutines. */
  get size(): number {
    return this.#creators.size;
  }

  /** The goroutines. */
  get goroutines(): GoroutineInfo[] {
    return [...this.#creators.keys()];
  }

  /** The objects that stand for the waiting operations. */
  get waiters(): object[] {
    return [...this.#waits.keys()];
  }

  /** The waits of each goroutine. The key undefined has the waits whose goroutine is not known. */
  get waitsByGoroutine(): Map<GoroutineInfo | undefined, WaitRecord[]> {
    const all = new Map<GoroutineInfo | undefined, WaitRecord[]>(this.goroutines.map((goroutine) => [goroutine, []]));
    for (const wait of this.#waits.values()) {
      const waits = all.get(wait.goroutine);
      if (waits === undefined) all.set(wait.goroutine, [wait]);
      else waits.push(wait);
    }
    return all;
  }

  /** Returns the goroutine that started `goroutine`; undefined for the first, and for an unknown one. */
  creator(goroutine: GoroutineInfo): GoroutineInfo | undefined {
    return this.#creators.get(goroutine);
  }

  /** The wait reasons, one name for each waiting operation. */
  get operations(): string[] {
    return [...this.#waits.values()].map(({ operation }) => operation);
  }

  /** Whether a goroutine does not wait durably: it runs, or code outside of its realm may wake it at any time. */
  get hasRunnable(): boolean {
    return this.#blockedCount.size < this.#creators.size;
  }

  /** Returns where `goroutine` was started, as lines of a report. */
  origin(goroutine: GoroutineInfo): string {
    const creator = this.#creators.get(goroutine);
    return creator === undefined
      ? ""
      : `created by goroutine ${creator.id}${nameSuffix(creator)}\n${indent(goroutine.origin)}`;
  }

  /** Returns a report of all goroutines in the order of their ids, with their waits; with `detail`, also the durations and targets. */
  report(detail: boolean = false): string {
    const waits = this.waitsByGoroutine;
    const parts = [...waits.keys()]
      .filter((goroutine) => goroutine !== undefined)
      .sort((a, b) => a.id - b.id)
      .flatMap((goroutine) => {
        const records = waits.get(goroutine) as WaitRecord[];
        const origin = this.origin(goroutine);
        return (records.length > 0 ? records : [unknownWait]).map(
          (wait) => formatWait(goroutine, wait, detail) + origin,
        );
      });
    for (const wait of waits.get(undefined) ?? []) parts.push(formatWait(undefined, wait, detail));
    return parts.join("\n");
  }
}

const unknownWait = { operation: "await", at: ["external promise"], target: null, since: Infinity };

type WaitSummary = Pick<WaitRecord, "operation" | "at" | "target" | "since">;

function formatWait(
  goroutine: GoroutineInfo | undefined,
  { operation, at, target, since }: WaitSummary,
  detail: boolean,
): string {
  const minutes = detail ? Math.floor((currentClock().now() - since) / 60_000) : 0;
  const reason = minutes < 1 ? operation : `${operation}, ${minutes} minutes`;
  const title = goroutine === undefined ? `? [${reason}]:` : `${goroutine.id} [${reason}]:${nameSuffix(goroutine)}`;
  const targets = detail && target !== null ? [`on ${safeToString(target)}`] : [];
  return `goroutine ${title}\n${indent([...targets, ...at])}`;
}

function nameSuffix(goroutine: GoroutineInfo): string {
  return goroutine.name === "" ? "" : ` ${goroutine.name}`;
}
