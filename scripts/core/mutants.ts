// Builds the test file that every mutant has to pass: for the core, or with the argument "edges" for the folders that use it.

import { bundle, portableTests } from "./bundle.ts";

// Slow tests that find no additional mutants.
const targets = {
  core: {
    rooms: ["util", "runtime", "channel", "time", "waitgroup", "context", "testing", "model", "conformance"],
    slow: /interop|groups|visits|schedules|random-choices|programs|power-series|competitor-regressions|chanlinear|errgroup|rate-limiter|pool|twins|runtime.(browser|deadlock|exit-warning|main|panic)|preload|xsync|types|conformance.(node|channel)|fixedbugs/,
  },
  edges: {
    rooms: ["interop", "sync", "pool", "waitgroup", "model", "conformance"],
    slow: /model.(channels|random-choices|schedules|structures|twins)|conformance.(channel|context|goroutine|node|power|select|synctest|time)/,
  },
};

const target = process.argv[2] ?? "core";
if (target !== "core" && target !== "edges") throw new TypeError(`unknown target ${target}: use core or edges`);
const { rooms, slow } = targets[target];
const tests = await portableTests(rooms, { onNode: true, inProject: true });
await bundle(
  tests.filter((file) => !slow.test(file)),
  "core-tests.mjs",
  {
    starter: "./scripts/core/start-mutant.ts",
    fresh: ["runtime/scheduler.ts", "util/prng.ts", "runtime/macrotask.ts"],
  },
);
