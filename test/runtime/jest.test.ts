// Panics inside a test runner, which must receive them and continue.

import { describe, expect, test } from "@jest/globals";
import { runJest } from "../support/jests.ts";
import { runSource } from "../support/programs.ts";

const panics = `
  test("panics", async () => {
    go(async () => {
      throw new Error("boom");
    });
    await time.sleep(5);
  });
  test("is next", () => undefined);
`;

// 1.19
describe.each([
  ["esm", 'import { go, time } from "goro";'],
  ["cjs", 'const { go, time } = require("goro");'],
] as const)("in jest, with goro as %s", (format, imports) => {
  test.concurrent("a panic fails the test in which it happens; the next test and other files run", async () => {
    const { code, stderr, tests, files } = await runJest(format, {
      first: imports + panics,
      second: `${imports} test("is in another file", () => time.sleep(1));`,
    });
    expect(stderr).toMatch(/^Tests:\s+1 failed, 2 passed, 3 total$/m);
    expect(tests.get("panics")).toEqual({ status: "failed", message: expect.stringMatching(/^Error: boom\n/) });
    expect(tests.get("is next")?.status).toBe("passed");
    expect(Object.fromEntries(files)).toEqual({ first: "failed", second: "passed" });
    expect(code).toBe(1);
  });

  test.concurrent("a panic under fake timers fails the test in which it happens, too", async () => {
    const { tests } = await runJest(
      format,
      { first: imports + panics.replace("time.sleep(5)", "new Promise(() => undefined)") },
      { fakeTimers: { enableGlobally: true }, testTimeout: 500 },
    );
    expect(tests.get("panics")?.message).toMatch(/^Error: boom\n/m);
    expect(tests.get("is next")?.status).toBe("passed");
  });
});

test.concurrent("in node:test, a panic fails the test in which it happens, and the next test runs", async () => {
  const { code, stdout } = await runSource(
    `
    import { test } from "node:test";
    import { go, time } from "goro";
    ${panics}
  `,
    { NODE_OPTIONS: "--test-reporter=tap" },
  );
  expect(stdout).toMatch(/^not ok 1 - panics$/m);
  expect(stdout).toMatch(/error: 'boom'/);
  expect(stdout).toMatch(/^ok 2 - is next$/m);
  expect(code).toBe(1);
});
