// The suites. `npm test` runs the quick files: all but those listed here. `npm run check` and `npm run test:all` run every file.

import { readdirSync } from "node:fs";

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
  // Every pair of events, in both orders and at several distances, and thousands of random histories.
  "test/model/channels.test.ts",
  "test/model/interop.test.ts",
  "test/model/pools.test.ts",
  "test/model/schedules.test.ts",
  "test/model/twins.test.ts",
  "test/model/visits.test.ts",
  "test/pool/many.test.ts",
  "test/pool/source-ends.test.ts",
  // Large numbers of values, of waiters and of jobs in a picture.
  "test/channel/competitor-regressions.test.ts",
  "test/channel/linear.test.ts",
  "test/conformance/channel-programs.test.ts",
  "test/conformance/pool.test.ts",
  "test/trace/pool-picture.test.ts",
];

/** The files that measure memory, which coverage would change. `npm run memory` runs them. */
export const memory = readdirSync(new URL(".", import.meta.url), { recursive: true })
  .filter((file) => file.endsWith("memory.test.ts"))
  .map((file) => `test/${file.replaceAll("\\", "/")}`);

/** The files that run alone, because a load from outside would end their leases. `npm run test:faults` runs them. */
export const faults = ["test/bullmq/faults.test.ts"];

/** Returns the files that a run of jest with the arguments `args` leaves out: those that are not quick, unless an argument names them. */
export function leftOut(args) {
  const patterns = args.filter((arg) => !arg.startsWith("-"));
  const isNamed = (file) => patterns.some((pattern) => file.includes(pattern) || pattern.endsWith(file));
  return [...slow, ...memory, ...faults].filter((file) => !isNamed(file));
}
