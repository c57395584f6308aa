// The signal of a job's context in `fetch`, with a real server on the loopback interface.

import { getEventListeners, once } from "node:events";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { context, WorkerPool } from "goro";
import { quiet } from "../support/promises.ts";

let server: Server;
let url: string;

beforeAll(async () => {
  // It answers requests for /ok and leaves others without an answer.
  server = createServer((request, response) => {
    if (request.url === "/ok") response.end("ok");
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});

afterAll(() => {
  server.closeAllConnections();
  server.close();
});

/** Runs a job that fetches `path`; returns the outcomes of the job and of its fetch, and the signal. */
async function fetchInJob(
  path: string,
  timeout: number,
  cancelWhen?: (cancel: context.CancelCauseFunc) => void,
): Promise<{ job: unknown; fetched: unknown; signal: AbortSignal; cause: Error | undefined }> {
  const [ctx, cancel] = context.withCancelCause(context.background());
  const seen: { signal?: AbortSignal; cause?: () => Error | undefined; fetched?: Promise<unknown> } = {};
  const pool = new WorkerPool<string, string>(
    async (jobContext, job) => {
      seen.signal = jobContext.signal;
      seen.cause = () => context.cause(jobContext);
      const fetched = fetch(url + job, { signal: jobContext.signal }).then((response) => response.text());
      seen.fetched = fetched.catch((error: unknown) => error);
      return fetched;
    },
    { workers: 1, timeout },
  );
  cancelWhen?.(cancel);
  const job: unknown = await pool.run(path, { ctx }).catch((error: unknown) => error);
  const fetched = await seen.fetched;
  await pool.stop();
  await quiet();
  return { job, fetched, signal: seen.signal as AbortSignal, cause: seen.cause?.() };
}

test("a fetch is aborted with the DeadlineExceeded of the job's timeout", async () => {
  const { job, fetched, signal, cause } = await fetchInJob("/never", 20);
  expect(job).toBeInstanceOf(context.DeadlineExceeded);
  expect(fetched).toBeInstanceOf(context.DeadlineExceeded);
  expect([fetched, signal.reason]).toEqual([cause, cause]);
  expect(getEventListeners(signal, "abort")).toEqual([]);
});

test("a fetch is aborted with the cause of the job's cancellation", async () => {
  const why = new Error("not needed");
  const { fetched, signal } = await fetchInJob("/never", Infinity, (cancel) => {
    server.once("request", () => cancel(why));
  });
  expect([fetched, signal.reason]).toEqual([why, why]);
  expect(getEventListeners(signal, "abort")).toEqual([]);
});

test("a fetch that succeeds leaves no job running", async () => {
  const { job, fetched } = await fetchInJob("/ok", 60_000);
  expect([job, fetched]).toEqual(["ok", "ok"]);
});
