// Who lives and who waits for what, as a list to report from. Whoever keeps a roster pays for it: see debug.ts.

import { currentClock } from "./timer.ts";
import type { Traced } from "./hooks.ts";
import { asText } from "../util/inspect.ts";
import { indented } from "./panic.ts";

/** What somebody waits for. */
export interface Wait {
  /** By Go's name of the operation. */
  readonly operation: string;
  readonly goroutine: Traced | undefined;
  /** Where in the program, one frame a line, if places are captured. */
  readonly at: readonly string[];
  readonly isDurable: boolean;
  /** What it waits for, such as the core of a channel; null, if nothing more is known. */
  readonly subject: object | null;
  /** Since when, by the clock of whoever waits. */
  readonly since: number;
}

export class Roster {
  /** Who lives, and who has started them. */
  readonly #births = new Map<Traced, Traced | undefined>();
  readonly #waits = new Map<object, Wait>();

  /** For each goroutine that waits, for how many things it durably does. */
  readonly #waiting = new Map<Traced, number>();

  born(goroutine: Traced, creator: Traced | undefined): void {
    this.#births.set(goroutine, creator);
  }

  ended(goroutine: Traced): void {
    this.#births.delete(goroutine);
    this.#waiting.delete(goroutine);
  }

  /** `party` waits. Of whose doing that is may be unknown. */
  waits(
    party: object,
    operation: string,
    goroutine: Traced | undefined,
    at: readonly string[],
    isDurable: boolean = true,
    subject: object | null = null,
  ): void {
    this.#waits.set(party, { operation, goroutine, at, isDurable, subject, since: currentClock().now() });
    if (isDurable && goroutine !== undefined && this.#births.has(goroutine)) {
      this.#waiting.set(goroutine, (this.#waiting.get(goroutine) ?? 0) + 1);
    }
  }

  /** `party` waits no longer. */
  over(party: object): void {
    const wait = this.#waits.get(party);
    this.#waits.delete(party);
    const goroutine = wait?.isDurable ? wait.goroutine : undefined;
    const count = goroutine && this.#waiting.get(goroutine);
    if (goroutine === undefined || count === undefined) return;
    if (count > 1) this.#waiting.set(goroutine, count - 1);
    else this.#waiting.delete(goroutine);
  }

  /** Whether nobody lives and nothing is waited for. */
  get isEmpty(): boolean {
    return this.#births.size === 0 && this.#waits.size === 0;
  }

  /** How many live. */
  get population(): number {
    return this.#births.size;
  }

  /** Who lives. */
  get goroutines(): Traced[] {
    return [...this.#births.keys()];
  }

  /** Who waits. */
  get parties(): object[] {
    return [...this.#waits.keys()];
  }

  /** Everybody who lives or waits, with what each waits for; undefined stands for all of whom nothing is known. */
  get waitsOfEach(): Map<Traced | undefined, Wait[]> {
    const all = new Map<Traced | undefined, Wait[]>(this.goroutines.map((each) => [each, []]));
    for (const wait of this.#waits.values()) {
      const known = all.get(wait.goroutine);
      if (known === undefined) all.set(wait.goroutine, [wait]);
      else known.push(wait);
    }
    return all;
  }

  /** Who has started `goroutine`; undefined for the first, and for those who are not here. */
  creator(goroutine: Traced): Traced | undefined {
    return this.#births.get(goroutine);
  }

  /** What is waited for: one name for each operation. */
  get operations(): string[] {
    return [...this.#waits.values()].map(({ operation }) => operation);
  }

  /** Whether a goroutine lives that does not durably wait: it runs, or somebody else may wake it at any time. */
  get someoneIsAwake(): boolean {
    return this.#waiting.size < this.#births.size;
  }

  /** Where `goroutine` was started. */
  origin(goroutine: Traced): string {
    const creator = this.#births.get(goroutine);
    return creator === undefined
      ? ""
      : `created by goroutine ${creator.id}${named(creator)}\n${indented(goroutine.origin)}`;
  }

  /**
   * Everybody, in the order of their numbers, each with what it waits for and where; with `detail`, also since when and on what.
   */
  report(detail: boolean = false): string {
    const waits = this.waitsOfEach;
    const parts = [...waits.keys()]
      .filter((each) => each !== undefined)
      .sort((a, b) => a.id - b.id)
      .flatMap((goroutine) => {
        const own = waits.get(goroutine) as Wait[];
        const origin = this.origin(goroutine);
        return (own.length > 0 ? own : [foreign]).map((wait) => told(goroutine, wait, detail) + origin);
      });
    for (const wait of waits.get(undefined) ?? []) parts.push(told(undefined, wait, detail));
    return parts.join("\n");
  }
}

const foreign = { operation: "await", at: ["a promise that is not goro's"], subject: null, since: Infinity };

type Told = Pick<Wait, "operation" | "at" | "subject" | "since">;

function told(goroutine: Traced | undefined, { operation, at, subject, since }: Told, detail: boolean): string {
  const minutes = detail ? Math.floor((currentClock().now() - since) / 60_000) : 0;
  const what = minutes < 1 ? operation : `${operation}, ${minutes} minutes`;
  const who = goroutine === undefined ? `? [${what}]:` : `${goroutine.id} [${what}]:${named(goroutine)}`;
  const subjects = detail && subject !== null ? [`on ${asText(subject)}`] : [];
  return `goroutine ${who}\n${indented([...subjects, ...at])}`;
}

function named(goroutine: Traced): string {
  return goroutine.name === "" ? "" : ` ${goroutine.name}`;
}
