// The suite of all JobSources, on real servers.

import { afterAll, beforeAll } from "@jest/globals";
import { context } from "goro";
import { queue, type QueueOptions } from "goro/bullmq";
import { jobSourceSuite, type SuiteJob } from "../conformance/job-source.ts";
import { describeOn } from "../support/engine-tests.ts";
import { engines, type TestServer } from "../support/servers.ts";

// A busy machine may stop the process for several hundred milliseconds.
const lease = 1000;
const timeout = 10_000;

for (const engine of engines) {
  describeOn(engine, "goro/bullmq", () => {
    let server: TestServer;
    let queues = 0;

    function optionsOf(options: Omit<QueueOptions<SuiteJob>, "redis" | "postgres">): QueueOptions<SuiteJob> {
      const { url } = server;
      return engine.name === "redis" ? { ...options, redis: url } : { ...options, postgres: url };
    }

    beforeAll(async () => {
      server = await engine.start();
      await queue<SuiteJob>("first", optionsOf({})).migrate();
    });

    afterAll(() => server.stop());

    jobSourceSuite(`goro/bullmq on ${engine.name}`, {
      timeout,
      run: (f) => f(),
      makeQueue({ retries, maxStalls, hasLongLease }) {
        let nextId = "";
        const [ctx, cancel] = context.withCancel(context.background());
        const leases = { lease: hasLongLease ? timeout / 4 : lease, maxStalls, sweep: 50 };
        const policies = { retry: { retries, delay: 0 }, ...leases, outcomes: true };
        const name = `suite-${queues++}`;
        const jobs = queue<SuiteJob, number | undefined>(name, optionsOf({ ...policies, id: () => nextId }));
        const channel = jobs.jobs(ctx);
        return Promise.resolve({
          send(job: SuiteJob, id: string) {
            nextId = id;
            return channel.send(job);
          },
          source: () => jobs.deliveries(),
          outcomes: (until) => jobs.outcomes(until),
          loseLease() {
            // The event loop is blocked, so that nothing is renewed.
            Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, lease * 1.5);
            return Promise.resolve();
          },
          close() {
            cancel();
            return Promise.resolve();
          },
        });
      },
    });
  });
}
