// Makes the file of tests that each mutant has to pass: the quickest first, for most mutants fall at once.

import { bundle, portableTests } from "./bundle.ts";

const slow =
  /schedules|draws|programs|power-series|neighbours|chanlinear|errgroup|rate|pool|twins|xsync|types|trace|gate|random|conformance.(channel|sync|synctest|goroutine)|fixedbugs/;
const tests = await portableTests(["internal", "channel", "waitgroup", "context", "model", "conformance"], {
  onNode: true,
});
await bundle(
  tests.filter((file) => !slow.test(file)),
  "core-tests.mjs",
);
