import root from "../eslint.config.js";

// The rules of the library. The root ignores this folder, because its packages are installed only here.
export default [
  { ignores: ["dist/", "test/programs/", "eslint.config.js"] },
  ...root.filter(({ ignores }) => ignores === undefined),
  {
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      "@typescript-eslint/no-floating-promises": [
        "error",
        {
          allowForKnownSafeCalls: [
            { from: "package", package: "node:test", name: ["describe", "test", "suite", "it"] },
          ],
        },
      ],
    },
  },
];
