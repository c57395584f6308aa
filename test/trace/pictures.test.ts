// The pictures of the documentation are those of the programs that they show.

import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { folder, make, pictures } from "../../scripts/pictures/pictures.ts";
import { parseXml } from "../support/xml.ts";

let place = "";
beforeAll(async () => {
  place = await mkdtemp(join(tmpdir(), "goro-"));
});
afterAll(() => rm(place, { recursive: true }));

test.concurrent.each(pictures.map((picture) => [picture.file, picture] as const))(
  "%s is current",
  async (_, picture) => {
    const made = await make(picture, place);
    expect(made).toBe(await readFile(join(folder, picture.file), "utf8"));
    parseXml(made);
  },
);
