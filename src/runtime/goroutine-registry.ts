// Who lives and who waits for what, as a list to report from. Whoever keeps a roster pays for it: see debug.ts.

import { currentClock } from "./timer.ts";
import type { BlockReason, GoroutineInfo, WaitTarget } from "./hooks.ts";
import { safeToString } from "../util/inspect.ts";
import { indent } from "./panic.ts";

/** What somebody waits for. */
export interface Wait {
  readonly reason: BlockReason;
  readonly goroutine: GoroutineInfo | undefined;
  /** Where in the program, one frame a line, if places are captured. */
  readonly at: readonly string[];
  readonly isDurable: boolean;
  /** What it waits for, such as the core of a channel; null, if nothing more is known. */
  readonly target: WaitTarget | null;
  /** Since when, by the clock of whoever waits. */
  readonly since: number;
}

export class GoroutineRegistry {
  /** Who lives, and who has started them. */
  readonly #creators = new Map<GoroutineInfo, GoroutineInfo | undefined>();
  readonly #waits = new Map<object, Wait>();

  /** For each goroutine that waits, for how many things it durably does. */
  readonly #blockedCount = new Map<GoroutineInfo, number>();

  add(goroutine: GoroutineInfo, creator: GoroutineInfo | undefined): void {
    this.#creators.set(goroutine, creator);
  }

  remove(goroutine: GoroutineInfo): void {
    this.#creators.delete(goroutine);
    this.#blockedCount.delete(goroutine);
  }

  /** `party` waits. Of whose doing that is may be unknown. */
  block(
    waiter: object,
    reason: BlockReason,
    goroutine: GoroutineInfo | undefined,
    at: readonly string[],
    isDurable: boolean = true,
    target: WaitTarget | null = null,
  ): void {
    this.#waits.set(waiter, { reason, goroutine, at, isDurable, target, since: currentClock().now() });
    if (isDurable && goroutine !== undefined && this.#creators.has(goroutine)) {
      this.#blockedCount.set(goroutine, (this.#blockedCount.get(goroutine) ?? 0) + 1);
    }
  }

  /** `party` waits no longer. */
  unblock(waiter: object): void {
    const wait = this.#waits.get(waiter);
    this.#waits.delete(waiter);
    const goroutine = wait?.isDurable ? wait.goroutine : undefined;
    const count = goroutine && this.#blockedCount.get(goroutine);
    if (goroutine === undefined || count === undefined) return;
    if (count > 1) this.#blockedCount.set(goroutine, count - 1);
    else this.#blockedCount.delete(goroutine);
  }

  /** Whether nobody lives and nothing is waited for. */
  get isEmpty(): boolean {
    return this.#creators.size === 0 && this.#waits.size === 0;
  }

  /** How many live. */
  get size(): number {
    return this.#creators.size;
  }

  /** Who lives. */
  get goroutines(): GoroutineInfo[] {
    return [...this.#creators.keys()];
  }

  /** Who waits. */
  get waiters(): object[] {
    return [...this.#waits.keys()];
  }

  /** Everybody who lives or waits, with what each waits for; undefined stands for all of whom nothing is known. */
  get waitsByGoroutine(): Map<GoroutineInfo | undefined, Wait[]> {
    const all = new Map<GoroutineInfo | undefined, Wait[]>(this.goroutines.map((each) => [each, []]));
    for (const wait of this.#waits.values()) {
      const known = all.get(wait.goroutine);
      if (known === undefined) all.set(wait.goroutine, [wait]);
      else known.push(wait);
    }
    return all;
  }

  /** Who has started `goroutine`; undefined for the first, and for those who are not here. */
  creator(goroutine: GoroutineInfo): GoroutineInfo | undefined {
    return this.#creators.get(goroutine);
  }

  /** The reason of each wait. */
  get reasons(): BlockReason[] {
    return [...this.#waits.values()].map(({ reason }) => reason);
  }

  /** Whether a goroutine lives that does not durably wait: it runs, or somebody else may wake it at any time. */
  get hasRunnable(): boolean {
    return this.#blockedCount.size < this.#creators.size;
  }

  /** Where `goroutine` was started. */
  origin(goroutine: GoroutineInfo): string {
    const creator = this.#creators.get(goroutine);
    return creator === undefined
      ? ""
      : `created by goroutine ${creator.id}${nameSuffix(creator)}\n${indent(goroutine.origin)}`;
  }

  /**
   * Everybody, in the order of their numbers, each with what it waits for and where; with `detail`, also since when and on what.
   */
  report(detail: boolean = false): string {
    const waits = this.waitsByGoroutine;
    const parts = [...waits.keys()]
      .filter((each) => each !== undefined)
      .sort((a, b) => a.id - b.id)
      .flatMap((goroutine) => {
        const own = waits.get(goroutine) as Wait[];
        const origin = this.origin(goroutine);
        return (own.length > 0 ? own : [unknownWait]).map((wait) => formatWait(goroutine, wait, detail) + origin);
      });
    for (const wait of waits.get(undefined) ?? []) parts.push(formatWait(undefined, wait, detail));
    return parts.join("\n");
  }
}

const unknownWait = {
  reason: { name: "await", waiting: 0 },
  at: ["a promise that is not goro's"],
  target: null,
  since: Infinity,
};

type WaitSummary = Pick<Wait, "reason" | "at" | "target" | "since">;

function formatWait(
  goroutine: GoroutineInfo | undefined,
  { reason, at, target, since }: WaitSummary,
  detail: boolean,
): string {
  const minutes = detail ? Math.floor((currentClock().now() - since) / 60_000) : 0;
  const what = minutes < 1 ? reason.name : `${reason.name}, ${minutes} minutes`;
  const who = goroutine === undefined ? `? [${what}]:` : `${goroutine.id} [${what}]:${nameSuffix(goroutine)}`;
  const targets = detail && target !== null ? [`on ${safeToString(target)}`] : [];
  return `goroutine ${who}\n${indent([...targets, ...at])}`;
}

function nameSuffix(goroutine: GoroutineInfo): string {
  return goroutine.name === "" ? "" : ` ${goroutine.name}`;
}
