// The last lines of a run, about skipped tests.

import { expect, test } from "@jest/globals";
import { skipLines } from "../support/skip-reporter.js";

test("skipped tests are counted for each file and reason, and those without a reason are named", () => {
  const ancestorTitles = ["on redis, skipped because redis-server is not installed"];
  const results = [
    {
      testFilePath: "/goro/test/bullmq/queue.test.ts",
      testResults: [
        { status: "pending", ancestorTitles, title: "a send waits" },
        { status: "pending", ancestorTitles, title: "close ends the calls" },
        { status: "passed", ancestorTitles: ["on postgres"], title: "a send waits" },
      ],
    },
    {
      testFilePath: "/goro/test/a.test.ts",
      testResults: [{ status: "pending", ancestorTitles: [], title: "a test without a reason" }],
    },
  ];
  expect(skipLines(results, "/goro")).toEqual([
    "Skipped: 2 tests of test/bullmq/queue.test.ts on redis, because redis-server is not installed",
    "Skipped: 1 test of test/a.test.ts (a test without a reason)",
  ]);
  expect(skipLines([], "/goro")).toEqual([]);
});
