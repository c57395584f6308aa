import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { WorkerProcess } from "../run/process.ts";

/** Returns a process, and what its host has been called with. */
function start(): { process: WorkerProcess; calls: unknown[] } {
  const calls: unknown[] = [];
  const process = new WorkerProcess({});
  process.host = {
    processors: 3,
    source: "text",
    write: (stream, text) => calls.push([stream, text]),
    exit: (code) => calls.push(["exit", code]),
    uncaught: (error) => {
      calls.push(["uncaught", (error as Error).message]);
      process.exit(1);
    },
  };
  return { process, calls };
}

describe("WorkerProcess", () => {
  test("exit calls the listeners first, and a second exit has no effect", () => {
    const { process, calls } = start();
    process.on("exit", (code) => calls.push(["listener", code]));
    process.exit(3);
    process.exit(4);
    assert.deepEqual(calls, [
      ["listener", 3],
      ["exit", 3],
    ]);
  });

  test("without a code, exit uses exitCode, or 0", () => {
    for (const [exitCode, code] of [[undefined, 0] as const, ["5", 5] as const]) {
      const { process, calls } = start();
      process.exitCode = exitCode;
      process.exit();
      assert.deepEqual(calls, [["exit", code]]);
    }
  });

  test("a listener of exit can exit with another code", () => {
    const { process, calls } = start();
    process.on("exit", () => process.exit(7));
    process.exit();
    assert.deepEqual(calls, [["exit", 7]]);
  });

  test("an error of a listener of exit is uncaught", () => {
    const { process, calls } = start();
    process.on("exit", () => {
      throw new Error("late");
    });
    process.exit();
    assert.deepEqual(calls, [
      ["uncaught", "late"],
      ["exit", 1],
    ]);
  });

  test("off removes the last of equal listeners", () => {
    const { process, calls } = start();
    const listener = (): unknown => calls.push("called");
    process.on("a", listener).on("a", listener).off("a", listener).off("b", listener);
    assert.deepEqual(
      [process.listenerCount("a"), process.emit("a"), process.emit("b"), calls],
      [1, true, false, ["called"]],
    );
  });

  test("the streams write to the host, and the builtin modules are those that the library uses", () => {
    const { process, calls } = start();
    assert.ok(process.stdout.write("a") && process.stderr.write(1));
    assert.deepEqual(calls, [
      ["stdout", "a"],
      ["stderr", "1"],
    ]);
    const names = ["async_hooks", "node:fs", "os", "events", "net"];
    assert.deepEqual(
      names.map((name) => typeof process.getBuiltinModule(name)),
      ["object", "object", "object", "object", "undefined"],
    );
    const os = process.getBuiltinModule("os") as { availableParallelism(): number };
    assert.equal(os.availableParallelism(), 3);
  });
});
