// The requests of a producer to its queue.

import { Queue } from "bullmq";
import { backendFactory, backoffType, Connection, connectionOptions, keepOf, type NewJob } from "./connection.ts";
import type { EngineSettings, QueueCounts } from "./options.ts";

/** The connection of a producer. */
export class ProducerConnection extends Connection {
  constructor(settings: EngineSettings) {
    super(settings, new Queue(settings.name, { connection: connectionOptions(settings) }, backendFactory(settings)));
  }

  /** Stores jobs; see `store`. */
  async add(jobs: readonly NewJob[]): Promise<void> {
    const { retry, keepDone, keepFailed } = this.settings;
    await this.store(this.backend, jobs, {
      attempts: retry.retries + 1,
      backoff: { type: backoffType },
      removeOnComplete: keepOf(keepDone),
      removeOnFail: keepOf(keepFailed),
    });
  }

  /** Returns the number of jobs that wait for a worker. */
  async length(): Promise<number> {
    if (this.postgres === null) {
      const [waiting = 0, prioritized = 0] = await this.backend.getCounts(["wait", "prioritized"]);
      return waiting + prioritized;
    }
    // BullMQ counts the jobs of all states, the finished ones included; this reads the index of the waiting jobs.
    const { rows } = await this.postgres.query(
      "SELECT count(*) AS length FROM job WHERE queue = $1 AND state = 'waiting'",
      [this.settings.name],
    );
    return Number((rows[0] as { length: unknown }).length);
  }

  async counts(): Promise<QueueCounts> {
    const waiting = await this.length();
    const states = await this.backend.getCounts(["active", "delayed", "completed", "failed"]);
    const [active = 0, delayed = 0, done = 0, failed = 0] = states;
    return { waiting, active, delayed, done, failed };
  }
}
