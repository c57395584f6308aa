// When a pool ends that is to end: it has been stopped or cut short, or its jobs are closed. Both kinds of pools follow this rule.
//
// The pool waits for all jobs, except that functions whose jobs have an outcome (abandoned functions) get a grace period once nothing is
// left besides them. A job that waits in `stop` cannot end before that call resolves: for the rule, it is done.

import { RuntimeTimer } from "../runtime/timer.ts";
import type { JobRunner } from "./job-runner.ts";
import type { RunnerWorker } from "./worker-loop.ts";
import { StoppedError } from "./report.ts";

/** The part of a pool that the rule uses. */
export interface EndingPool {
  /** The number of workers that have taken a job, or may take one, and do not run an abandoned function. */
  readonly active: number;

  /** Whether jobs wait for a worker. */
  readonly hasQueued: boolean;

  /** The number of workers. */
  readonly limit: number;

  /** Ends the pool, if its outcomes have been delivered. */
  finish(): void;

  /** Whether a context limits how long queued jobs wait. Only a WorkerPool has this and the members below. */
  readonly hasDeadline?: boolean;

  /** Whether a source is confirming outcomes, which has a limit of its own. */
  readonly isConfirming?: boolean;

  /** Whether a source is being closed. */
  readonly isClosing?: boolean;

  /** Resolves the calls of `stop` by jobs; `abandoned` is the number of abandoned functions of other jobs. */
  resolveInner?(abandoned: number): void;
}

export class PoolEnd<Job, Result, W extends RunnerWorker> {
  readonly #runner: JobRunner<Job, Result, W>;
  readonly #pool: EndingPool;
  readonly #grace = new RuntimeTimer("pool grace", () => this.#onGraceExpired());
  #graceExpired = false;

  constructor(runner: JobRunner<Job, Result, W>, pool: EndingPool) {
    this.#runner = runner;
    this.#pool = pool;
  }

  /** Ends the pool if nothing remains to wait for; starts the grace period if only abandoned functions remain. */
  check(): void {
    const { abandoned, openStopping, abandonedStopping, running } = this.#runner;
    const { active, hasQueued, limit, hasDeadline = false, isConfirming = false, isClosing = false } = this.#pool;
    if (active > openStopping) return;
    const others = abandoned - abandonedStopping;
    if (hasQueued) {
      // If jobs that wait in `stop` hold all workers that the queued jobs need, their calls resolve first.
      if (running >= limit) this.#pool.resolveInner?.(others);
      // If no function returns, no worker takes the queued jobs. Without a deadline, nothing cancels them either.
      if (active > 0 || abandoned < limit || hasDeadline) return;
      if (this.#graceExpired) this.#runner.cutShort(this.#notReturned());
      else this.#startGrace();
      return;
    }
    if (others === 0 || this.#graceExpired) this.#pool.resolveInner?.(others);
    if (active === 0 && isConfirming) return;
    const isBusy = abandoned > 0 || (active === 0 && isClosing);
    if (isBusy && !this.#graceExpired) this.#startGrace();
    else if (active === 0) this.#pool.finish();
  }

  /** Must be called at the end of the pool. */
  close(): void {
    this.#grace.cancel();
  }

  #startGrace(): void {
    if (!this.#grace.isSet) this.#grace.start(this.#runner.settings.gracePeriod);
  }

  /** From now on `check` does not wait for abandoned functions, unless another job runs now. */
  #onGraceExpired(): void {
    this.#graceExpired = this.#pool.active === this.#runner.openStopping;
    this.check();
  }

  #notReturned(): StoppedError {
    return new StoppedError(`${this.#runner.caller}: abandoned jobs did not return within the grace period`);
  }
}
