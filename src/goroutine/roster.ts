// Who lives and who waits for what, as a list to report from. Whoever keeps a roster pays for it: see debug.ts.

import type { Traced } from "../internal/trace.ts";
import { indented } from "./panic.ts";

interface Wait {
  readonly operation: string;
  readonly goroutine: Traced | undefined;
  readonly at: readonly string[];
  readonly isDurable: boolean;
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
  ): void {
    this.#waits.set(party, { operation, goroutine, at, isDurable });
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

  /** Everybody, in the order of their numbers, each with what it waits for and where. */
  report(): string {
    const waits = new Map<Traced | undefined, Wait[]>();
    for (const wait of this.#waits.values()) {
      const known = waits.get(wait.goroutine);
      if (known === undefined) waits.set(wait.goroutine, [wait]);
      else known.push(wait);
    }
    const goroutines = new Set([...this.#births.keys(), ...waits.keys()].filter((each) => each !== undefined));
    const parts = [...goroutines]
      .sort((a, b) => a.id - b.id)
      .flatMap((goroutine) => {
        const own = waits.get(goroutine) ?? [{ operation: "await", at: ["a promise that is not goro's"] }];
        const origin = this.origin(goroutine);
        return own.map(({ operation, at }) => {
          return `goroutine ${goroutine.id} [${operation}]:${named(goroutine)}\n${indented(at)}${origin}`;
        });
      });
    for (const { operation, at } of waits.get(undefined) ?? []) {
      parts.push(`goroutine ? [${operation}]:\n${indented(at)}`);
    }
    return parts.join("\n");
  }
}

function named(goroutine: Traced): string {
  return goroutine.name === "" ? "" : ` ${goroutine.name}`;
}
