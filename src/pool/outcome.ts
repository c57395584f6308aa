// What becomes of a job.

import { asText, isError } from "../goroutine/foreign.ts";

/** What every outcome tells. */
interface Told<Job> {
  readonly job: Job;
  /** How many times the function was called with the job; 0 if it was cancelled before. */
  readonly attempts: number;
}

/** The job is done. */
export interface Done<Job, Result> extends Told<Job> {
  readonly status: "done";
  readonly value: Result;
  readonly error?: undefined;
}

/**
 * The job has failed: the function threw `error` the last time, or took too long. What is thrown and is no Error is the `cause`
 * of one.
 */
export interface Failed<Job> extends Told<Job> {
  readonly status: "failed";
  readonly error: Error;
  readonly value?: undefined;
}

/** The end came before the job was done; `error` is the cause. Whatever the function answers afterwards does not count. */
export interface Cancelled<Job> extends Told<Job> {
  readonly status: "cancelled";
  readonly error: Error;
  readonly value?: undefined;
}

/** What became of one job: `status` says which, and exactly one of `value` and `error` is there. */
export type Outcome<Job, Result> = Done<Job, Result> | Failed<Job> | Cancelled<Job>;

/** What was thrown, as an error. */
export function asError(thrown: unknown): Error {
  return isError(thrown) ? thrown : new Error(asText(thrown), { cause: thrown });
}
