// The real time: what the clock of the real world is driven by.

import type { Host } from "./clock.ts";
import { currentWorld } from "./world.ts";

/** The longest delay that the host's timers know; they fire at once when they are given a longer one. */
export const longestDelay: number = 2 ** 31 - 1;

/** The real time. A longer delay than the host knows comes in pieces: the clock finds that it was woken early, and sets anew. */
export class RealTime implements Host {
  #handle: ReturnType<typeof setTimeout> | undefined;

  now(): number {
    return performance.now();
  }

  wall(): number {
    return Date.now();
  }

  set(delay: number, ring: () => void): void {
    clearTimeout(this.#handle);
    const begin = (): void => {
      this.#handle = setTimeout(ring, Math.min(Math.max(Math.ceil(delay), 0), longestDelay));
    };
    // Whoever sets a real timer from another world must not draw the real world into theirs when it rings.
    const world = currentWorld();
    if (world === undefined) begin();
    else world.outside(begin);
  }

  clear(): void {
    clearTimeout(this.#handle);
    this.#handle = undefined;
  }
}
