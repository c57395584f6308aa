// The processes that main.ts starts: one for the server, one for the producer, and one for each worker.

import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { Channel, type context } from "goro";
import type { Progress, Status } from "./progress.ts";
import type { PreparedQueue } from "./server.ts";

export class Processes {
  /** Closed when the server runs and the queue is prepared. */
  readonly prepared: Channel<never> = new Channel<never>();

  readonly #progress: Progress;
  readonly #fail: context.CancelCauseFunc;
  readonly #parts = new Map<ChildProcess, string>();
  #server: ChildProcess | undefined;
  #queue: PreparedQueue | undefined;
  #workers = 0;
  #isKilling = false;
  #isStopping = false;

  /** `fail` is called with the error that makes it impossible to continue. */
  constructor(progress: Progress, fail: context.CancelCauseFunc) {
    this.#progress = progress;
    this.#fail = fail;
  }

  startServer(): void {
    const server = start("server.ts", []);
    this.#server = server;
    server.on("message", (message: PreparedQueue | { error: string }) => {
      if ("error" in message) {
        this.#fail(new Error(message.error));
        return;
      }
      this.#queue = message;
      this.prepared.close();
    });
    server.on("exit", () => {
      if (!this.#isStopping) this.#fail(new Error("The process of the server has ended."));
    });
  }

  startPart(part: "producer" | "worker"): void {
    const name = part === "worker" ? `worker ${++this.#workers}` : part;
    const child = start("on-machines.ts", [part], { PREPARED_QUEUE: JSON.stringify(this.#queue) });
    this.#parts.set(child, name);
    this.#progress.log(`${name} is process ${child.pid}`);
    child.on("message", ({ status, photo }: { status: Status; photo: string }) => {
      this.#progress.add(status, photo);
      if (status === "started" && this.#isKilling) this.#kill(child, photo);
    });
    child.on("exit", (code, signal) => {
      this.#parts.delete(child);
      if (this.#isStopping) return;
      // As on a platform: a process that was killed is replaced. One that has failed would fail again.
      const isReplaced = part === "worker" && (signal !== null || code === 0);
      if (!isReplaced) this.#fail(new Error(`The process of ${name} has ended with ${signal ?? `exit code ${code}`}.`));
      else this.#progress.log(`${name} has ended${signal === null ? "" : ` by ${signal}`}; another one is started`);
      if (isReplaced) this.startPart("worker");
    });
  }

  /** Kills the worker that starts the next photo. It cannot give its photos back: their leases run out. */
  killWorker(): void {
    this.#isKilling = true;
  }

  /** Stops the producer and the workers, and then the server. */
  async stop(): Promise<void> {
    this.#isStopping = true;
    const parts = [...this.#parts.keys()];
    for (const child of parts) child.kill("SIGTERM");
    await Promise.all(parts.map((child) => ended(child, 6000)));
    if (this.#server?.connected) this.#server.disconnect();
    if (this.#server !== undefined) await ended(this.#server, 20_000);
  }

  #kill(child: ChildProcess, photo: string): void {
    this.#isKilling = false;
    this.#progress.log(`${this.#parts.get(child)} is killed while it works on ${photo}`);
    child.kill("SIGKILL");
  }
}

/** Starts a program in a process group of its own: Ctrl-C of a terminal reaches main.ts alone, which stops the others. */
function start(file: string, args: readonly string[], env: Readonly<Record<string, string>> = {}): ChildProcess {
  const TSX_TSCONFIG_PATH = fileURLToPath(new URL("tsconfig.run.json", import.meta.url));
  return fork(fileURLToPath(new URL(file, import.meta.url)), args, {
    detached: true,
    env: { ...process.env, TSX_TSCONFIG_PATH, ...env },
  });
}

/** Waits until a process has ended, and kills it after `ms` milliseconds. */
async function ended(child: ChildProcess, ms: number): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const timer = setTimeout(() => child.kill("SIGKILL"), ms);
  await once(child, "exit");
  clearTimeout(timer);
}
