// One process of the benchmark of queues on servers: `child.ts` with a task as JSON. A worker prints one line of JSON when it has measured;
// the companion of a worker, which sends jobs and reads outcomes, prints nothing.

import {
  type BackendFactory,
  type ConnectionOptions,
  createPostgresBackend,
  createRedisBackend,
  type IQueueBackend,
  Worker,
} from "bullmq";
import { context, WorkerPool } from "goro";
import { queue, type QueueOptions } from "goro/bullmq";

/** What the worker is: BullMQ's own `Worker`, or a `WorkerPool`, or a pool with outcomes for a reader, whose producer has a bound. */
export type Kind = "bullmq" | "goro" | "goro-all";

export interface Task {
  readonly role: "worker" | "companion";
  readonly kind: Kind;
  readonly engine: "redis" | "postgres";
  readonly url: string;
  readonly name: string;

  /** How many jobs run at once. */
  readonly workers: number;

  /** The number of jobs. The first fifth is not measured. */
  readonly count: number;
}

export interface Measurement {
  readonly jobsPerSecond: number;

  /** The CPU time of the process of the worker for each job, in microseconds. */
  readonly cpuPerJob: number;
}

export type Job = { readonly n: number };

/** How many sends wait at once. */
const senders = 64;

/** The options of the queue, which its programs share. */
export function queueOptions({ engine, url, kind }: Task): QueueOptions<Job> {
  const server = engine === "redis" ? { redis: url } : { postgres: url };
  return kind === "goro-all" ? { ...server, depth: 1000, outcomes: true } : { ...server, depth: Infinity };
}

/** Returns what BullMQ's own classes need for the server of a task. */
export function connectionOf({ engine, url }: Task): [ConnectionOptions, BackendFactory] {
  if (engine === "redis") return [{ url, maxRetriesPerRequest: null }, createRedisBackend];
  return [{ connectionString: url }, createPostgresBackend as BackendFactory];
}

/** Counts the jobs, and measures from the end of the first fifth to the end of the last job. */
class Meter {
  readonly #count: number;
  readonly #from: number;
  #done = 0;
  #time = 0;
  #cpu: NodeJS.CpuUsage = process.cpuUsage();
  readonly measured: Promise<Measurement>;
  #finish: (measurement: Measurement) => void = () => undefined;

  constructor(count: number) {
    this.#count = count;
    this.#from = Math.floor(count / 5);
    this.measured = new Promise((resolve) => (this.#finish = resolve));
  }

  readonly job = async (): Promise<number> => {
    const done = ++this.#done;
    if (done === this.#from) {
      this.#time = performance.now();
      this.#cpu = process.cpuUsage();
    } else if (done === this.#count) {
      const seconds = (performance.now() - this.#time) / 1000;
      const { user, system } = process.cpuUsage(this.#cpu);
      const jobs = this.#count - this.#from;
      this.#finish({ jobsPerSecond: jobs / seconds, cpuPerJob: (user + system) / jobs });
    }
    return done;
  };
}

async function work(task: Task): Promise<Measurement> {
  const { name, workers, count, kind } = task;
  const meter = new Meter(count);
  if (kind === "bullmq") {
    const [connection, factory] = connectionOf(task);
    const worker = new Worker<Job, number, string, IQueueBackend>(
      name,
      meter.job,
      { connection, concurrency: workers, removeOnComplete: { age: 60 } },
      factory,
    );
    const measurement = await meter.measured;
    await worker.close();
    return measurement;
  }
  const jobs = queue<Job, number>(name, queueOptions(task));
  const pool = new WorkerPool<Job, number>(meter.job, {
    workers,
    source: jobs.deliveries(),
  });
  const measurement = await meter.measured;
  await pool.stop();
  return measurement;
}

async function send(task: Task): Promise<void> {
  const jobs = queue<Job, number>(task.name, queueOptions(task)).jobs();
  let n = 0;
  const lanes = Array.from({ length: senders }, async () => {
    while (n < task.count) await jobs.send({ n: n++ });
  });
  await Promise.all(lanes);
  jobs.close();
}

async function read(task: Task): Promise<void> {
  if (task.kind !== "goro-all") return;
  let count = 0;
  const [ctx, cancel] = context.withCancel(context.background());
  for await (const _ of queue<Job, number>(task.name, queueOptions(task)).outcomes(ctx)) {
    if (++count === task.count) break;
  }
  cancel();
}

if (process.argv[1] === import.meta.filename) {
  const task = JSON.parse(process.argv[2] ?? "") as Task;
  if (task.role === "worker") console.log(JSON.stringify(await work(task)));
  else await Promise.all([send(task), read(task)]);
  process.exit();
}
