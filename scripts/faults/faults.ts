// All faults, and the runs of them, of which some are made at the same time because they mostly wait.

import { type Context, WorkerPool } from "goro";
import type { TestEngine, TestServer } from "../../test/support/servers.ts";
import { clockFaults } from "./clock-faults.ts";
import type { Fault } from "./fault.ts";
import { outageFaults } from "./outage-faults.ts";
import { processFaults } from "./process-faults.ts";
import { queueFaults } from "./queue-faults.ts";
import { type FaultResult, Stage, type StageOptions } from "./stage.ts";

export type { FaultResult } from "./stage.ts";

/** Which faults are run, and how. */
export interface RunOptions extends StageOptions {
  readonly engines: readonly TestEngine[];
  readonly faults: readonly Fault[];

  /** How many are run at the same time. */
  readonly parallel: number;
}

/** Returns all faults for runs of this number of jobs. */
export function allFaults(jobs: number): readonly Fault[] {
  return [...processFaults, ...outageFaults, ...clockFaults, ...queueFaults(jobs)];
}

/** Runs faults on real servers. The results come in the order of the faults, those of all engines for each. */
export async function* runFaults(options: RunOptions): AsyncGenerator<FaultResult, void, undefined> {
  const shared = new Map<TestEngine, TestServer>();
  for (const engine of options.engines) shared.set(engine, await engine.start());
  const runs = options.faults.flatMap((fault) => options.engines.map((engine) => ({ fault, engine })));
  try {
    await using pool = new WorkerPool(
      (_: Context, { fault, engine }: (typeof runs)[number]) =>
        runFault(fault, engine, shared.get(engine) as TestServer, options),
      { workers: options.parallel },
    );
    yield* pool.map(runs);
  } finally {
    for (const server of shared.values()) await server.stop();
  }
}

async function runFault(
  fault: Fault,
  engine: TestEngine,
  shared: TestServer,
  options: StageOptions,
): Promise<FaultResult> {
  const own = fault.ownServer && (await engine.start(...fault.ownServer[engine.name]));
  const { jobs, lease } = options;
  const stage = new Stage(engine, own ?? shared, options, fault.queue, (n) => fault.job?.(n, jobs, lease) ?? {});
  try {
    await stage.queue.migrate();
    await fault.run(stage);
  } catch (error) {
    stage.fail(error instanceof Error ? String(error.stack) : String(error));
  } finally {
    await stage.close();
    await own?.stop();
  }
  return stage.result(fault.name);
}
