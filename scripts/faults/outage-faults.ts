// Faults of the server and of the connection to it.

import { setTimeout as sleep } from "node:timers/promises";
import type { Fault } from "./fault.ts";
import { now } from "./ledger.ts";
import type { FaultProcess } from "./process.ts";
import { Proxy } from "./proxy.ts";
import type { Stage } from "./stage.ts";

/** How long `stop` may wait for the server, in milliseconds, and the bound for the whole of it. */
const shortStop = 1000;
const stopLimit = 10_000;

/** The pause between two jobs while a process has not resumed yet, in milliseconds. */
const slowPace = 50;

// A killed server has all that it has confirmed only if it writes each change to the disk before it confirms it.
const durable = { redis: ["--appendfsync", "always"], postgres: [] };
const usual = { redis: [], postgres: [] };

/** Sends the remaining jobs, slowly until all processes run jobs again, and waits for the end. */
async function resume(stage: Stage, processes: readonly FaultProcess[]): Promise<void> {
  const since = now();
  const isRunning = ({ pid }: FaultProcess): boolean => stage.ledger.of("start", pid, since).length > 0;
  void stage.send(1, slowPace, () => !processes.every(isRunning));
  for (const process of processes) await stage.untilRunning(process, since);
  stage.notes.push(`resumed after ${now() - since} ms`);
  await stage.finish();
}

/** Ends the server while all processes hold jobs, and starts it again. */
function outage(name: string, signal: "SIGINT" | "SIGKILL", away: (lease: number) => number): Fault {
  return {
    name,
    ownServer: signal === "SIGKILL" ? durable : usual,
    async run(stage) {
      stage.read();
      const processes = [await stage.start(), await stage.start()];
      void stage.send(0.5);
      await stage.untilStarted(0.2);
      for (const process of processes) await stage.untilHolding(process, 1);
      stage.allowRepeats(...processes);
      await stage.server.halt(signal);
      const before = stage.accepted.size;
      // These sends wait for the server, too.
      void stage.send(0.6);
      await sleep(away(stage.lease));
      stage.check(before < 0.6 * stage.jobs, "all jobs were accepted before the server ended");
      await stage.server.resume();
      await resume(stage, processes);
    },
  };
}

function swallow(name: string, arrives: "late" | "never"): Fault {
  return {
    name,
    async run(stage) {
      stage.read();
      const proxy = await Proxy.open(stage.server.port);
      try {
        const first = await stage.start({}, proxy.port);
        await stage.start();
        void stage.send(0.6);
        await stage.untilStarted(0.2);
        await stage.untilHolding(first, 1);
        proxy.swallow();
        const since = now();
        stage.allowRepeats(first);
        await sleep(2 * stage.lease);
        stage.ledger.read();
        // On a busy machine, a job that arrived before may start later.
        const started = stage.ledger.of("start", first.pid, since + stage.lease).length;
        stage.check(started === 0, `the process without a connection has started ${started} jobs`);
        stage.check(proxy.swallowed > 0, "the connection swallowed nothing");
        stage.notes.push(`swallowed ${proxy.swallowed} bytes`);
        proxy.restore(arrives);
        await resume(stage, [first]);
      } finally {
        await proxy.close();
      }
    },
  };
}

const stopDuringOutage: Fault = {
  name: "stop while the server is away",
  ownServer: usual,
  async run(stage) {
    stage.read();
    const first = await stage.start({ stopTimeout: shortStop });
    const second = await stage.start();
    void stage.send(0.5);
    await stage.untilStarted(0.2);
    await stage.untilHolding(first, 1);
    stage.allowRepeats(first, second);
    await stage.server.halt();
    const { stopTime = 0 } = await stage.terminate(first, stopLimit);
    stage.notes.push(`stopped in ${Math.round(stopTime)} ms`);
    await stage.server.resume();
    await resume(stage, [second]);
  },
};

export const outageFaults: readonly Fault[] = [
  outage("the server restarted", "SIGINT", () => 500),
  outage("the server killed", "SIGKILL", () => 500),
  outage("the server away longer than the lease", "SIGINT", (lease) => lease + 2000),
  swallow("the connection swallows everything, which arrives late", "late"),
  swallow("the connection swallows everything, and breaks", "never"),
  stopDuringOutage,
];
