// The page's side of a run, with a worker that does what the test says: each pair of ends in both orders.

import assert from "node:assert/strict";
import { afterEach, beforeEach, describe, mock, test } from "node:test";
import { type HostOptions, type ProgramRun, startRun } from "../run/host.ts";
import type { Output, Request, Response, RunResult } from "../run/messages.ts";

class FakeWorker {
  static last: FakeWorker;
  readonly requests: Request["type"][] = [];
  terminations = 0;
  onmessage: (event: { data: Response }) => void = () => undefined;
  onerror: (event: { message?: string }) => void = () => undefined;

  constructor() {
    FakeWorker.last = this;
  }

  postMessage({ type }: Request): void {
    this.requests.push(type);
  }

  terminate(): void {
    this.terminations++;
  }

  end(): void {
    const result = { ending: "exited", code: 0, report: "", trace: null, line: undefined, notices: [] } as const;
    this.onmessage({ data: { type: "end", result } });
  }

  write(text: string): void {
    this.onmessage({ data: { type: "output", output: [{ stream: "stdout", text, at: 0 }] } });
  }
}

function start(options?: HostOptions): { run: ProgramRun; worker: FakeWorker } {
  const run = startRun({ source: "", code: "" }, options);
  return { run, worker: FakeWorker.last };
}

const summary = ({ ending, notices }: RunResult): string => [ending, ...notices].join(": ");

const exited = "exited";
const failed = "terminated: The worker failed: out of memory.";
const expired = "terminated: The program was terminated, because it did not stop.";

describe("startRun", () => {
  beforeEach(() => {
    mock.timers.enable({ apis: ["setTimeout"] });
    Object.assign(globalThis, { Worker: FakeWorker });
  });
  afterEach(() => {
    mock.timers.reset();
    Reflect.deleteProperty(globalThis, "Worker");
  });

  type End = (run: ProgramRun, worker: FakeWorker) => void;
  const ends: Readonly<Record<string, readonly [End, result: string]>> = {
    "the result": [(_, worker) => worker.end(), exited],
    "an error": [(_, worker) => worker.onerror({ message: "out of memory" }), failed],
    "the end of the grace": [() => mock.timers.tick(500), expired],
  };
  for (const [first, [begin, expected]] of Object.entries(ends)) {
    for (const [second, [follow]] of Object.entries(ends)) {
      if (first === second) continue;
      test(`after a stop, ${first} decides before ${second}`, async () => {
        const { run, worker } = start();
        run.stop();
        begin(run, worker);
        follow(run, worker);
        assert.equal(summary(await run.result), expected);
        assert.equal(worker.terminations, 1);
      });
    }
  }

  for (const [name, [end, expected]] of Object.entries(ends).slice(0, 2)) {
    test(`a stop after ${name} has no effect`, async () => {
      const { run, worker } = start();
      end(run, worker);
      run.stop();
      mock.timers.tick(1000);
      assert.equal(summary(await run.result), expected);
      assert.deepEqual([worker.requests, worker.terminations], [["start"], 1]);
    });
  }

  test("the timer of a stop is cleared by the result", () => {
    const clear = mock.method(globalThis, "clearTimeout");
    const set = mock.method(globalThis, "setTimeout");
    const { run, worker } = start();
    run.stop();
    worker.end();
    assert.deepEqual(clear.mock.calls[0]?.arguments[0], set.mock.calls[0]?.result);
    assert.equal(set.mock.callCount(), 1);
    mock.restoreAll();
  });

  test("a second stop does not prolong the grace", async () => {
    const { run, worker } = start();
    run.stop();
    mock.timers.tick(499);
    run.stop();
    mock.timers.tick(1);
    assert.equal(summary(await run.result), expired);
    assert.deepEqual(worker.requests, ["start", "stop"]);
  });

  test("output is delivered and kept until the end, and not after it", async () => {
    const seen: Output[] = [];
    const { run, worker } = start({ onOutput: (output) => seen.push(...output) });
    worker.write("a");
    run.stop();
    worker.write("b");
    worker.end();
    worker.write("c");
    const { output } = await run.result;
    assert.deepEqual(
      output.map(({ text }) => text),
      ["a", "b"],
    );
    assert.deepEqual(seen, output);
  });

  test("a script that cannot be loaded ends the run", async () => {
    const { run, worker } = start();
    worker.onerror({});
    assert.equal(summary(await run.result), "terminated: The worker failed: its script was not loaded.");
  });
});
