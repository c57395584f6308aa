// The checks of the options of a queue. Each error names the option and the value, says what to write instead, and shows no password.

import { afterEach, expect, jest, test } from "@jest/globals";
import { queue, type QueueOptions } from "goro/bullmq";
import { connectionOptions } from "../../src/bullmq/connection.ts";
import { resolveQueueOptions } from "../../src/bullmq/options.ts";

const redis = "redis://127.0.0.1:1";

function errorOf(options: unknown, name: unknown = "jobs"): Error | undefined {
  try {
    queue(name as string, options as QueueOptions<number>);
    return undefined;
  } catch (error) {
    return error as Error;
  }
}

const bothServers = 'write { redis: "redis://127.0.0.1:6379" } or { postgres: "postgres://127.0.0.1/jobs" }';

test.each<[string, unknown, string]>([
  [
    "no server",
    {},
    `the options must have one server, got an object that has neither redis nor postgres; ${bothServers}`,
  ],
  [
    "two servers",
    { redis, postgres: "postgres://127.0.0.1/jobs" },
    `the options must have one server, got an object that has both redis and postgres; ${bothServers}`,
  ],
  ["a number as redis", { redis: 6379 }, "redis must be a URL, an object of options or a client, got 6379"],
  ["an array as redis", { redis: [redis] }, "redis must be a URL, an object of options or a client, got an array"],
  ["an empty URL", { postgres: "" }, "postgres must be a URL, an object of options or a client, got "],
  [
    "a URL of Postgres as redis",
    { redis: "postgres://user:secret@host/jobs" },
    "redis must be a URL of redis, got one that begins with postgres:; write { postgres: url }",
  ],
  [
    "a URL of Redis as postgres",
    { postgres: "rediss://user:secret@host" },
    "postgres must be a URL of postgres, got one that begins with rediss:; write { redis: url }",
  ],
  ["a URL of HTTP", { redis: "http://host" }, "redis must be a URL of redis, got one that begins with http:"],
  [
    "a key prefix",
    { redis: { keyPrefix: "a" } },
    "redis must not have keyPrefix; the name of the queue begins its keys",
  ],
  [
    "a client whose commands fail after some attempts",
    { redis: { connect: () => undefined, options: { maxRetriesPerRequest: 20 } } },
    "the client that is passed as redis must have maxRetriesPerRequest null, got 20; " +
      "create it by new Redis(url, { maxRetriesPerRequest: null })",
  ],
  ["an option of BullMQ", { redis, lockDuration: 1 }, "unknown option lockDuration; write lease instead"],
  ["a misspelled option", { redis, leases: 1000 }, "unknown option leases; the options are "],
  ["null", { redis, rate: null }, "rate must not be null; leave it out for the default"],
  ["a lease that is too short", { redis, lease: 99 }, "lease must be a whole number, from 100 to 2147483647, got 99"],
  ["a sweep that is too short", { redis, sweep: 9 }, "sweep must be a whole number, from 10 to 2147483647, got 9"],
  ["a depth of 0", { redis, depth: 0 }, "depth must be a whole number, 1 or more, got 0"],
  ["a rate of 0", { redis, rate: 0 }, "rate must be a number, from 0.001 to 1000000, got 0"],
  [
    "a negative number of retries",
    { redis, retry: -1 },
    "retry.retries must be a whole number, from 0 to 1000000, got -1",
  ],
  [
    "retries without end",
    { redis, retry: Infinity },
    "retry.retries must be a whole number, from 0 to 1000000, got Infinity",
  ],
  ["an unknown part of retry", { redis, retry: { attempts: 3 } }, "unknown option attempts; write retries"],
  ["an unknown part of keep", { redis, keep: { completed: 3 } }, "keep: unknown option completed; write done instead"],
  ["a negative time", { redis, keep: { done: -1 } }, "keep.done must be a number, 0 or more, got -1"],
  [
    "a short time for outcomes",
    { redis, keep: { outcomes: 1 } },
    "keep.outcomes must be a number, 1000 or more, got 1",
  ],
  ["a function of maxStalls", { redis, maxStalls: -1 }, "maxStalls must be a whole number, from 0 to 1000000, got -1"],
  ["a size of 0", { redis, maxBytes: 0 }, "maxBytes must be a whole number, 1 or more, got 0"],
  ["a string for outcomes", { redis, outcomes: "yes" }, 'outcomes must be a boolean, got "yes"'],
  ["a string for id", { redis, id: "n" }, 'id must be a function, got "n"'],
  ["a number for priority", { redis, priority: 1 }, "priority must be a function, got 1"],
  ["a string for onError", { redis, onError: "log" }, 'onError must be a function, got "log"'],
])("queue refuses %s", (_title, options, message) => {
  const error = errorOf(options);
  expect(error?.message).toMatch(/^queue(: \w+)?: /);
  expect(error?.message).toContain(message);
  expect(error?.message).not.toContain("secret");
});

test.each<[unknown]>([[""], ["a:b"], [7], [null]])("queue refuses the name %p", (name) => {
  expect(errorOf({ redis }, name)?.message).toMatch(
    /^queue: name must be a string that is not empty and has no colon, got/,
  );
});

test("options of a client are passed on, with defaults for a server that does not respond", () => {
  const tls = { ca: "certificate" };
  const options = {
    host: "host",
    username: "user",
    password: "secret",
    tls,
    maxRetriesPerRequest: 20,
    socketTimeout: 1,
  };
  expect(connectionOptions(resolveQueueOptions("jobs", { redis: options }))).toEqual({
    ...options,
    maxRetriesPerRequest: null,
  });
  expect(connectionOptions(resolveQueueOptions("jobs", { redis }))).toMatchObject({
    url: redis,
    socketTimeout: 15_000,
  });
  const ssl = { rejectUnauthorized: true };
  const pool = { host: "host", user: "user", password: "secret", ssl, schema: "other", max: 3, query_timeout: 1 };
  expect(connectionOptions(resolveQueueOptions("jobs", { postgres: pool }))).toMatchObject(pool);
  expect(connectionOptions(resolveQueueOptions("jobs", { postgres: "postgres://host", lease: 60_000 }))).toEqual({
    connectionString: "postgres://host",
    keepAlive: true,
    connectionTimeoutMillis: 60_000,
    query_timeout: 120_000,
  });
});

afterEach(() => {
  jest.restoreAllMocks();
});

test("errors are written to stderr by default, the same one once a minute", () => {
  const texts: unknown[] = [];
  jest.spyOn(process.stderr, "write").mockImplementation((text) => texts.push(text) > 0);
  const { onError } = resolveQueueOptions("jobs", { redis });
  const refused = Object.assign(new AggregateError([], ""), { code: "ECONNREFUSED" });
  for (const error of [new Error("first"), new Error("first"), refused, new Error("first")]) onError(error);
  expect(texts).toEqual([
    "goro/bullmq: queue jobs: Error: first; it is tried again\n",
    "goro/bullmq: queue jobs: AggregateError ECONNREFUSED; it is tried again\n",
    "goro/bullmq: queue jobs: Error: first; it is tried again\n",
  ]);
});
