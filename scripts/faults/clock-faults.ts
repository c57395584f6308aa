// Clocks that differ. Postgres compares leases by the clocks of the workers, and Redis by its own.

import { setTimeout as sleep } from "node:timers/promises";
import type { Fault } from "./fault.ts";
import type { Stage } from "./stage.ts";

/** The clock of one process is ahead by `shift` milliseconds. `isRefused` says whether the process must get no jobs. */
async function shifted(stage: Stage, shift: number, isRefused: boolean): Promise<void> {
  stage.read();
  const process = await stage.start({ clockShift: shift });
  void stage.send(0.5);
  if (isRefused) {
    const isReported = (): boolean => process.errors.some((message) => message.includes("the clock of this machine"));
    await stage.until("the difference of the clocks is reported", isReported);
    stage.notes.push("refused");
  } else {
    await stage.untilRunning(process, 0);
  }
  await stage.start();
  await stage.untilStarted(0.4);
  // Leases of this length are renewed in this time.
  await sleep(stage.lease);
  await stage.send();
  await stage.finish();
  const { length } = stage.ledger.of("start", process.pid);
  stage.check(length > 0 === !isRefused, `the process with the other clock has run ${length} jobs`);
}

export const clockFaults: readonly Fault[] = [
  {
    name: "clocks apart by a minute",
    run: (stage) => shifted(stage, 60_000, stage.engine === "postgres"),
  },
  {
    name: "clocks apart by a fifth of the lease",
    job: (n) => (n % 50 === 0 ? { ms: 3500 } : {}),
    run: (stage) => shifted(stage, stage.lease / 5, false),
  },
];
