// One job in a pool, from the call that brought it to its outcome.

import type { AsyncContext } from "../runtime/async-context.ts";
import type { Context } from "../context/context.ts";
import type { QueueEntry } from "./job-queue.ts";
import { JobContext } from "./job-context.ts";
import type { JobOutcome } from "./outcome.ts";
import type { TrackedPromise } from "./tracked-promise.ts";

/** The receiver of a job's outcome. */
export interface OutcomeListener<Job, Result> {
  /** Called with a job that has just been given its outcome. It must run no user code. */
  settled(work: PoolJob<Job, Result>): void;

  /** Called after that, when the state of the pool is consistent and all hooks have been called. It may run user code. */
  proceed?(): void;
}

/** What the pool knows of one job. */
export class PoolJob<Job, Result> implements QueueEntry {
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

  /** Whether it has exceeded the timeout. */
  timedOut = false;

  /** Whether its function has called `stop` and has not returned since. */
  isStopping = false;

  /** Whether `Crew.conclude` has been called with it. */
  isConcluded = false;

  /** Why it is over, if that was decided before its function returned. */
  endedBy: Error | undefined = undefined;
  outcome: JobOutcome<Job, Result> | undefined = undefined;

  /** The call that waits until the job is accepted, and the value that it resolves with. */
  pendingAcceptance: TrackedPromise<unknown> | null = null;
  acceptedValue: unknown = undefined;

  /** Removes the listener on the context that the job was given. */
  dispose: (() => void) | null = null;

  readonly job: Job;

  /** The context that its function gets. It ends with the job. */
  readonly ctx: JobContext;

  /** The async context of the call that brought the job: its function and hooks run in it. Null, if the host has none. */
  readonly scope: AsyncContext | null;
  readonly owner: OutcomeListener<Job, Result>;
  readonly priority: number;
  readonly order: number;

  /** `crew` is the key under which the job is found in its context. */
  constructor(
    job: Job,
    parent: Context,
    runner: object,
    scope: AsyncContext | null,
    owner: OutcomeListener<Job, Result>,
    priority: number,
    order: number,
  ) {
    this.job = job;
    this.ctx = new JobContext(parent, runner, this);
    this.scope = scope;
    this.owner = owner;
    this.priority = priority;
    this.order = order;
  }
}
