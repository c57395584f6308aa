// The process that the library uses is the one that `globalThis.process` is when the library is loaded. A host without a process of its own,
// such as the worker of the tour, defines one before.

import { expect, test } from "@jest/globals";
import { run } from "../../scripts/run.ts";
import { disableStorage } from "../../src/runtime/process.ts";

test("the library uses the process that is defined when it is loaded, and no other", async () => {
  const program = `
    const node = process;
    const written = [];
    const modules = [];
    const fake = (name) => ({
      env: { GORO_SEED: name },
      argv: ["node", name],
      stdout: { write() {} },
      stderr: { write: (text) => written.push(name + ": " + text) },
      exit() {},
      on() {},
      off() {},
      listenerCount: () => 0,
      listeners: () => [],
      getBuiltinModule: (module) => void modules.push(module),
    });
    globalThis.process = fake("first");
    const library = await import("./src/runtime/process.ts");
    globalThis.process = fake("second");
    library.writeStderr("text");
    library.builtinModule("async_hooks");
    const seen = [library.hasProcess, library.getEnv("GORO_SEED"), library.mainScript(), ...written, ...modules];
    globalThis.process = node;
    console.log(JSON.stringify(seen));
  `;
  const { stdout, stderr } = await run(process.execPath, ["--import", "tsx", "--input-type=module", "--eval", program]);
  expect(stderr).toBe("");
  expect(JSON.parse(stdout)).toEqual([true, "first", "first", "first: text", "async_hooks"]);
});

test("a store is disabled where the host can do that", () => {
  let disabled = 0;
  disableStorage({ disable: () => disabled++ });
  disableStorage({
    disable() {
      throw new Error("asyncLocalStorage.disable() is not implemented");
    },
  });
  expect(disabled).toBe(1);
});
