// The outcome of a job.

/** What every outcome has. */
interface OutcomeBase<Job> {
  readonly job: Job;
  /** How many times the function was called with the job; 0 if the job was canceled before. */
  readonly attempts: number;
}

/** The job is done. */
export interface JobDone<Job, Result> extends OutcomeBase<Job> {
  readonly status: "done";
  readonly value: Result;
  readonly error?: undefined;
}

/**
 * The job has failed: the function threw `error` on its last call, or took too long. A thrown value that is not an Error is the
 * `cause` of one.
 */
export interface JobFailed<Job> extends OutcomeBase<Job> {
  readonly status: "failed";
  readonly error: Error;
  readonly value?: undefined;
}

/** The job was canceled before it was done; `error` is the cause. What the function returns afterwards is ignored. */
export interface JobCanceled<Job> extends OutcomeBase<Job> {
  readonly status: "canceled";
  readonly error: Error;
  readonly value?: undefined;
}

/** What became of one job: `status` says which of the three, and exactly one of `value` and `error` is present. */
export type JobOutcome<Job, Result> = JobDone<Job, Result> | JobFailed<Job> | JobCanceled<Job>;
