// One job in a pool, from the call that brought it to its outcome.

import type { Context } from "../context/context.ts";
import type { Queued } from "./backlog.ts";
import type { Outcome } from "./outcome.ts";
import type { Wait } from "./wait.ts";

/** Whoever wants to know the outcome of a job. It is told when nothing is left to do for the job but to tell others. */
export interface Owner<Job, Result> {
  settled(work: Work<Job, Result>): void;
}

/** What the pool knows of one job. */
export class Work<Job, Result> implements Queued {
  index = -1;
  isAccepted = false;

  /** When it was accepted, by the clock of the pool. */
  acceptedAt = 0;

  /** Whether its function has been called and has not returned. */
  isRunning = false;

  /** The number of the worker that has taken it. */
  worker: number | undefined = undefined;

  /** How many times the function was called. */
  attempts = 0;

  /** Whether it has taken longer than a job may. */
  isTooLate = false;
  outcome: Outcome<Job, Result> | undefined = undefined;

  /** Whoever waits for it to be accepted, and what they are told then. */
  acceptance: Wait<unknown> | null = null;
  token: unknown = undefined;

  /** The context that its function was given. */
  given: Context | null = null;

  /** Lets go of what stands in lists for its sake. */
  release: (() => void) | null = null;

  readonly job: Job;

  /** What ends it. */
  readonly ctx: Context;
  readonly owner: Owner<Job, Result>;
  readonly priority: number;
  readonly order: number;

  constructor(job: Job, ctx: Context, owner: Owner<Job, Result>, priority: number, order: number) {
    this.job = job;
    this.ctx = ctx;
    this.owner = owner;
    this.priority = priority;
    this.order = order;
  }
}
