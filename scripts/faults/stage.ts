// The stage of one fault: a queue on a server, the processes that work, and the counts: which jobs were accepted, how often each was
// started, and which outcomes were read. The jobs are sent by this process, and their outcomes are read by it unless the fault says otherwise.

import { mkdtempSync } from "node:fs";
import { rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { type Context, context } from "goro";
import type { JobChannel, JobQueue } from "goro/bullmq";
import type { TestEngine, TestServer } from "../../test/support/servers.ts";
import type { ChildSettings } from "./child.ts";
import { Ledger } from "./ledger.ts";
import { FaultProcess, type ProcessEnd } from "./process.ts";
import { type FaultJob, makeQueue, type QueueSettings } from "./queue.ts";

/** The size of a run. */
export interface StageOptions {
  readonly jobs: number;

  /** In milliseconds. */
  readonly lease: number;
}

/** The counts of one run of a fault. */
export interface FaultResult {
  readonly fault: string;
  readonly engine: string;

  /** The jobs whose `send` has resolved, and those among them that have an outcome. */
  readonly accepted: number;
  readonly done: number;
  readonly failed: number;

  /** The attempts beyond those that a run without a fault has, and the greatest number that the fault allows. */
  readonly twice: number;
  readonly bound: number;

  /** The accepted jobs without an outcome. */
  readonly lost: number;
  readonly seconds: number;
  readonly notes: readonly string[];

  /** The differences from a run as expected. */
  readonly problems: readonly string[];
}

/** The number of workers of a process: it holds no more jobs. */
export const workers = 8;

/** How often the workers look for lost leases, in milliseconds. */
const sweeps = { redis: 500, postgres: 1000 };

/** The number of sends that wait at the same time. */
const sends = 32;

/** How long any step may take before the run has failed, and by how much more for each job, in milliseconds. */
const stepTimeout = 120_000;
const stepTimeoutOfJob = 200;

let stages = 0;

export class Stage {
  readonly jobs: number;
  readonly lease: number;
  readonly engine: TestEngine["name"];
  readonly server: TestServer;
  readonly ledger: Ledger;
  readonly queue: JobQueue<FaultJob, number>;
  readonly accepted: Set<number> = new Set();
  readonly notes: string[] = [];

  /** The errors that the queue of this process has reported. */
  readonly errors: string[] = [];

  /** How many attempts more than in a run without a fault there may be. */
  bound: number = 0;
  readonly #settings: QueueSettings;
  readonly #folder = mkdtempSync(join(tmpdir(), "goro-fault-"));
  readonly #file = join(this.#folder, "ledger");
  readonly #processes = new Set<FaultProcess>();

  /** All processes, those that have ended included. */
  readonly #all: FaultProcess[] = [];
  readonly #problems: string[] = [];
  readonly #ctx: Context;
  readonly #cancel: () => void;
  readonly #channel: JobChannel<FaultJob>;
  readonly #jobs: (n: number) => Partial<FaultJob>;
  readonly #outcomes = new Map<number, "done" | "failed">();
  readonly #started = performance.now();
  #nextJob = 0;
  #sending: Promise<void> = Promise.resolve();
  #reading: Promise<void> = Promise.resolve();
  #expectedRuns: (n: number) => number = () => 1;

  constructor(
    engine: TestEngine,
    server: TestServer,
    options: StageOptions,
    queue: Partial<QueueSettings> = {},
    jobs: (n: number) => Partial<FaultJob> = () => ({}),
  ) {
    this.jobs = options.jobs;
    this.lease = options.lease;
    this.engine = engine.name;
    this.server = server;
    this.#jobs = jobs;
    this.#settings = {
      engine: engine.name,
      url: server.url,
      name: `fault-${process.pid}-${stages++}`,
      lease: options.lease,
      sweep: sweeps[engine.name],
      maxStalls: 3,
      depth: 64,
      rate: 0,
      priorities: 0,
      ...queue,
    };
    this.ledger = new Ledger(this.#file);
    this.queue = makeQueue(this.#settings, (error) => this.errors.push(error.message));
    [this.#ctx, this.#cancel] = context.withCancel(context.background());
    this.#channel = this.producer();
  }

  /** Returns the channel of another producer. */
  producer(): JobChannel<FaultJob> {
    return this.queue.jobs(this.#ctx);
  }

  /** Starts a process, and waits until it is ready. `port` is that of a proxy. */
  async start(settings: Partial<ChildSettings> = {}, port: number = this.server.port): Promise<FaultProcess> {
    const process = new FaultProcess({
      role: "worker",
      queue: { ...this.#settings, url: this.#settings.url.replace(`:${this.server.port}`, `:${port}`) },
      ledger: this.#file,
      workers,
      stopTimeout: 30_000,
      clockShift: 0,
      blockAfter: 0,
      blockFor: 0,
      ...settings,
    });
    this.#processes.add(process);
    this.#all.push(process);
    await process.ready;
    return process;
  }

  /** Reads the outcomes in this process from now on. */
  read(): void {
    this.#reading = this.#readOutcomes();
  }

  /** Returns job `n`. */
  job(n: number): FaultJob {
    return { n, ms: 10 + ((n * 7) % 31), act: "work", ...this.#jobs(n) };
  }

  /**
   * Sends the next jobs, up to this share of all of them, without waiting. With `every`, a job is sent each `every` milliseconds while
   * `isSlow` returns true.
   */
  send(share: number = 1, every: number = 0, isSlow: () => boolean = () => true): Promise<void> {
    const last = Math.round(this.jobs * share);
    const lane = async (): Promise<void> => {
      while (this.#nextJob < last && this.#ctx.err() === undefined) {
        if (every > 0 && isSlow()) await sleep(every);
        if (this.#nextJob < last) await this.sendJob(this.#nextJob++);
      }
    };
    const before = this.#sending;
    const run = async (): Promise<void> => {
      await before;
      try {
        await Promise.all(Array.from({ length: every > 0 ? 1 : sends }, lane));
      } catch (error) {
        if (this.#ctx.err() === undefined) this.fail(`send has failed with ${String(error)}`);
      }
    };
    this.#sending = run();
    return this.#sending;
  }

  /** Sends job `n` by `channel`, and counts it when the queue has accepted it. */
  async sendJob(n: number, channel: JobChannel<FaultJob> = this.#channel): Promise<void> {
    await channel.send(this.job(n));
    this.accepted.add(n);
  }

  /** Waits until this share of the jobs has been started. */
  untilStarted(share: number): Promise<void> {
    return this.until(`${share * 100} % of the jobs have been started`, () => this.ledger.started >= share * this.jobs);
  }

  /** Waits until `process` has started a job after `time`. */
  untilRunning(process: FaultProcess, time: number): Promise<void> {
    const { pid } = process;
    return this.until(`process ${pid} runs jobs`, () => this.ledger.of("start", pid, time).length > 0);
  }

  /** Waits until `process` holds `count` jobs. */
  untilHolding({ pid }: FaultProcess, count: number): Promise<void> {
    return this.until(`process ${pid} holds ${count} jobs`, () => this.ledger.heldBy(pid) >= count);
  }

  async until(what: string, condition: () => boolean | Promise<boolean>, pause: number = 2): Promise<void> {
    const timeout = stepTimeout + stepTimeoutOfJob * this.jobs;
    const deadline = performance.now() + timeout;
    for (;;) {
      this.ledger.read();
      if (await condition()) return;
      if (performance.now() > deadline) throw new Error(`${timeout / 1000} s were not enough until ${what}`);
      await sleep(pause);
    }
  }

  /** Kills a process that holds jobs. */
  async kill(process: FaultProcess): Promise<void> {
    await this.untilHolding(process, 1);
    this.#countDead(process, await process.kill());
  }

  /** Starts a new process for each one that is killed, until `count` have been. Returns when that is so. */
  async replaceDead(count: number): Promise<void> {
    for (let i = 0; i < count; i++) {
      const findDead = (): FaultProcess | undefined => [...this.#processes].find(({ isAlive }) => !isAlive);
      await this.until("a process dies", () => findDead() !== undefined);
      const dead = findDead() as FaultProcess;
      this.#countDead(dead, await dead.ended);
      await this.start();
    }
  }

  /** Ends a process in an orderly way, which must not take longer than `limit` milliseconds by its own clock. */
  async terminate(process: FaultProcess, limit: number = Infinity): Promise<ProcessEnd> {
    const end = await process.terminate();
    this.#processes.delete(process);
    this.check(
      end.code === 0,
      `SIGTERM ended a process with ${end.signal ?? `exit code ${end.code}`}\n${process.stderr}`,
    );
    this.check((end.stopTime ?? Infinity) <= limit, `stop took ${end.stopTime} ms, and the limit is ${limit} ms`);
    this.ledger.read();
    this.check(
      this.ledger.heldBy(process.pid) === 0,
      "a process has ended in order while functions of jobs were running",
    );
    return end;
  }

  /** Allows the jobs that the processes hold at most to be run twice. */
  allowRepeats(...processes: readonly FaultProcess[]): void {
    this.ledger.read();
    for (const { pid } of processes) {
      this.bound += workers;
      this.notes.push(`held ${this.ledger.heldBy(pid)}`);
    }
  }

  check(condition: boolean, problem: string): void {
    if (!condition) this.fail(problem);
  }

  fail(problem: string): void {
    this.#problems.push(problem);
  }

  /** Sets how often job `n` is started in a run without a fault. */
  expectRuns(count: (n: number) => number): void {
    this.#expectedRuns = count;
  }

  /**
   * Waits until all jobs have been sent and have outcomes, and no process holds a job; then ends the processes. `failing` says which jobs
   * must fail.
   */
  async finish(failing: (n: number) => boolean = () => false): Promise<void> {
    await this.until("all jobs are sent", () => this.accepted.size === this.jobs);
    await this.until("all jobs have outcomes", () => this.#countOutcomes() >= this.jobs);
    const isEmpty = async (): Promise<boolean> => {
      const { waiting, active, delayed } = await this.queue.counts();
      return waiting + active + delayed === 0;
    };
    await this.until("the queue is empty", isEmpty, 200);
    for (const process of this.#processes) if (process.isAlive) await this.terminate(process);
    this.ledger.read();
    this.#countOutcomes();
    for (const n of this.accepted) {
      const status = this.#outcomes.get(n);
      const expected = failing(n) ? "failed" : "done";
      this.check(status === undefined || status === expected, `job ${n} must be ${expected} and is ${status}`);
    }
  }

  /** Ends all that the stage has started. */
  async close(): Promise<void> {
    this.#cancel();
    await Promise.all([...this.#processes].map((process) => process.kill()));
    await Promise.all([this.#reading, this.#sending]);
    this.ledger.close();
    await rm(this.#folder, { recursive: true });
  }

  /** Returns the errors that the processes have reported, each once, with their numbers. */
  #reportedErrors(): string[] {
    const counts = new Map<string, number>();
    for (const message of [this.errors, ...this.#all.map(({ errors }) => errors)].flat()) {
      counts.set(message, (counts.get(message) ?? 0) + 1);
    }
    return [...counts].map(([message, count]) => `${count} times the error: ${message}`);
  }

  result(fault: string): FaultResult {
    this.#countOutcomes();
    const accepted = [...this.accepted];
    const count = (status: string): number => accepted.filter((n) => this.#outcomes.get(n) === status).length;
    const twice = accepted.reduce((sum, n) => sum + Math.max(this.ledger.startsOf(n) - this.#expectedRuns(n), 0), 0);
    const lost = accepted.filter((n) => !this.#outcomes.has(n)).length;
    this.check(accepted.length === this.jobs, `${accepted.length} of ${this.jobs} jobs were accepted`);
    this.check(lost === 0, `${lost} accepted jobs have no outcome`);
    this.check(twice <= this.bound, `jobs ran twice ${twice} times, and the bound is ${this.bound}`);
    return {
      fault,
      engine: this.engine,
      accepted: accepted.length,
      done: count("done"),
      failed: count("failed"),
      twice,
      bound: this.bound,
      lost,
      seconds: (performance.now() - this.#started) / 1000,
      notes: this.notes,
      problems: this.#problems.length === 0 ? [] : [...this.#problems, ...this.#reportedErrors()],
    };
  }

  async #readOutcomes(): Promise<void> {
    try {
      for await (const { job, status } of this.queue.outcomes(this.#ctx)) this.#outcomes.set(job.n, status);
    } catch (error) {
      this.fail(`the reader of outcomes has failed with ${String(error)}`);
    }
  }

  /** Counts a process that was killed. */
  #countDead(process: FaultProcess, { signal }: ProcessEnd): void {
    this.#processes.delete(process);
    this.check(signal === "SIGKILL", `a process has ended with ${signal ?? "an exit code"} instead of SIGKILL`);
    this.ledger.read();
    this.check(this.ledger.heldBy(process.pid) > 0, "the process that was killed held no job");
    this.allowRepeats(process);
  }

  #countOutcomes(): number {
    for (const { kind, n } of this.ledger.entries)
      if (kind === "done" || kind === "failed") this.#outcomes.set(n, kind);
    return this.#outcomes.size;
  }
}
