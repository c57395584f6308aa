// The model of a pool: the checks that every history must pass. A check reads only the record of the history.

import { context, PanicError, StoppedError } from "goro";
import { whenError } from "./doors.ts";
import type { Call, Cause, JobOutcome, JobRecord, MapRecord, PoolRecord, Report, StopRecord } from "./record.ts";

/** What is wrong with `record`: a line each. */
export function check(record: PoolRecord): string[] {
  return record.isCutOff ? [] : new Checks(record).run();
}

class Checks {
  readonly #record: PoolRecord;
  readonly #findings: string[];

  constructor(record: PoolRecord) {
    this.#record = record;
    this.#findings = [...record.findings];
  }

  run(): string[] {
    for (const job of this.#record.jobs) this.#job(job);
    for (const map of this.#record.maps) this.#map(map);
    this.#workers();
    this.#received();
    this.#order();
    this.#stats();
    for (const stop of this.#record.stops) this.#stop(stop);
    return this.#findings;
  }

  #expect(holds: boolean, text: string): void {
    if (!holds) this.#findings.push(text);
  }

  get #spec(): PoolRecord["history"]["pool"] {
    return this.#record.history.pool;
  }

  get #isRun(): boolean {
    return this.#record.door === "runPool";
  }

  /** What has canceled the pool as a whole, or may have. */
  get #poolCauses(): Cause[] {
    const { causes, jobs } = this.#record;
    if (!this.#spec.stopsOnError) return causes;
    const failures = jobs.flatMap(({ ended }) => ended.filter(({ outcome }) => outcome.status === "failed"));
    return [...causes, ...failures.map(({ at, outcome }) => ({ at, error: outcome.error as Error }))];
  }

  // One outcome a job, and only to its owner.

