// Builds the file of tests for the mutants of the core, or with the argument "edges" for those of the folders that use the core.

import { bundle, portableTests } from "./bundle.ts";

// Slow tests that detect no additional mutants.
const targets = {
  core: {
    folders: ["util", "runtime", "channel", "time", "waitgroup", "context", "testing", "model", "conformance"],
    slow: /interop|groups|visits|schedules|random-choices|programs|power-series|competitor-regressions|chanlinear|errgroup|rate-limiter|pool|twins|runtime.(browser|deadlock|exit-warning|main|panic)|preload|xsync|types|conformance.(node|channel)|fixedbugs/,
  },
  edges: {
    folders: ["interop", "sync", "pool", "waitgroup", "model", "conformance"],
    slow: /model.(channels|random-choices|schedules|structures|twins)|conformance.(channel|context|goroutine|node|power|select|synctest|time)/,
  },
};

const target = process.argv[2] ?? "core";
if (target !== "core" && target !== "edges") throw new TypeError(`unknown target ${target}: core or edges`);
const { folders, slow } = targets[target];
const tests = await portableTests(folders, { onNode: true, inProject: true });
await bundle(
  tests.filter((file) => !slow.test(file)),
  "core-tests.mjs",
  {
    starter: "./scripts/core/start-mutant.ts",
    fresh: ["runtime/scheduler.ts", "util/prng.ts", "runtime/macrotask.ts"],
  },
);
