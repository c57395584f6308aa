// The leases of the jobs that a source holds. One timer renews all of them by one request.
//
// Invariants, whenever no method is on the stack:
//   1. The timer is set if and only if a lease is held.
//   2. A held lease was confirmed by the engine less than one lease ago, by the local clock, as of the last tick. While a connection
//      swallows everything, a renewal neither succeeds nor fails, so that only the local clock can show that a lease is lost.
//   3. `lose` is called at most once, and never after the lease has been dropped.

import { RuntimeTimer } from "../runtime/timer.ts";
import { type QueueNode, WaitQueue } from "../util/wait-queue.ts";

/** A lease of one job. */
export interface Lease extends QueueNode<Lease> {
  readonly id: string;
  readonly token: string;

  /** When the lease or its last renewal was requested, by the local clock, in milliseconds. Only confirmed requests count. */
  confirmedAt: number;

  /** Called when the lease is lost. It must not throw. */
  lose(): void;
}

/** How many times in a lease the timer fires, and how many of these renew. */
const ticks = 9;
const ticksBeforeRenewal = 3;

/** The leases of one source. */
export class Leases {
  // Not a Set: each new table of a Set is referenced by the one before it, so that one table in the old generation makes all later tables
  // survive with the jobs in them. Half of the heap was then copied by each scavenge.
  readonly #held = new WaitQueue<Lease>();
  readonly #duration: number;
  readonly #renew: (leases: readonly Lease[]) => Promise<readonly string[]>;
  readonly #onError: (error: unknown) => void;
  readonly #timer = new RuntimeTimer("goro/bullmq", () => this.#tick());
  #ticks = 0;
  #renewal: object | null = null;

  /**
   * @param duration the duration of a lease, in milliseconds
   * @param renew renews leases, and returns the ids of those that are lost
   */
  constructor(
    duration: number,
    renew: (leases: readonly Lease[]) => Promise<readonly string[]>,
    onError: (error: unknown) => void,
  ) {
    this.#duration = duration;
    this.#renew = renew;
    this.#onError = onError;
  }

  /** The leases that are held, the oldest first. */
  get held(): Lease[] {
    const leases: Lease[] = [];
    for (let lease = this.#held.first; lease !== null; lease = lease.next) leases.push(lease);
    return leases;
  }

  /** Counts the leases that are held. */
  count(): number {
    return this.#held.count();
  }

  get isEmpty(): boolean {
    return this.#held.first === null;
  }

  /** Returns the time of the clock by which leases are counted, in milliseconds. */
  now(): number {
    return this.#timer.clock.now();
  }

  /** Renews `lease` from now on. */
  hold(lease: Lease): void {
    this.#held.push(lease);
    if (!this.#timer.isSet) this.#timer.start(this.#duration / ticks);
  }

  /** Stops renewing `lease`. Returns false if it has been lost before. */
  drop(lease: Lease): boolean {
    if (!this.isHeld(lease)) return false;
    this.#held.remove(lease);
    if (this.isEmpty) this.#timer.cancel();
    return true;
  }

  /** Whether `lease` is held. */
  isHeld(lease: Lease): boolean {
    return lease.queue === this.#held;
  }

  /** Whether `lease` is held and has not run out by the local clock. */
  isValid(lease: Lease): boolean {
    return this.isHeld(lease) && this.now() - lease.confirmedAt < this.#duration;
  }

  #tick(): void {
    for (const lease of this.held) if (!this.isValid(lease)) this.#lose(lease);
    if (this.isEmpty) return;
    this.#timer.start(this.#duration / ticks);
    this.#ticks++;
    // A renewal that has not been answered is not waited for longer than until the next one is due.
    if (this.#ticks % ticksBeforeRenewal === 0) void this.#renewAll();
  }

  async #renewAll(): Promise<void> {
    const renewal = {};
    this.#renewal = renewal;
    const leases = this.held;
    const requestedAt = this.now();
    try {
      const lost = new Set(await this.#renew(leases));
      for (const lease of leases) {
        if (lost.has(lease.id)) this.#lose(lease);
        else lease.confirmedAt = Math.max(lease.confirmedAt, requestedAt);
      }
    } catch (error) {
      if (this.#renewal === renewal) this.#onError(error);
    }
  }

  #lose(lease: Lease): void {
    if (this.drop(lease)) lease.lose();
  }
}
