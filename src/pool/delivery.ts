// The outcomes of a run on their way to its reader.
//
// Invariants, whenever no method is on the stack:
//   1. Outcomes are sent in the order in which they were added.
//   2. While `#waiting` holds an outcome, one goroutine offers the first of them to the reader.
//   3. A work is in `#waiting` until its outcome has been taken, or the reader has been given up.

import type { ReceiveChannel, SendChannel } from "../channel/channel.ts";
import { receive, select, send } from "../channel/select.ts";
import { after } from "../time/time.ts";
import { toError } from "../util/inspect.ts";
import { spawn } from "../runtime/goroutine.ts";
import { chanSend } from "../runtime/wait-reasons.ts";
import { RingBuffer } from "../util/ring-buffer.ts";
import type { JobOutcome } from "./outcome.ts";
import { TrackedPromise } from "./tracked-promise.ts";
import type { PoolJob } from "./job.ts";

/** What a delivery reports. */
interface Events {
  /** Sending has panicked: the results are closed. */
  failed(error: Error): void;

  /** Nothing is left to be delivered. */
  emptied(): void;
}

/** Sends the outcomes of a run. */
export class Delivery<Job, Result> {
  readonly #results: SendChannel<JobOutcome<Job, Result>>;
  readonly #cut: ReceiveChannel<never>;
  readonly #grace: number;
  readonly #events: Events;
  readonly #waiting = new RingBuffer<PoolJob<Job, Result>>();

  /** The workers that wait until the outcome of their job is delivered. */
  readonly #held = new Map<PoolJob<Job, Result>, TrackedPromise<void> | null>();
  #isSending = false;

  /** Whether outcomes are offered no more than once: the results are closed, or the reader has been given up. */
  #isOver = false;

  /** The outcomes that no reader has taken. */
  readonly undelivered: JobOutcome<Job, Result>[] = [];

  /** Once `cut` is closed, the reader is given up `grace` milliseconds after it has taken the last outcome. */
  constructor(
    results: SendChannel<JobOutcome<Job, Result>>,
    cut: ReceiveChannel<never>,
    grace: number,
    events: Events,
  ) {
    this.#results = results;
    this.#cut = cut;
    this.#grace = grace;
    this.#events = events;
  }

  get isEmpty(): boolean {
    return this.#waiting.length === 0;
  }

  /** Takes over the outcome of a job. */
  add(work: PoolJob<Job, Result>): void {
    if (!this.#isSending && this.#offer(work)) return;
    if (this.#isOver) {
      this.undelivered.push(work.outcome as JobOutcome<Job, Result>);
      return;
    }
    this.#waiting.push(work);
    this.#held.set(work, null);
    if (this.#isSending) return;
    this.#isSending = true;
    const poolDelivery = (): Promise<void> => this.#send();
    spawn("runPool", poolDelivery, [], null);
  }

  /** The promise that the outcome of a job has been delivered or given up; undefined, if it has. */
  of(work: PoolJob<Job, Result>): Promise<void> | undefined {
    if (!this.#held.has(work)) return undefined;
    const wait = new TrackedPromise<void>(chanSend);
    this.#held.set(work, wait);
    return wait.promise;
  }

  async #send(): Promise<void> {
    let patience: ReceiveChannel<number> | null = null;
    while (this.#waiting.length > 0 && !this.#isOver) {
      const work = this.#waiting.first as PoolJob<Job, Result>;
      let isTaken = this.#offer(work);
      if (this.#isOver) break;
      if (!isTaken) {
        try {
          const s = await select({
            out: send(this.#results, work.outcome as JobOutcome<Job, Result>),
            cut: receive(patience === null ? this.#cut : null),
            over: receive(patience),
          });
          isTaken = s.case === "out";
          if (s.case === "over") this.#isOver = true;
          else if (patience !== null || s.case === "cut") patience = after(this.#grace);
        } catch (error) {
          this.#fail(error);
        }
      }
      if (isTaken) this.#release(this.#waiting.shift());
    }
    this.#isSending = false;
    while (this.#waiting.length > 0) {
      const work = this.#waiting.shift();
      this.undelivered.push(work.outcome as JobOutcome<Job, Result>);
      this.#release(work);
    }
    this.#events.emptied();
  }

  #offer(work: PoolJob<Job, Result>): boolean {
    try {
      return this.#results.trySend(work.outcome as JobOutcome<Job, Result>);
    } catch (error) {
      this.#fail(error);
      return false;
    }
  }

  #fail(error: unknown): void {
    this.#isOver = true;
    this.#events.failed(toError(error));
  }

  #release(work: PoolJob<Job, Result>): void {
    this.#held.get(work)?.finish();
    this.#held.delete(work);
  }
}
