// Writes docs/conformance.md: Go's rules with the tests that check them, and the ported tests of Go.
//
//   npm run rules

import { writeFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { rulesPage, sections, testFiles } from "./rules.ts";

const page = fileURLToPath(new URL("../docs/conformance.md", import.meta.url));

await writeFile(page, rulesPage(sections, await testFiles()));
