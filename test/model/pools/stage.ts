// Plays a history on one of the doors of the pool, in a bubble, and records what is seen.

import { Channel, context, type Context, go, receive, select, type PoolTask, time } from "goro";
import { ignoreLeaks, bubble, waitUntilBlocked } from "goro/testing";
import { CancelContext } from "../../../src/context/cancel.ts";
import { currentClock } from "../../../src/runtime/timer.ts";
import { currentRealm, type Realm } from "../../../src/runtime/realm.ts";
import { type Door, type DoorName, openDoor } from "./doors.ts";
import type { ContextIndex, History, JobSpec, MapSpec, Step } from "./history.ts";
import {
  type Call,
  type Cause,
  type Job,
  type JobRecord,
  type MapRecord,
  PoolRecord,
  type StopRecord,
} from "./record.ts";

/** After the last request everything has this long, in virtual milliseconds, before what is left is canceled. */
const patience = 100;

/** Plays `history`. It rejects if the bubble does: with a panic, or with a deadlock, which names what is left. */
export async function play(history: History, door: DoorName): Promise<PoolRecord> {
  let record: PoolRecord | undefined;
  try {
    return await bubble(
      () => {
        record = new PoolRecord(history, door);
        expectPanics(record);
        return new Stage(record).play();
      },
      { seed: history.seed },
    );
  } catch (error) {
    ignoreLeaks();
    // The iteration does not wait for an async source that is being asked: what that throws afterwards is a panic.
    const isLate = record?.maps.some(
      ({ isAsync, cleanupError, sourceError }) => isAsync && (error === cleanupError || error === sourceError),
    );
    if (record !== undefined && isLate === true) {
      record.isCutOff = true;
      return record;
    }
    const open = [...(record?.open.values() ?? [])].map((each) => `never settled: ${each}`);
    const text = [(error as Error).message, ...open, ...(record?.findings ?? [])].join("\n");
    throw new Error(text, { cause: error });
  }
}

/** Keeps the bubble alive when a hook throws: that is a panic, which would end it. */
function expectPanics(record: PoolRecord): void {
  const world = currentRealm() as Realm;
  const panicked = world.panicked.bind(world);
  world.panicked = (error, goroutine) => {
    if (!record.thrown.delete(error)) panicked(error, goroutine);
  };
}

/** A context of the callers, and what is canceled with it. */
interface Caller {
  readonly ctx: Context;
  readonly cancel: (cause?: Error) => void;
  readonly canceled: Cause[][];
}

class Stage {
  readonly #record: PoolRecord;
  readonly #history: History;
  readonly #ctx: Context;
  readonly #cancel: (cause?: Error) => void;
  readonly #callers: Caller[] = [newCaller(), newCaller()];
  readonly #tasks: { readonly task: PoolTask<Job, string>; readonly job: JobRecord }[] = [];
  readonly #door: Door;

  /** Closed at the end: callers of a run stop sending then, and later functions that never return do. */
  readonly #callersEnd = new Channel<never>();
  readonly #functionsEnd = new Channel<never>();
  #causes = 0;

