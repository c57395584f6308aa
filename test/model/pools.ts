// Pools, checked against the model through random histories, on both doors.

import fc from "fast-check";
import { check } from "./pools/checks.ts";
import { type DoorName, doors } from "./pools/doors.ts";
import { arbitraryHistory, type History } from "./pools/history.ts";
import { programOf } from "./pools/program.ts";
import { play } from "./pools/stage.ts";

/** How long one history may take, in real milliseconds. It takes about two, unless something hangs. */
const longest = 30_000;

/** Plays `history` on `door`, and throws an error that says what is wrong, if something is. */
export async function live(history: History, door: DoorName): Promise<void> {
  const findings = check(await play(history, door));
  if (findings.length > 0) throw new Error(findings.join("\n"));
}

/** Plays `runs` random histories on `door`. It throws the simplest one that it finds to go wrong, also as a program. */
export async function explore(door: DoorName, seed: number, runs: number): Promise<void> {
  const histories = arbitraryHistory(12, door === "runPool");
  const property = fc.asyncProperty(histories, (history) => live(history, door));
  const { failed, counterexample, errorInstance } = await fc.check(property, { seed, numRuns: runs, timeout: longest });
  if (!failed) return;
  const [history] = counterexample as [History];
  const text = [
    `seed ${seed}, ${door}: ${(errorInstance as Error).message}`,
    JSON.stringify(history),
    programOf(history, door),
  ];
  throw new Error(text.join("\n\n"));
}

/** One round of `npm run fuzz -- pools`. */
export async function run(seed: number): Promise<void> {
  for (const door of doors) await explore(door, seed, 200);
}
