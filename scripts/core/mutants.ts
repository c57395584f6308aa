// Makes the file of tests that every mutant has to pass.

import { bundle, portableTests } from "./bundle.ts";

// What takes long, and finds no mutant that the others do not.
const slow =
  /schedules|draws|programs|power-series|neighbours|chanlinear|errgroup|rate|pool|twins|goroutine.(browser|deadlock|leftover|main|panic)|preload|xsync|types|conformance.(node|channel)|fixedbugs/;
const tests = await portableTests(
  ["internal", "channel", "waitgroup", "context", "goroutine", "testing", "model", "conformance"],
  {
    onNode: true,
    inProject: true,
  },
);
await bundle(
  tests.filter((file) => !slow.test(file)),
  "core-tests.mjs",
  { starter: "./scripts/core/start-mutant.ts", fresh: ["internal/gate.ts", "internal/random.ts"] },
);
