import { readFile } from "node:fs/promises";
import { expect, test } from "@jest/globals";
import { wideCharsModule } from "../../scripts/wide-chars.ts";

test("the table of wide characters is current", async () => {
  const file = new URL("../../src/trace/wide-chars.ts", import.meta.url);
  expect(await readFile(file, "utf8")).toBe(wideCharsModule());
});
