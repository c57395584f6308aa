// Faults of the processes of the workers.

import { setTimeout as sleep } from "node:timers/promises";
import type { Fault } from "./fault.ts";
import { now } from "./ledger.ts";
import { workers } from "./stage.ts";

/** How long `stop` may wait for jobs that take much longer, in milliseconds. */
const shortStop = 1000;
const longJob = 120_000;

/** The bound for the time of `stop`, as a multiple of its timeout: the machine may be busy. */
const stopTolerance = 10;

const killedTwice: Fault = {
  name: "a worker process killed twice",
  async run(stage) {
    stage.read();
    const first = await stage.start();
    await stage.start();
    void stage.send(0.5);
    await stage.kill(first);
    const second = await stage.start();
    void stage.send();
    await stage.kill(second);
    await stage.start();
    await stage.finish();
  },
};

const blockedLoop: Fault = {
  name: "the loop blocked longer than the lease",
  job: (n, jobs, lease) => (n === jobs >> 2 ? { act: "block", ms: 2 * lease } : {}),
  async run(stage) {
    stage.read();
    const n = stage.jobs >> 2;
    const processes = [await stage.start(), await stage.start()];
    void stage.send();
    await stage.until("the job that blocks has started", () => stage.ledger.startsOf(n) > 0);
    const [first] = stage.ledger.of("start").filter((entry) => entry.n === n);
    stage.allowRepeats(...processes.filter(({ pid }) => pid === first?.pid));
    await stage.finish();
    stage.check(
      stage.ledger.startsOf(n) === 2,
      `the job that blocks was started ${stage.ledger.startsOf(n)} times, not twice`,
    );
    const lost = stage.ledger.of("lost", first?.pid).filter((entry) => entry.n === n);
    stage.check(
      lost.length === 1 && (lost[0]?.time ?? 0) - (first?.time ?? 0) >= 2 * stage.lease,
      "the job that blocks has not lost its lease",
    );
  },
};

const poison: Fault = {
  name: "a job that kills its process",
  queue: { maxStalls: 1 },
  job: (n, jobs) => (n === jobs >> 1 ? { act: "poison" } : {}),
  async run(stage) {
    stage.read();
    const n = stage.jobs >> 1;
    // It is run once in each process that it kills.
    stage.expectRuns((job) => (job === n ? 2 : 1));
    await stage.start();
    await stage.start();
    void stage.send();
    await stage.replaceDead(2);
    await stage.finish((job) => job === n);
    stage.check(stage.ledger.startsOf(n) === 2, `the job was started ${stage.ledger.startsOf(n)} times, not twice`);
    // The second time it ran alone.
    stage.bound -= workers;
  },
};

const shortTermination: Fault = {
  name: "SIGTERM with less time than the jobs need",
  job: (n) => (n < workers ? { act: "long", ms: longJob } : {}),
  async run(stage) {
    stage.read();
    const first = await stage.start({ stopTimeout: shortStop });
    await stage.send(workers / stage.jobs);
    await stage.untilHolding(first, workers);
    await stage.start();
    stage.allowRepeats(first);
    const { stopTime = 0 } = await stage.terminate(first, stopTolerance * shortStop);
    stage.check(stopTime >= shortStop * 0.9, `stop took ${stopTime} ms, and had to wait for ${shortStop} ms`);
    const stopped = stage.ledger.of("stopped", first.pid);
    stage.check(stopped.length === workers, `${stopped.length} jobs were given back, not ${workers}`);
    await stage.until("the jobs that were given back are started", () => stage.ledger.starts === 2 * workers);
    for (const { n, time } of stopped) {
      const again = stage.ledger.of("start").find((entry) => entry.n === n && entry.pid !== first.pid);
      const ms = (again?.time ?? Infinity) - time;
      stage.check(ms < stage.lease, `job ${n} was started ${ms} ms after it was given back: its lease has run out`);
    }
    void stage.send();
    await stage.finish();
    stage.notes.push(`stopped in ${Math.round(stopTime)} ms, ${stopped.length} given back`);
  },
};

const rollingRestart: Fault = {
  name: "a rolling restart of the workers",
  async run(stage) {
    stage.read();
    const old = [await stage.start(), await stage.start()];
    for (const [i, process] of old.entries()) {
      const fresh = await stage.start();
      const since = now();
      void stage.send((i + 1) * 0.4);
      await stage.untilHolding(process, 1);
      await stage.terminate(process);
      await stage.untilRunning(fresh, since);
    }
    void stage.send();
    await stage.finish();
    stage.notes.push(`${old.length} restarts`);
  },
};

const vanishedReader: Fault = {
  name: "a reader of outcomes that vanishes",
  async run(stage) {
    const reader = await stage.start({ role: "reader" });
    await stage.start();
    void stage.send();
    const read = (): number => stage.ledger.of("done", reader.pid).length;
    await stage.until("the reader has read a quarter", () => read() >= stage.jobs / 4);
    const { signal } = await reader.kill();
    stage.check(signal === "SIGKILL", "the reader was not killed");
    await stage.untilStarted(0.9);
    stage.check(read() < stage.jobs, "the reader has read all outcomes before it was killed");
    stage.notes.push(`read ${read()}`);
    stage.read();
    await stage.finish();
  },
};

const slowReader: Fault = {
  name: "a reader of outcomes that is blocked",
  async run(stage) {
    const [blockAfter, blockFor] = [stage.jobs >> 2, 2 * stage.lease];
    const reader = await stage.start({ role: "reader", blockAfter, blockFor });
    await stage.start();
    void stage.send();
    await stage.untilStarted(1);
    await sleep(blockFor / 2);
    await stage.finish();
    const times = stage.ledger.of("done", reader.pid).map(({ time }) => time);
    const longest = Math.max(...times.slice(1).map((time, i) => time - (times[i] as number)));
    stage.check(longest >= blockFor, `the reader was blocked for ${longest} ms only`);
    stage.notes.push(`blocked for ${longest} ms, ${times.length - stage.jobs} outcomes repeated`);
  },
};

export const processFaults: readonly Fault[] = [
  killedTwice,
  blockedLoop,
  poison,
  shortTermination,
  rollingRestart,
  slowReader,
  vanishedReader,
];