  constructor(record: PoolRecord) {
    this.#record = record;
    this.#history = record.history;
    [this.#ctx, this.#cancel] = context.withCancelCause(context.background());
    record.limits.push({ at: 0, max: this.#history.pool.workers });
    const f = (ctx: Context, job: Job, worker: number): string | Promise<string> =>
      this.#work(ctx, this.#record.of(job), worker);
    this.#door = openDoor(record, f, { ctx: this.#ctx, cancel: this.#cancel, callersEnd: this.#callersEnd });
  }

  async play(): Promise<PoolRecord> {
    go(() => this.#readResults());
    for (const [index, step] of this.#history.steps.entries()) {
      if (step.after > 0) await time.sleep(step.after);
      this.#track(`request ${index} (${step.kind})`, () => this.#request(step));
    }
    await time.sleep(patience);
    await this.#stopWithin(patience, "the end");
    this.#callersEnd.close();
    await this.#finish();
    return this.#record;
  }

  /** Lets everything that is late happen, looks at what is left, and counts the outcomes that were not read. */
  async #finish(): Promise<void> {
    const record = this.#record;
    const stats = this.#door.stats?.();
    await time.sleep(1000);
    for (const open of record.open.values()) record.find(`never settled: ${open}`);
    this.#functionsEnd.close();
    await time.sleep(1000);
    await waitUntilBlocked();
    record.stats = this.#door.stats?.();
    if (stats !== undefined) {
      const { processed, failed, canceled, timedOut } = stats;
      const after = record.stats;
      if (
        processed !== after?.processed ||
        failed !== after.failed ||
        canceled !== after.canceled ||
        timedOut !== after.timedOut
      ) {
        record.find("the counts of stats() change after the end");
      }
    }
    for (const ctx of [this.#ctx, ...this.#callers.map((caller) => caller.ctx)]) {
      const left = childrenOf(ctx);
      if (left > 0) record.find(`${left} listeners are left on a context`);
    }
    if (record.thrown.size > 0) record.find(`${record.thrown.size} errors of hooks are lost`);
    const { labels } = currentClock();
    if (labels.length > 0) record.find(`timers are left: ${labels.join(", ")}`);
    for (let next = this.#door.results.tryReceive(); next?.ok === true; next = this.#door.results.tryReceive()) {
      record.of(next.value.job).outcomes.push({ by: "results", outcome: next.value });
    }
    if (this.#door.results.tryReceive() === undefined) record.find("results has not been closed");
    const report = record.stops.find(({ report: each }) => each?.undelivered !== undefined)?.report;
    for (const outcome of report?.undelivered ?? []) {
      record.of(outcome.job).outcomes.push({ by: "undelivered", outcome });
    }
    for (const job of this.#door.leftJobs?.() ?? []) record.of(job).isLeft = true;
    for (const { task, job } of this.#tasks) {
      if (task.outcome !== undefined) job.outcomes.push({ by: "task", outcome: task.outcome });
    }
  }

  /** Runs `f` as a goroutine that must come to its end. */
  #track(name: string, f: () => Promise<void>): void {
    const key = {};
    this.#record.open.set(key, name);
    go(async () => {
      await f();
      this.#record.open.delete(key);
    });
  }

  async #request(step: Step): Promise<void> {
    switch (step.kind) {
      case "send":
      case "submit":
        await this.#ask(step.kind, step.job, step.ctx);
        break;
      case "trySend":
      case "trySubmit":
        this.#try(step.kind, step.job);
        break;
      case "map":
        await this.#map(step.map, step.ctx);
        break;
      case "cancelTask":
        this.#cancelTask(step.task);
        break;
      case "cancelContext":
        this.#cancelContext(step.ctx);
        break;
      case "cancelPool":
        this.#cancelPool();
        break;
      case "resize":
        this.#resize(step.workers);
        break;
      case "stop":
        if (step.patience < 0) await this.#stop(undefined, undefined);
        else await this.#stopWithin(step.patience, "patience");
        break;
      case "probe":
        await this.#probe();
        break;
      case "closeResults":
        if (this.#door.closeResults?.() === true) this.#record.closedAt = this.#record.now;
    }
  }

  async #ask(kind: "send" | "submit", spec: JobSpec, index: ContextIndex): Promise<void> {
    const way = this.#door.submit === undefined ? "send" : kind;
    const job = this.#record.job(spec, way);
    const ctx = this.#context(index, job.causes);
    try {
      if (way === "send") await this.#door.send(job, ctx);
      else this.#hold(job, (await this.#door.submit?.(job, ctx)) as PoolTask<Job, string>);
      this.#accepted(job);
    } catch (error) {
      this.#refused(job, error);
    }
  }

  #try(kind: "trySend" | "trySubmit", spec: JobSpec): void {
    const way = kind === "trySend" || this.#door.trySubmit === undefined ? "send" : "submit";
    const job = this.#record.job(spec, way);
    try {
      if (way === "send") {
        if (this.#door.trySend(job)) this.#accepted(job);
        else this.#refused(job, undefined);
      } else {
        const task = this.#door.trySubmit?.(job);
        if (task === undefined) {
          this.#refused(job, undefined);
        } else {
          this.#hold(job, task);
          this.#accepted(job);
        }
      }
    } catch (error) {
      this.#refused(job, error);
    }
  }

  #accepted(job: JobRecord): void {
    job.acceptance = "accepted";
    job.acceptedAt = this.#record.now;
  }

  #refused(job: JobRecord, error: unknown): void {
    job.acceptance = "refused";
    job.refusal = error;
  }

  /** Awaits the result of every other task, so that there are also tasks whose result is not asked for. */
  #hold(job: JobRecord, task: PoolTask<Job, string>): void {
    this.#tasks.push({ task, job });
    if (task.job !== job) this.#record.find(`the task of job ${job.id} has another job`);
    if (job.id % 2 === 0) return;
    this.#track(`task.result of job ${job.id}`, async () => {
      try {
        job.result = { value: await task.result };
      } catch (error) {
        job.result = { error };
      }
    });
  }

  #cancelTask(index: number): void {
    const entry = this.#tasks[index % Math.max(this.#tasks.length, 1)];
    if (entry === undefined) return;
    const cause = this.#newCause(`task ${entry.job.id}`);
    entry.job.causes.push(cause);
    entry.task.cancel(cause.error);
  }

  #cancelPool(): void {
    const cause = this.#newCause("pool");
    this.#record.causes.push(cause);
    this.#cancel(cause.error);
  }

  #resize(max: number): void {
    if (this.#door.resize === undefined) return;
    this.#record.limits.push({ at: this.#record.now, max });
    this.#door.resize(max);
  }

  #cancelContext(index: 0 | 1): void {
    const caller = this.#callers[index] as Caller;
    const cause = this.#newCause(`context ${index}`);
    this.#callers[index] = newCaller();
    for (const causes of caller.canceled) causes.push(cause);
    caller.cancel(cause.error);
  }

  #context(index: ContextIndex, causes: Cause[]): Context | undefined {
    if (index === null) return undefined;
    const caller = this.#callers[index] as Caller;
    caller.canceled.push(causes);
    return caller.ctx;
  }

  #newCause(name: string): Cause {
    return { at: this.#record.now, error: new Error(`${name} (${++this.#causes})`) };
  }

  async #stopWithin(ms: number, name: string): Promise<void> {
    const { error } = this.#newCause(name);
    this.#record.causes.push({ at: this.#record.now + ms, error });
    const [ctx, cancel] = context.withTimeoutCause(context.background(), ms, error);
    await this.#stop(ctx, undefined);
    cancel();
  }

  async #stop(ctx: Context | undefined, inside: JobRecord | undefined): Promise<void> {
    const record = this.#record;
    const stop: StopRecord = { calledAt: record.now, inside };
    record.stops.push(stop);
    record.open.set(stop, `stop at ${record.now}`);
    try {
      stop.report = await this.#door.stop(ctx);
    } catch (error) {
      stop.error = error;
    }
    stop.resolvedAt = record.now;
    stop.running = record.running;
    record.open.delete(stop);
  }

  async #probe(): Promise<void> {
    await waitUntilBlocked();
    const record = this.#record;
    const stats = this.#door.stats?.();
    if (stats === undefined) return;
    const { running, abandoned, queued, waiting, workers } = stats;
    if (stats.perWorker.length < workers) record.find("stats().perWorker has fewer entries than there are workers");
    const isOver = record.causes.some(({ at }) => at <= record.now) || record.jobs.some(hasFailed);
    if (isOver || record.stops.length > 0) return;
    if (running !== record.held) record.find(`stats().running is ${running}, and ${record.held} jobs hold a worker`);
    const overdue = record.jobs.filter(isAbandoned).length;
    if (abandoned !== overdue) record.find(`stats().abandoned is ${abandoned} and not ${overdue}`);
    if (queued > this.#history.pool.queue) record.find(`${queued} jobs are queued`);
    const max = record.limits.at(-1)?.max as number;
    if (queued + waiting > 0 && running < max) {
      record.find(`${queued + waiting} jobs wait, and ${running} of ${max} workers work`);
    }
    if (workers > Math.max(record.max, running)) record.find(`there are ${workers} workers`);
  }

  async #readResults(): Promise<void> {
    const { pauses, takes } = this.#history.reader;
    const { results } = this.#door;
    for (let taken = 0; takes < 0 || taken < takes; taken++) {
      const pause = pauses[taken % pauses.length] as number;
      if (pause > 0) await time.sleep(pause);
      const { value, ok } = await results.receive();
      if (!ok) break;
      this.#record.of(value.job).outcomes.push({ by: "results", outcome: value });
      this.#record.takenAt.push(this.#record.now);
    }
  }

  async #map(spec: MapSpec, index: ContextIndex): Promise<void> {
    const record = this.#record;
    if (this.#door.map === undefined) {
      for (const job of spec.jobs) {
        if (spec.sourcePause > 0) await time.sleep(spec.sourcePause);
        await this.#ask("send", job, index);
      }
      return;
    }
    const map: MapRecord = {
      jobs: [],
      values: [],
      window: spec.window,
      pulled: 0,
      mostAhead: 0,
      isExhausted: false,
      isAsync: spec.source === "async generator",
      closed: 0,
      ending: "open",
      causes: [],
    };
    record.maps.push(map);
    const ctx = this.#context(index, map.causes);
    const options = { ...(spec.window > 0 && { maxInFlight: spec.window }), ...(ctx !== undefined && { ctx }) };
    try {
      for await (const value of this.#door.map(this.#source(spec, map), options)) {
        map.values.push(value);
        if (map.values.length === spec.breakAfter) {
          map.ending = "left";
          break;
        }
        if (spec.readPause > 0) await time.sleep(spec.readPause);
      }
      if (map.ending === "open") map.ending = "done";
    } catch (error) {
      map.ending = "failed";
      map.error = error;
    }
  }

  #source(spec: MapSpec, map: MapRecord): Iterable<Job> | AsyncIterable<Job> {
    const pull = (jobSpec: JobSpec): JobRecord => {
      if (map.pulled === spec.throwsAt) throw (map.sourceError = new Error("the source is broken"));
      const job = this.#record.job(jobSpec, "map");
      map.jobs.push(job);
      map.pulled++;
      map.mostAhead = Math.max(map.mostAhead, map.pulled - map.values.length);
      return job;
    };
    const close = (): void => {
      map.closed++;
      if (!map.isExhausted && map.sourceError === undefined && spec.cleanupThrows) {
        throw (map.cleanupError = new Error("the cleanup of the source is broken"));
      }
    };
    function* generator(): Generator<Job> {
      try {
        for (const each of spec.jobs) yield pull(each);
        map.isExhausted = true;
      } finally {
        close();
      }
    }
    async function* asyncGenerator(): AsyncGenerator<Job> {
      try {
        for (const each of spec.jobs) {
          if (spec.sourcePause > 0) await time.sleep(spec.sourcePause);
          yield pull(each);
        }
        map.isExhausted = true;
      } finally {
        close();
      }
    }
    switch (spec.source) {
      case "array": {
        const jobs = spec.jobs.map((each) => this.#record.job(each, "map"));
        map.jobs.push(...jobs);
        map.isExhausted = true;
        return jobs;
      }
      case "generator":
        return generator();
      case "async generator":
        return asyncGenerator();
      case "channel":
        return this.#channelOf(spec, map);
    }
  }

  #channelOf(spec: MapSpec, map: MapRecord): Channel<Job> {
    const jobs = spec.jobs.map((each) => this.#record.job(each, "map"));
    map.jobs.push(...jobs);
    const ch = new Channel<Job>();
    go(async () => {
      for (const job of jobs) {
        if (spec.sourcePause > 0) await time.sleep(spec.sourcePause);
        if (!(await this.#door.sendTo(ch, job))) return;
      }
      map.isExhausted = true;
      ch.close();
    });
    return ch;
  }

  /** The function of the pool. */
  #work(ctx: Context, job: JobRecord, worker: number): string | Promise<string> {
    const call: Call = { worker, from: this.#record.now, endedBefore: ctx.err() !== undefined };
    job.calls.push(call);
    const number = job.calls.length;
    const { ms, stops } = job.spec;
    if (ms > 0 || (stops === "await" && number === 1)) return this.#workLonger(ctx, job, call, number);
    if (stops !== undefined && number === 1) void this.#stop(undefined, job);
    return this.#return(ctx, job, call, number);
  }

  async #workLonger(ctx: Context, job: JobRecord, call: Call, number: number): Promise<string> {
    const { manner, ms, stops } = job.spec;
    if (stops !== undefined && number === 1) {
      const isAwaited = stops === "await" && this.#record.door === "WorkerPool";
      const stop = this.#stop(isAwaited ? ctx : undefined, job);
      if (isAwaited) await stop;
    }
    const end = receive(this.#functionsEnd);
    if (manner === "hangs") {
      await select({ end });
    } else if (manner === "ignores") {
      await select({ end, due: receive(time.after(ms)) });
    } else {
      const s = await select({ end, due: receive(time.after(ms)), done: receive(ctx.done()) });
      if (s.case === "done") {
        if (manner === "late") await time.sleep(3);
        else return this.#throw(ctx, call, context.cause(ctx) as Error);
      }
    }
    return this.#return(ctx, job, call, number);
  }

  #return(ctx: Context, job: JobRecord, call: Call, number: number): string {
    if (number <= job.spec.fails) return this.#throw(ctx, call, new Error(`call ${number} of job ${job.id} fails`));
    call.to = this.#record.now;
    call.endedAfter = ctx.err() !== undefined;
    return (call.value = `job ${job.id}, call ${number}`);
  }

  #throw(ctx: Context, call: Call, error: Error): never {
    call.to = this.#record.now;
    call.endedAfter = ctx.err() !== undefined;
    throw (call.error = error);
  }
}

function childrenOf(ctx: Context): number {
  return ctx instanceof CancelContext ? ctx.children.count() : 0;
}

function newCaller(): Caller {
  const [ctx, cancel] = context.withCancelCause(context.background());
  return { ctx, cancel, canceled: [] };
}

function hasFailed({ ended }: JobRecord): boolean {
  return ended.some(({ outcome }) => outcome.status === "failed");
}

function isAbandoned({ ended, calls }: JobRecord): boolean {
  return ended.length > 0 && calls.some(({ to }) => to === undefined);
}
