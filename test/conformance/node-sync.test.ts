// Go's own tests of sync that check how a program ends.

import { expect, test } from "@jest/globals";
import { runSource } from "../support/programs.ts";

// R64, R81
test("TestIssue76126: a panic under go ends the program, and no waiter resumes", async () => {
  const { code, stdout, stderr } = await runSource(`
    import { main, WaitGroup } from "goro";
    main(async () => {
      const wg = new WaitGroup();
      wg.go(async () => { throw new Error("test"); });
      try {
        await wg.wait();
      } finally {
        console.log("went on");
      }
    });
  `);
  expect(stdout).toBe("");
  expect(stderr).toMatch(/^panic: test\n\ngoroutine 2 \[running\]:\n/);
  expect(code).toBe(2);
});
