// All faults of `npm run faults`, with few jobs. They run in a process of their own, some at the same time, because they mostly wait; this file
// runs alone. The counts must be exact: all accepted jobs have outcomes, and no more run twice than the fault allows.

import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { allFaults, type FaultResult } from "../../scripts/faults/faults.ts";
import { describeOn } from "../support/engine-tests.ts";
import { engines } from "../support/servers.ts";

const jobs = 200;
const folder = fileURLToPath(new URL("../../", import.meta.url));

for (const engine of engines) {
  describeOn(engine, "faults", () => {
    const results = new Map<string, FaultResult>();
    let stderr = "";
    let program: ChildProcess;
    let ended: Promise<unknown>;
    let onResult: () => void = () => undefined;

    beforeAll(() => {
      const args = ["--import", "tsx", "scripts/faults.ts", "--json", "--jobs", String(jobs), "--backend", engine.name];
      program = spawn(process.execPath, args, {
        cwd: folder,
        env: { ...process.env, NODE_OPTIONS: "" },
        stdio: ["ignore", "pipe", "pipe"],
      });
      ended = once(program, "close");
      program.stderr?.setEncoding("utf8").on("data", (text: string) => (stderr += text));
      createInterface({ input: program.stdout as NodeJS.ReadableStream }).on("line", (line) => {
        const result = JSON.parse(line) as FaultResult;
        results.set(result.fault, result);
        onResult();
      });
    });

    afterAll(async () => {
      program.kill();
      await ended;
    });

    test.each(allFaults(jobs).map(({ name }) => name))(
      "%s",
      async (name) => {
        while (!results.has(name) && program.exitCode === null) {
          await Promise.race([ended, new Promise<void>((resolve) => (onResult = resolve))]);
        }
        const result = results.get(name);
        if (result === undefined) throw new Error(`scripts/faults.ts has ended without a result:\n${stderr}`);
        expect(result).toMatchObject({ accepted: jobs, lost: 0, problems: [] });
        expect(result.done + result.failed).toBe(jobs);
        expect(result.twice).toBeLessThanOrEqual(result.bound);
      },
      600_000,
    );
  });
}
