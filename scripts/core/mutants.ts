// Makes the file of tests that every mutant has to pass: of the core, or with the argument "edges" of what stands on it.

import { bundle, portableTests } from "./bundle.ts";

// Tests that take long, and find no mutant that the others do not.
const targets = {
  core: {
    rooms: ["util", "runtime", "channel", "time", "waitgroup", "context", "testing", "model", "conformance"],
    slow: /borders|groups|visits|schedules|draws|programs|power-series|competitor-regressions|chanlinear|errgroup|rate-limiter|pool|twins|runtime.(browser|deadlock|exit-warning|main|panic)|preload|xsync|types|conformance.(node|channel)|fixedbugs/,
  },
  edges: {
    rooms: ["interop", "sync", "pool", "waitgroup", "model", "conformance"],
    slow: /model.(channels|draws|schedules|structures|twins)|conformance.(channel|context|goroutine|node|power|select|synctest|time)/,
  },
};

const target = process.argv[2] ?? "core";
if (target !== "core" && target !== "edges") throw new TypeError(`there are no mutants of ${target}: core or edges`);
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
