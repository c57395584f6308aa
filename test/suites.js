// The suites. `npm test` runs the quick files: all but those listed here. `npm run check` and `npm run test:all` run every file.

import { readdirSync } from "node:fs";

/** Returns the files in `folder` and below that measure memory, or those that do not. */
function testFiles(folder, { measureMemory = false } = {}) {
  return readdirSync(new URL(`../${folder}/`, import.meta.url), { recursive: true })
    .filter((file) => file.endsWith(".test.ts") && file.endsWith("memory.test.ts") === measureMemory)
    .map((file) => `${folder}/${file.replaceAll("\\", "/")}`);
}

/** The files that take long. `npm run coverage` runs them and the quick ones. */
export const slow = [
  // A process for each sample, or a compiler, a build and bundles, or jest in jest.
  "test/docs.test.ts",
  "test/hover.test.ts",
  "test/machines.test.ts",
  "test/mentions.test.ts",
  "test/package.test.ts",
  "test/recipes/lint.test.ts",
  "test/recipes/using.test.ts",
  "test/reference.test.ts",
  "test/runtime/fake-timers.test.ts",
  "test/trace/pictures.test.ts",
  // Each example with six seeds; test/mistakes.test.ts, which is quick, runs examples too.
  "test/examples.test.ts",
  // Servers of Redis and Postgres; test/bullmq/queue.test.ts, which is quick, has them too.
  "test/bullmq/connections.test.ts",
  "test/bullmq/job-source.test.ts",
  "test/bullmq/outages.test.ts",
  // Large numbers of values, of waiters and of jobs in a picture, and every pair of events.
  "test/channel/competitor-regressions.test.ts",
  "test/channel/linear.test.ts",
  "test/fairness.test.ts",
  "test/pool/many.test.ts",
  "test/pool/source-ends.test.ts",
  "test/trace/pool-picture.test.ts",
  // Both programs of each row of a table.
  ...testFiles("test/coming-from"),
  // Go's own tests, the models with their random histories, and the tests of the scripts.
  ...testFiles("test/conformance"),
  ...testFiles("test/model"),
  ...testFiles("test/scripts"),
];

/** The files that measure memory, which coverage would change. `npm run memory` runs them. */
export const memory = testFiles("test", { measureMemory: true });

/** The files that run alone, because a load from outside would end their leases. `npm run test:faults` runs them. */
export const faults = ["test/bullmq/faults.test.ts"];

/** Returns the files that a run of jest with the arguments `args` leaves out: those that are not quick, unless an argument names them. */
export function leftOut(args) {
  const patterns = args.filter((arg) => !arg.startsWith("-"));
  const isNamed = (file) => patterns.some((pattern) => file.includes(pattern) || pattern.endsWith(file));
  return [...slow, ...memory, ...faults].filter((file) => !isNamed(file));
}
