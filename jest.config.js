import { leftOut } from "./test/suites.js";

/** @type {import("jest").Config} */
export default {
  testEnvironment: "node",
  // Many files wait for processes of their own.
  maxWorkers: "100%",
  roots: ["<rootDir>/test", "<rootDir>/examples"],
  // A pattern on the command line chooses among all files, and `npm test` without a pattern is the quick suite.
  testPathIgnorePatterns: ["/node_modules/", ...leftOut(process.argv.slice(2)).map((file) => `<rootDir>/${file}$`)],
  reporters: ["default", "<rootDir>/test/support/skip-reporter.js"],
  globalSetup: "<rootDir>/test/support/library.js",
  globalTeardown: "<rootDir>/test/support/library-end.js",
  setupFilesAfterEnv: ["<rootDir>/test/setup.ts"],
  extensionsToTreatAsEsm: [".ts"],
  // Tests see the library as its users do: by its name.
  moduleNameMapper: {
    "^goro$": "<rootDir>/src/index.ts",
    "^goro/(bullmq|pipeline|testing|trace)$": "<rootDir>/src/$1/$1.ts",
  },
  // Types are checked by `npm run types`, once, and not file by file here.
  transform: { "^.+\\.ts$": ["ts-jest", { useESM: true, tsconfig: "tsconfig.json", diagnostics: false }] },
  collectCoverageFrom: ["src/**/*.ts"],
  coverageProvider: "v8",
  coverageReporters: ["text", "json-summary"],
  // What is not all covered is what runs in processes of its own: mains, panics and their reports.
  coverageThreshold: {
    "src/util/{wait-queue,ring-buffer,heap,prng}.ts": { branches: 100, functions: 100, lines: 100 },
    "src/runtime/{hooks,macrotask,realm,scheduler,system-clock,timer,timer-queue,waiter}.ts": {
      branches: 100,
      functions: 100,
      lines: 100,
    },
    "src/time/": { branches: 100, functions: 100, lines: 100 },
    "src/channel/": { branches: 100, functions: 100, lines: 100 },
    "src/context/": { branches: 100, functions: 100, lines: 100 },
  },
  // For what hangs; on a machine that is busy elsewhere, what takes ten seconds may take a minute.
  testTimeout: 180_000,
};
