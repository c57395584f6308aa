// A fault: how the queue and its jobs are set up, and what happens during the run.

import type { FaultJob, QueueSettings } from "./queue.ts";
import type { Stage } from "./stage.ts";

export interface Fault {
  readonly name: string;

  /** Options for the command line of a server of its own, if the fault ends the server; undefined if the server can be shared. */
  readonly ownServer?: Readonly<Record<"redis" | "postgres", readonly string[]>>;

  /** Settings of the queue that differ from those of the other faults. */
  readonly queue?: Partial<QueueSettings>;

  /** What differs in some of the jobs, by their numbers. */
  job?(n: number, jobs: number, lease: number): Partial<FaultJob>;

  /** Runs the jobs and causes the fault. It ends with a call of `stage.finish`, and may check more. */
  run(stage: Stage): Promise<void>;
}
