// A process of a fault, seen from the program that runs the faults.

import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import type { ChildMessage, ChildSettings } from "./child.ts";

/** How long a process may take to end after SIGTERM, beyond its own timeout, in milliseconds. */
const exitTimeout = 60_000;

/** The end of a process. */
export interface ProcessEnd {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;

  /** How long `stop` of its pool took, in milliseconds; undefined if the process was killed. */
  readonly stopTime: number | undefined;
}

const program = fileURLToPath(new URL("child.ts", import.meta.url));
const folder = fileURLToPath(new URL("../../", import.meta.url));

/** A process that runs `child.ts`. */
export class FaultProcess {
  /** The messages of the errors that it has reported. */
  readonly errors: string[] = [];

  /** Resolves when the process is ready to take jobs; rejects if it ends before. */
  readonly ready: Promise<void>;

  /** Resolves when it has ended. */
  readonly ended: Promise<ProcessEnd>;
  readonly #child: ChildProcess;
  #stopTime: number | undefined;
  #stderr = "";

  constructor(settings: ChildSettings) {
    // An orderly end must not depend on options of this process.
    const env = { ...process.env, NODE_OPTIONS: "" };
    this.#child = spawn(process.execPath, ["--import", "tsx", program, JSON.stringify(settings)], {
      cwd: folder,
      env,
      stdio: ["ignore", "ignore", "pipe", "ipc"],
    });
    this.#child.stderr?.setEncoding("utf8").on("data", (text: string) => (this.#stderr += text));
    this.ready = new Promise((resolve, reject) => {
      this.#child.on("message", (message: ChildMessage) => {
        if (message.type === "ready") resolve();
        if (message.type === "error") this.errors.push(message.message);
        if (message.type === "stopped") this.#stopTime = message.ms;
      });
      this.#child.once("error", reject);
      this.#child.once("exit", () => reject(new Error(`a process has ended at its start:\n${this.#stderr}`)));
    });
    this.ready.catch(() => undefined);
    this.ended = once(this.#child, "close").then(([code, signal]) => ({
      code: code as number | null,
      signal: signal as NodeJS.Signals | null,
      stopTime: this.#stopTime,
    }));
  }

  get pid(): number {
    return this.#child.pid as number;
  }

  get isAlive(): boolean {
    return this.#child.exitCode === null && this.#child.signalCode === null;
  }

  get stderr(): string {
    return this.#stderr;
  }

  /** Kills the process, which gets no chance to give its jobs back. */
  kill(): Promise<ProcessEnd> {
    this.#child.kill("SIGKILL");
    return this.ended;
  }

  /** Ends the process in an orderly way. A process that does not end is killed. */
  async terminate(): Promise<ProcessEnd> {
    this.#child.kill("SIGTERM");
    const timer = setTimeout(() => this.#child.kill("SIGKILL"), exitTimeout);
    try {
      return await this.ended;
    } finally {
      clearTimeout(timer);
    }
  }
}
