import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { fileURLToPath } from "node:url";
import { compareRuns } from "../parity/compare.ts";
import { runOnNode } from "../parity/run-on-node.ts";

const pathOf = (file: string): string => fileURLToPath(new URL(file, import.meta.url));
const torture = pathOf("programs/torture.ts");
const engineStorage = pathOf("support/without-async-local-storage.ts");

describe("without AsyncLocalStorage", () => {
  for (const seed of [1, 2, 3, 4, 5]) {
    test(`every construct resumes in its goroutine, seed ${seed}`, async () => {
      const [node, engine] = await Promise.all([runOnNode(torture, seed), runOnNode(torture, seed, [engineStorage])]);
      assert.deepEqual(compareRuns(node, engine), []);
      assert.equal(node.code, 0);
      const owners = new Map<string, Set<unknown>>();
      for (const event of engine.trace?.events ?? []) {
        if (event.type !== "log") continue;
        const name = event.text.split(":")[0] as string;
        owners.set(name, (owners.get(name) ?? new Set()).add(event.goroutine));
      }
      owners.delete("shared");
      assert.deepEqual([...owners.keys()].sort(), ["ann", "bob", "eve"]);
      for (const goroutines of owners.values()) assert.equal(goroutines.size, 1);
    });
  }

  for (const name of ["02-complete-program", "24-cancellation", "29-task-timeout", "44-ready-made-pool"]) {
    test(`the trace of example ${name} is the same`, async () => {
      const program = pathOf(`../../examples/${name}/main.ts`);
      const [node, engine] = await Promise.all([runOnNode(program, 1), runOnNode(program, 1, [engineStorage])]);
      assert.deepEqual(compareRuns(node, engine), []);
    });
  }
});