  #job(job: JobRecord): void {
    const name = `job ${job.id}`;
    const { acceptance, outcomes, ended, started, calls } = job;
    this.#expect(started.length <= 1, `${name} is started ${started.length} times`);
    this.#expect(ended.length <= 1, `${name} has ${ended.length} "ended" events`);
    this.#expect(started.length <= ended.length, `${name} was started and has no "ended" event`);
    this.#expect(calls.length === 0 || started.length === 1, `${name} is worked on without a "started" event`);
    const [end] = ended;
    if (end !== undefined) {
      this.#outcome(job, end.outcome, end.at);
      this.#expect(end.worker === started[0]?.worker, `the events of ${name} name different workers`);
    }
    if (job.way !== "map") this.#delivery(job, name);
    const isRefused = acceptance === "refused" || job.isLeft;
    if (isRefused) {
      this.#expect(calls.length === 0, `${name} was refused and is worked on`);
      this.#expect(outcomes.length === 0, `${name} was refused and has an outcome`);
      this.#expect(ended.length === 0, `${name} was refused and has an "ended" event`);
    }
    this.#calls(job);
    this.#retries(job);
  }

  #delivery(job: JobRecord, name: string): void {
    const { acceptance, way, outcomes, ended, result } = job;
    const by = outcomes.map((each) => each.by).join(" and ");
    const isDue = acceptance === "accepted" && !job.isLeft;
    if (isDue && this.#record.closedAt === undefined) {
      this.#expect(outcomes.length > 0, `the outcome of ${name} is lost`);
      this.#expect(ended.length > 0, `${name} was accepted and has no "ended" event`);
    }
    this.#expect(outcomes.length <= 1, `${name} has ${outcomes.length} outcomes: by ${by}`);
    for (const { by: owner, outcome } of outcomes) {
      const isOwn = way === "submit" ? owner === "task" : owner !== "task";
      this.#expect(isOwn, `the outcome of ${name}, which came by ${way}, is given to ${owner}`);
      this.#expect(isSame(outcome, ended[0]?.outcome), `the outcome of ${name} is not that of its "ended" event`);
    }
    const outcome = outcomes[0]?.outcome;
    if (result === undefined || outcome === undefined) return;
    if ("error" in result)
      this.#expect(outcome.error === result.error, `task.result of ${name} rejects with something else`);
    else this.#expect(outcome.value === result.value, `task.result of ${name} is another value`);
  }

  // An outcome is true.

  #outcome(job: JobRecord, outcome: JobOutcome, at: number): void {
    const name = `job ${job.id}`;
    const { calls } = job;
    const last = calls.at(-1);
    const before = calls.filter(({ from }) => from <= at).length;
    this.#expect(outcome.job === (job as unknown), `the outcome of ${name} has another job`);
    const { attempts, status } = outcome;
    this.#expect(attempts === before, `${name}: attempts is ${attempts}, and there were ${before} calls`);
    if (status === "done") {
      this.#expect(last?.value === outcome.value, `${name} is done with ${outcome.value}, and returned ${last?.value}`);
      this.#expect(last?.to === at, `${name} is done at ${at}, and returned at ${last?.to}`);
      this.#expect(last?.endedAfter === false, `${name} is done, and its context had ended`);
    } else if (status === "failed") {
      this.#failure(job, outcome.error, at);
    } else {
      this.#cancellation(job, outcome.error, at);
    }
    const { timeout } = this.#spec;
    const [first] = calls;
    if (timeout > 0 && first !== undefined) {
      this.#expect(at <= first.from + timeout, `${name} has its outcome ${at - first.from} ms after its first call`);
    }
  }

  #failure(job: JobRecord, error: Error, at: number): void {
    const name = `job ${job.id}`;
    const [first, last] = [job.calls[0], job.calls.at(-1)];
    if (isTimeout(error)) {
      const due = (first?.from ?? 0) + this.#spec.timeout;
      this.#expect(this.#spec.timeout > 0 && at === due, `${name} has timed out at ${at}, and was due at ${due}`);
    } else if (error === whenError) {
      this.#expect(this.#spec.when === "throws", `${name} fails by retry.when`);
    } else {
      this.#expect(error === last?.error, `${name} fails with ${error.message}, and threw ${last?.error?.message}`);
      this.#expect(last?.to === at, `${name} fails at ${at}, and threw at ${last?.to}`);
      const isFinal = job.calls.length > this.#spec.retries || this.#spec.when === "never";
      this.#expect(isFinal, `${name} fails after ${job.calls.length} calls, and should be tried again`);
    }
  }

  #cancellation(job: JobRecord, error: Error, at: number): void {
    const name = `job ${job.id}`;
    const map = this.#record.maps.find(({ jobs }) => jobs.includes(job));
    // What ends an iteration cancels the jobs that it has brought.
    const failures =
      map?.jobs.flatMap(({ ended }) => ended.map((end) => ({ at: end.at, error: end.outcome.error }))) ?? [];
    const causes = [...this.#poolCauses, ...job.causes, ...(map?.causes ?? [])];
    const isKnown = [...causes, ...failures].some((cause) => cause.error === error && cause.at <= at);
    // The jobs that are left when an iteration ends are canceled with a Canceled; a pool whose functions hang has its own error.
    const isOwn =
      error instanceof StoppedError ||
      (map !== undefined && (error instanceof context.Canceled || error === map.sourceError)) ||
      (this.#record.closedAt !== undefined && error instanceof PanicError);
    this.#expect(isKnown || isOwn, `${name} is canceled at ${at} by nothing that happened: ${error.message}`);
    const earliest = Math.min(...causes.filter((cause) => cause.at >= job.offeredAt).map((cause) => cause.at));
    if (isKnown && !isOwn && causes.some((cause) => cause.error === error && cause.at < at)) {
      this.#expect(earliest === at || this.#isRun, `${name} is canceled at ${at}, and its end came at ${earliest}`);
    }
  }

  #calls({ id, calls, ended, started }: JobRecord): void {
    const name = `job ${id}`;
    const end = ended[0]?.at ?? Infinity;
    calls.forEach((call: Call, index) => {
      this.#expect(!call.endedBefore, `${name} is called at ${call.from} with a context that has ended`);
      this.#expect(call.from <= end, `${name} is called at ${call.from}, after its outcome at ${end}`);
      this.#expect(call.worker === started[0]?.worker, `${name} is called by another worker`);
      const before = calls[index - 1];
      if (before !== undefined) this.#pause(name, before, call, index);
      if (call.to !== undefined && call.to > end) {
        this.#expect(call.endedAfter === true, `${name} has its outcome, and its context has not ended`);
      }
    });
  }

  #pause(name: string, before: Call, call: Call, index: number): void {
    const { retryDelay, jitter, rate } = this.#spec;
    const most = retryDelay * 2 ** (index - 1);
    const gap = call.from - (before.to ?? Infinity);
    this.#expect(gap >= most * (1 - jitter) - 1e-6, `${name} is tried again after ${gap} ms, before its pause is over`);
    if (rate === 0)
      this.#expect(gap <= most + 1e-6, `${name} is tried again after ${gap} ms, and its pause is ${most}`);
    this.#expect(before.error !== undefined, `${name} is tried again although it had not failed`);
  }

  #retries({ id, calls, retrying }: JobRecord): void {
    const again = Math.max(calls.length - 1, 0);
    const isRight = retrying === again || retrying === again + 1;
    this.#expect(isRight, `job ${id} has ${retrying} "retrying" events and ${calls.length} calls`);
    this.#expect(calls.length <= this.#spec.retries + 1, `job ${id} is called ${calls.length} times`);
  }

  // Results of a map, in the order of the jobs.

  #map(map: MapRecord): void {
    const { jobs, values, ending, error } = map;
    values.forEach((value, index) => {
      const done = jobs[index]?.ended[0]?.outcome;
      this.#expect(done?.status === "done" && done.value === value, `result ${index} of a map is not that of its job`);
    });
    for (const job of jobs) this.#expect(job.outcomes.length === 0, `job ${job.id} of a map has another owner`);
    if (map.window > 0) {
      this.#expect(map.mostAhead <= map.window + 1, `a map is ${map.mostAhead} jobs ahead of its results`);
    }
    this.#expect(map.closed <= 1, "a source is closed twice");
    this.#expect(
      map.cleanupError === undefined || isIn(map.cleanupError, error),
      "an error of a source's cleanup is lost",
    );
    const next = jobs[values.length];
    if (ending === "done") {
      this.#expect(map.isExhausted && next === undefined, "a map is done before its jobs are");
    } else if (ending === "failed" && error !== map.cleanupError) {
      const causes = [...map.causes, ...this.#poolCauses].map((cause) => cause.error);
      const isCause = causes.includes(error as Error) || error instanceof StoppedError;
      const isTrue =
        isCause ||
        error === next?.ended[0]?.outcome.error ||
        error === map.sourceError ||
        isIn(map.cleanupError, error);
      this.#expect(isTrue, `a map fails with what did not happen: ${String(error)}`);
    }
  }

  // Workers come and go in pairs.

  #workers(): void {
    const here = new Set<number>();
    for (const { type, worker } of this.#record.workers) {
      if (type === "start") this.#expect(!here.has(worker), `worker ${worker} starts twice`);
      else this.#expect(here.has(worker), `worker ${worker} stops without a start`);
      if (type === "start") here.add(worker);
      else here.delete(worker);
    }
    this.#expect(here.size === 0, `workers ${[...here].join(", ")} have not stopped`);
  }

  // A run that is cut short receives no more jobs: a worker may have received one at that instant, and has not called its function.

  #received(): void {
    if (!this.#isRun) return;
    const unstarted = this.#record.jobs.filter(({ started, ended }) => ended.length > started.length);
    const text = `${unstarted.length} jobs were received by ${this.#spec.workers} workers after the run was cut short`;
    this.#expect(unstarted.length <= this.#spec.workers, text);
  }

  // The greater priority first, the earlier among equals. Only instants that differ are compared.

  #order(): void {
    if (this.#isRun) return;
    const { jobs } = this.#record;
    for (const later of jobs) {
      for (const started of jobs) {
        const at = started.started[0]?.at;
        if (at === undefined || later === started || !(later.offeredAt < at)) continue;
        if (later.way === "map" || later.acceptance === "refused") continue;
        const waitedUntil = later.started[0]?.at ?? later.ended[0]?.at ?? at;
        if (!(waitedUntil > at) || !(started.offeredAt < at)) continue;
        const [mine, other] = [later.spec.priority, started.spec.priority];
        const isFirst = mine > other || (mine === other && later.offeredAt < started.offeredAt);
        if (isFirst)
          this.#expect(false, `job ${started.id} is started at ${at} before job ${later.id}, whose turn it was`);
      }
    }
  }

  #stats(): void {
    const { stats, jobs } = this.#record;
    if (stats === undefined) return;
    const outcomes = jobs.flatMap(({ ended }) => ended.map(({ outcome }) => outcome));
    const count = (status: JobOutcome["status"]): number => outcomes.filter((each) => each.status === status).length;
    const timedOut = outcomes.filter(({ status, error }) => status === "failed" && isTimeout(error)).length;
    const expected = {
      processed: count("done") + count("failed"),
      failed: count("failed"),
      canceled: count("canceled"),
      timedOut,
      retried: jobs.reduce((sum, { calls }) => sum + Math.max(calls.length - 1, 0), 0),
      running: 0,
      abandoned: 0,
      queued: 0,
      waiting: 0,
      workers: 0,
    };
    for (const [name, value] of Object.entries(expected)) {
      const real = stats[name as keyof typeof expected];
      this.#expect(real === value, `stats().${name} is ${real}, and ${value} were counted`);
    }
    this.#expect(stats.latency.count === expected.processed, `stats().latency counts ${stats.latency.count} jobs`);
  }

  // Stops resolve in time, with a truthful report.

  #stop(stop: StopRecord): void {
    const name = `stop at ${stop.calledAt}`;
    if (this.#record.closedAt !== undefined) {
      const { error } = stop;
      this.#expect(error === undefined || error instanceof PanicError, `${name} rejects with ${String(error)}`);
    } else {
      this.#expect(stop.error === undefined, `${name} rejects with ${String(stop.error)}`);
    }
    if (stop.resolvedAt === undefined) return;
    this.#endsInTime(name, stop);
    if (stop.report === undefined) {
      this.#expect(stop.error !== undefined, `${name} resolves without a report`);
      return;
    }
    if (stop.inside === undefined) this.#report(name, stop, stop.report);
  }

  /** Nothing but functions that do not return is waited for at the end, and those for `grace`. */
  #endsInTime(name: string, stop: StopRecord): void {
    const { jobs, causes, takenAt } = this.#record;
    const at = this.#isRun ? (this.#record.runEndedAt as number) : (stop.resolvedAt as number);
    const reasons = jobs.flatMap(({ started, ended, calls }) => [
      ...[...started, ...ended].map((each) => each.at),
      // A function that returns after its job's outcome frees its worker, which may have been waited for.
      // One that is called may stop the pool too, and is not waited for then.
      ...calls.flatMap(({ from, to }) => (to !== undefined && to <= at ? [from, to] : [from])),
    ]);
    const due = Math.max(0, stop.calledAt, ...[...takenAt, ...reasons].filter((each) => each <= at));
    const cut = [...causes.map((cause) => cause.at), this.#record.closedAt ?? 0].filter((each) => each <= at);
    const limit = Math.max(due, ...cut) + this.#spec.grace * (this.#isRun ? 2 : 1);
    this.#expect(at <= limit, `${name} takes until ${at}, and everything was over at ${due}`);
  }

  #report(name: string, stop: StopRecord, report: Report): void {
    const { jobs } = this.#record;
    const at = this.#isRun ? (this.#record.runEndedAt as number) : (stop.resolvedAt as number);
    const poolErrors = this.#poolCauses.map(({ error }) => error);
    const isUndone = (job: JobRecord): boolean =>
      job.ended.some(
        ({ outcome: { status, error } }) =>
          status === "canceled" && (poolErrors.includes(error) || error instanceof StoppedError),
      );
    const expected = jobs.filter((job) => isUndone(job) && job.acceptance !== "refused");
    const seen = report.unfinished.map(({ id }) => id).join();
    const wanted = expected.map(({ id }) => id).join();
    const [sortedSeen, sortedWanted] = [seen, wanted].map((ids) => ids.split(",").sort().join());
    this.#expect(
      sortedSeen === sortedWanted,
      `${name} reports unfinished: ${seen}; canceled with the pool were: ${wanted}`,
    );
    if (this.#isRun || this.#isFirst(stop)) {
      // A worker whose job has just ended, in a call, a pause or while it waits for the rate, may not have come back yet.
      const meanwhile = jobs.filter((job) => job.calls.at(-1)?.to === at || job.ended[0]?.at === at).length;
      const running = this.#isRun ? this.#record.runningAtEnd : (stop.running as number);
      const isCounted = report.abandoned >= running && report.abandoned <= running + meanwhile;
      this.#expect(isCounted, `${name} reports ${report.abandoned} abandoned, and ${running} run`);
    }
    for (const { ended } of expected) {
      this.#expect(ended[0]?.outcome.error === report.cause, `${name} reports another cause than that of its jobs`);
    }
    if (report.isCutShort === undefined) {
      this.#expect(!this.#isRun, "the report of a run does not say whether it was cut short");
      this.#expect(wanted !== "" || report.cause === undefined, `${name} reports a cause, and nothing is unfinished`);
      return;
    }
    this.#runReport(name, report, at);
  }

  /** Whether the pool ended when this stop resolved, and not before. */
  #isFirst({ calledAt, resolvedAt }: StopRecord): boolean {
    const isEarliest = this.#record.stops.every((other) => (other.resolvedAt ?? Infinity) >= (resolvedAt as number));
    return isEarliest && this.#poolCauses.every((cause) => cause.at >= calledAt);
  }

  #runReport(name: string, report: Report, at: number): void {
    const { jobs, history, closedAt } = this.#record;
    const causes = this.#poolCauses.filter((cause) => cause.at <= at);
    this.#expect(report.isCutShort === (report.cause !== undefined), `${name}: isCutShort and cause disagree`);
    if (report.isCutShort) {
      const isHung =
        report.cause instanceof StoppedError && jobs.some(({ ended }) => isTimeout(ended[0]?.outcome.error));
      const isKnown = isHung || causes.some(({ error }) => error === report.cause);
      this.#expect(isKnown, `${name} was cut short by nothing that happened: ${report.cause?.message}`);
    } else {
      const isLate = causes.some(
        (cause) => cause.at < at && jobs.some(({ ended }) => ended.some((end) => end.at > cause.at)),
      );
      this.#expect(!isLate, `${name} was cut short, and its report does not say so`);
      this.#expect(report.undelivered?.length === 0, `${name} was not cut short, and outcomes are undelivered`);
    }
    for (const outcome of report.undelivered ?? []) {
      const { outcomes } = this.#record.of(outcome.job);
      this.#expect(
        outcomes.length === 1,
        `the outcome of job ${outcome.job.id} is delivered and reported as undelivered`,
      );
    }
    const { pauses, takes } = history.reader;
    const isPrompt = takes < 0 && Math.max(...pauses) < this.#spec.grace;
    if (isPrompt && closedAt === undefined) {
      this.#expect(
        report.undelivered?.length === 0,
        `${name}: the reader is busy for less than grace, and does not get all`,
      );
    }
  }
}

function isSame(a: JobOutcome, b: JobOutcome | undefined): boolean {
  return (
    a.status === b?.status && a.value === b.value && a.error === b.error && a.attempts === b.attempts && a.job === b.job
  );
}

function isTimeout(error: Error | undefined): boolean {
  return error instanceof context.DeadlineExceeded;
}

/** Whether `error` is, or has anywhere in it, `part`. */
function isIn(part: Error | undefined, error: unknown): boolean {
  if (part === undefined || !(error instanceof Error)) return false;
  const { errors = [], suppressed } = error as { errors?: readonly unknown[]; suppressed?: unknown };
  return error === part || [error.cause, suppressed, ...errors].some((each) => isIn(part, each));
}
