// The calls of goro that differ between its versions. `--against` runs the same rows with the present and an older version.

import type { WorkerPool } from "goro";

/** The calls of a pool that depend on the version. */
interface VersionedPool<In, Out> {
  run?(job: In): Promise<Out>;
}

/** Runs a job and returns its result: `pool.run`, and before 0.6.0 `submit` with the result of its task. */
export function runJob<In, Out>(pool: WorkerPool<In, Out>): (job: In) => Promise<Out> {
  const { run } = pool as VersionedPool<In, Out>;
  if (run !== undefined) return (job) => run.call(pool, job);
  return async (job) => {
    const task = await pool.submit(job);
    return task.result;
  };
}
