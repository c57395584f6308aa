// The queue in memory keeps the promises of a JobSource, in virtual time.

import { bubble, memoryQueue } from "goro/testing";
import { jobSourceSuite, type SuiteJob } from "./job-source.ts";

const lease = 1000;

jobSourceSuite("memoryQueue", {
  timeout: 10 * lease,
  run: (f) => bubble(f),
  makeQueue: async ({ retries, maxStalls }) => {
    const queue = memoryQueue<SuiteJob, number | undefined>({
      lease,
      maxStalls,
      retry: { retries, delay: 0 },
      latency: 1,
    });
    return {
      send: (job, id) => queue.send(job, id),
      source: () => queue.deliveries(),
      outcomes: (ctx) => queue.outcomes(ctx),
      loseLease: async ({ id }) => queue.stall(id),
      close: async () => undefined,
    };
  },
});
