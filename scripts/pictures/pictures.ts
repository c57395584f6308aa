// The pictures of the documentation, and the programs that they show. They run in virtual time, so that a picture can be reproduced.

import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { runPort } from "../examples.ts";

const root: string = fileURLToPath(new URL("../../", import.meta.url));

/** The folder of the pictures. */
export const folder: string = join(root, "docs", "pictures");

interface Picture {
  /** The name in {@link folder}; its extension selects the kind of picture. */
  readonly file: string;
  readonly program: string;
  readonly seed: number;
}

export const pictures: readonly Picture[] = [
  { file: "basic-pool.svg", program: "examples/01-basic-pool/main.ts", seed: 1 },
  { file: "cancellation.svg", program: "examples/24-cancellation/main.ts", seed: 1 },
  { file: "back-pressure.svg", program: "examples/30-back-pressure/main.ts", seed: 1 },
  { file: "no-receiver.svg", program: "examples/pitfalls/waits-in-caller/broken/main.ts", seed: 1 },
  { file: "select.svg", program: "scripts/pictures/select.ts", seed: 1 },
  { file: "cycle.svg", program: "scripts/pictures/cycle.ts", seed: 1 },
  { file: "pool.pool.svg", program: "scripts/pictures/pool.ts", seed: 1 },
];

/** Makes a picture in the folder `place`, and returns the text of the file. */
export async function make({ file, program, seed }: Picture, place: string): Promise<string> {
  const trace = join(place, file);
  await runPort({ port: join(root, program) }, { seed, trace });
  return readFile(trace, "utf8");
}
