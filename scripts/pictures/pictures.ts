// Which pictures the documentation shows, and how they are made: in virtual time, so that the same picture can be made again.

import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { runPort } from "../examples.ts";

const root: string = fileURLToPath(new URL("../../", import.meta.url));

/** Where the pictures are kept. */
export const folder: string = join(root, "docs", "pictures");

interface Picture {
  /** Its name in {@link folder}, which also says what kind of picture it is. */
  readonly file: string;
  readonly program: string;
  readonly seed: number;
}

export const pictures: readonly Picture[] = [
  { file: "basic-pool.svg", program: "examples/01-basic-pool/main.ts", seed: 1 },
  { file: "cancellation.svg", program: "examples/24-cancellation/main.ts", seed: 1 },
  { file: "back-pressure.svg", program: "examples/30-back-pressure/main.ts", seed: 1 },
  { file: "nobody-receives.svg", program: "examples/pitfalls/waits-in-caller/broken/main.ts", seed: 1 },
  { file: "select.svg", program: "scripts/pictures/select.ts", seed: 1 },
  { file: "circle.svg", program: "scripts/pictures/circle.ts", seed: 1 },
  { file: "pool.pool.svg", program: "scripts/pictures/pool.ts", seed: 1 },
];

/** Makes a picture, into a file of its name in `place`; answers the file. */
export async function make({ file, program, seed }: Picture, place: string): Promise<string> {
  const trace = join(place, file);
  await runPort({ port: join(root, program) }, { seed, trace });
  return readFile(trace, "utf8");
}
