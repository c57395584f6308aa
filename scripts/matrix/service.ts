// A server that a host starts, for the time of one row.

import { spawn } from "node:child_process";
import { once } from "node:events";
import { text } from "node:stream/consumers";
import { setTimeout } from "node:timers/promises";
import { freePort } from "../free-port.ts";
import { cleanEnvironment } from "./host.ts";

/** The time limit of the start, in milliseconds. */
const timeLimit = 60_000;

/** Starts `command` with a free port, waits until it accepts requests, and runs `use` with its address. The process group is killed at the end. */
export async function withService<T>(
  command: string,
  args: (port: number) => readonly string[],
  { cwd, env = {} }: { readonly cwd: string; readonly env?: Readonly<Record<string, string>> },
  use: (address: string) => Promise<T>,
): Promise<T> {
  const port = await freePort();
  const address = `http://127.0.0.1:${port}`;
  const child = spawn(command, args(port), {
    cwd,
    env: { ...process.env, ...cleanEnvironment, ...env },
    detached: true,
    stdio: ["ignore", "pipe", "pipe"],
  });
  const output = Promise.all([text(child.stdout), text(child.stderr)]);
  const exit = once(child, "exit");
  const hasEnded = exit.then(() => true);
  try {
    const deadline = performance.now() + timeLimit;
    while (!(await accepts(address))) {
      const ended = await Promise.race([hasEnded, setTimeout(200, false)]);
      if (!ended && performance.now() < deadline) continue;
      kill(child.pid);
      throw new Error(`the server does not start:\n${(await output).join("").slice(-4000)}`);
    }
    return await use(address);
  } finally {
    kill(child.pid);
    await exit;
  }
}

function accepts(address: string): Promise<boolean> {
  return fetch(address).then(
    () => true,
    () => false,
  );
}

/** Kills a process and its children, which are a group. */
export function kill(pid: number | undefined): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, "SIGKILL");
  } catch {
    // The group has already exited.
  }
}
