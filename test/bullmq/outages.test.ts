// The connections of goro/bullmq: credentials and encryption, outages, and a connection that swallows everything.

import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { context, time } from "goro";
import { type JobQueue, queue, type QueueOptions } from "goro/bullmq";
import { Proxy } from "../../scripts/faults/proxy.ts";
import type { JobDelivery, JobSource } from "../../src/pool/source.ts";
import { waitsOn } from "../../src/runtime/cancellation.ts";
import { listeners } from "../support/contexts.ts";
import { describeOn } from "../support/engine-tests.ts";
import { runSource } from "../support/programs.ts";
import { freePort } from "../../scripts/free-port.ts";
import { engines, type TestServer } from "../support/servers.ts";

type Job = { readonly n: number };
type Options = Partial<QueueOptions<Job>>;

const background = context.background();

/** How long `close` waits for a server that is away, in milliseconds, and how many times as long a busy machine may take. */
const closeTime = 3000;
const tolerance = 10;

async function take<J, R>(source: JobSource<J, R>): Promise<JobDelivery<J, R>> {
  // After an outage, a call may fail before the server is reached again.
  for (;;) {
    const delivery = await source.next(background).catch(() => time.sleep(50));
    if (delivery !== undefined) return delivery;
  }
}

/** Returns the number of TCP connections of this process. */
function countSockets(): number {
  return process.getActiveResourcesInfo().filter((name) => name === "TCPSocketWrap").length;
}

for (const engine of engines) {
  describeOn(engine, "connections", () => {
    let server: TestServer;
    let queues = 0;

    function makeQueue(
      options: Options = {},
      url: string = server.url,
      name: string = `c${queues++}`,
    ): JobQueue<Job, number> {
      const base = { sweep: 50, onError: () => undefined, ...options };
      return queue(name, engine.name === "redis" ? { redis: url, ...base } : { postgres: url, ...base });
    }

    beforeAll(async () => {
      server = await engine.start();
      await makeQueue().migrate();
    });

    afterAll(() => server.stop());

    test("a canceled call of next settles when no job is held for it", async () => {
      const proxy = await Proxy.open(server.port);
      const name = `canceled${queues++}`;
      const [direct, distant] = [server.port, proxy.port].map((port) =>
        makeQueue({}, server.url.replace(`:${server.port}`, `:${port}`), name),
      ) as [JobQueue<Job, number>, JobQueue<Job, number>];
      const jobs = direct.jobs();
      const source = distant.deliveries();
      await jobs.send({ n: 0 });
      await (await take(source)).ack(0);
      await jobs.send({ n: 1 });
      const events: string[] = [];
      const [ctx, cancel] = context.withCancel(background);
      proxy.swallow();
      const call = source.next(ctx).catch(() => events.push("settled"));
      while (proxy.swallowed === 0) await time.sleep(1);
      cancel();
      await time.sleep(20);
      events.push("the request arrives");
      proxy.restore("late");
      await call;
      expect(events).toEqual(["the request arrives", "settled"]);
      expect(await direct.counts()).toMatchObject({ waiting: 1, active: 0 });
      jobs.close();
      await source.close();
      await proxy.close();
    });

    test("a send whose request gets no response rejects when it is canceled; the job is stored or not, the next one is", async () => {
      const proxy = await Proxy.open(server.port);
      const numbers = makeQueue({}, server.url.replace(`:${server.port}`, `:${proxy.port}`));
      const jobs = numbers.jobs();
      await jobs.send({ n: 0 });
      const [ctx, cancel] = context.withCancel(background);
      proxy.swallow();
      const canceled = jobs.send({ n: 1 }, { ctx });
      while (proxy.swallowed === 0) await time.sleep(1);
      const next = jobs.send({ n: 2 });
      cancel();
      await expect(canceled).rejects.toBe(ctx.err());
      expect(listeners(ctx)).toBe(0);
      proxy.restore("late");
      await next;
      await jobs.flush();
      expect(String(jobs)).toMatch(/ 0 waiting$/);
      expect([2, 3]).toContain((await numbers.counts()).waiting);
      jobs.close();
      await proxy.close();
    });

    test("a send that is stored before the cancellation resolves, and a canceled context stores nothing", async () => {
      const numbers = makeQueue();
      const jobs = numbers.jobs();
      const controller = new AbortController();
      await jobs.send({ n: 1 }, { signal: controller.signal });
      expect(waitsOn(controller.signal)).toBe(0);
      controller.abort(new Error("later"));
      await expect(jobs.send({ n: 2 }, { signal: controller.signal })).rejects.toThrow("later");
      await expect(jobs.send({ n: 2 }, { context: 1 } as never)).rejects.toThrow("JobChannel.send: ");
      expect(await numbers.counts()).toMatchObject({ waiting: 1 });
      jobs.close();
    });

    test("a send that waits while the server is away rejects when it is canceled, and leaves no connection behind", async () => {
      const before = countSockets();
      const port = await freePort();
      const jobs = makeQueue({}, server.url.replace(`:${server.port}`, `:${port}`)).jobs();
      const [ctx, cancel] = context.withCancel(background);
      const sends = [jobs.send({ n: 1 }, { ctx }), jobs.send({ n: 2 }, { signal: ctx.signal })];
      const flushed = jobs.flush();
      await time.sleep(50);
      cancel();
      for (const send of sends) await expect(send).rejects.toBe(ctx.err());
      await flushed;
      expect(listeners(ctx)).toBe(0);
      jobs.close();
      while (countSockets() > before) await time.sleep(5);
    });

    test("counts can be canceled while the server does not respond", async () => {
      const proxy = await Proxy.open(server.port);
      proxy.swallow();
      const numbers = makeQueue({}, server.url.replace(`:${server.port}`, `:${proxy.port}`));
      const [ctx, cancel] = context.withCancel(background);
      const counts = numbers.counts({ ctx });
      while (proxy.swallowed === 0) await time.sleep(1);
      cancel();
      await expect(counts).rejects.toBe(ctx.err());
      await expect(numbers.counts({ ctx })).rejects.toBe(ctx.err());
      expect(listeners(ctx)).toBe(0);
      await proxy.close();
      expect(await makeQueue().counts({ ctx: background })).toMatchObject({ waiting: 0 });
    });

    test("a source that is closed while a call of next is canceled leaves no connection behind", async () => {
      const before = countSockets();
      for (let i = 0; i < 5; i++) {
        const source = makeQueue().deliveries();
        const [ctx, cancel] = context.withCancel(background);
        const call = source.next(ctx).catch(() => undefined);
        // The loop waits for a signal of the server.
        await time.sleep(100);
        cancel();
        await Promise.all([source.close(), call]);
      }
      // Sockets close a moment after their connection has been closed.
      const [ctx, cancel] = context.withTimeout(background, closeTime * tolerance);
      while (countSockets() > before && ctx.err() === undefined) await time.sleep(10);
      cancel();
      expect(countSockets()).toBeLessThanOrEqual(before);
    });

    test("while the connection swallows everything, leases are lost by the local clock, and then work resumes", async () => {
      const proxy = await Proxy.open(server.port);
      const lease = 500;
      const numbers = makeQueue({ lease }, server.url.replace(`:${server.port}`, `:${proxy.port}`));
      const jobs = numbers.jobs();
      await jobs.send({ n: 1 });
      const source = numbers.deliveries();
      const lost = await take(source);
      proxy.swallow();
      const start = performance.now();
      const ack = lost.ack(1);
      await lost.ctx.done().receive();
      expect(await ack).toBe(false);
      expect(performance.now() - start).toBeLessThan(lease * tolerance);
      expect(proxy.swallowed).toBeGreaterThan(0);
      proxy.restore("never");
      await jobs.send({ n: 2 });
      const resumed = await take(source);
      expect(await resumed.ack(resumed.job.n)).toBe(true);
      jobs.close();
      await source.close();
      await proxy.close();
    });

    test("a source is closed while the server is away, and its job is delivered after its lease", async () => {
      const own = await engine.start();
      const numbers = makeQueue({ lease: 1000 }, own.url);
      await numbers.migrate();
      const jobs = numbers.jobs();
      await jobs.send({ n: 1 });
      const source = numbers.deliveries();
      const held = await take(source);
      const waiting = source.next(background).catch(() => undefined);
      await own.halt();
      const start = performance.now();
      await source.close();
      expect(performance.now() - start).toBeLessThan(closeTime * tolerance);
      expect(await waiting).toBeUndefined();
      expect(await held.ack(1)).toBe(false);
      await own.resume();
      const other = numbers.deliveries();
      const again = await take(other);
      expect(again).toMatchObject({ id: held.id, stalls: 1 });
      expect(await again.ack(1)).toBe(true);
      jobs.close();
      await other.close();
      await own.stop();
    });

    test("a program whose first send was canceled ends", async () => {
      const url = server.url.replace(`:${server.port}`, `:${await freePort()}`);
      const { code, stdout } = await runSource(`
        import { context } from "goro";
        import { queue } from "goro/bullmq";

        const [ctx, cancel] = context.withTimeout(context.background(), 500);
        const jobs = queue<number>("first", { ${engine.name}: ${JSON.stringify(url)} }).jobs(ctx);
        await jobs.send(1).catch((error: Error) => console.log(error.message));
        cancel();
      `);
      expect({ code, stdout }).toEqual({ code: 0, stdout: "context deadline exceeded\n" });
    });

    if (engine.name === "postgres") {
      test("the options of pg are passed on: a wrong password, ssl, and a schema", async () => {
        const { hostname, port, username, password, pathname } = new URL(server.url);
        const base = { host: hostname, port: Number(port), user: username, database: pathname.slice(1) };
        const wrong = queue<Job>("wrong", { postgres: { ...base, password: "wrong" } });
        await expect(wrong.migrate()).rejects.toThrow(/password authentication failed/);
        const encrypted = queue<Job>("ssl", { postgres: { ...base, password, ssl: { rejectUnauthorized: false } } });
        await expect(encrypted.migrate()).rejects.toThrow(/does not support SSL/);
        const other = queue<Job>("other", { postgres: { ...base, password, schema: "other" } });
        await other.migrate();
        const jobs = other.jobs();
        await jobs.send({ n: 1 });
        expect(await other.counts()).toMatchObject({ waiting: 1 });
        jobs.close();
      });
    }

    if (engine.name === "postgres") return;
    const title = "a password and a certificate of its own are used";
    const tlsTest = hasOpenssl() ? test : test.skip;
    tlsTest(hasOpenssl() ? title : `${title}, on redis, skipped because openssl is not installed`, async () => {
      const folder = mkdtempSync(join(tmpdir(), "goro-tls-"));
      const [key, cert] = [join(folder, "key.pem"), join(folder, "cert.pem")];
      const subject = "-nodes -days 2 -subj /CN=localhost -addext subjectAltName=IP:127.0.0.1".split(" ");
      execFileSync("openssl", ["req", "-x509", "-newkey", "rsa:2048", ...subject, "-keyout", key, "-out", cert], {
        stdio: "ignore",
      });
      const port = await freePort();
      const flags = `--port 0 --tls-port ${port} --requirepass secret --tls-auth-clients no`.split(" ");
      const own = await engine.start(
        ...flags,
        "--tls-cert-file",
        cert,
        "--tls-key-file",
        key,
        "--tls-ca-cert-file",
        cert,
      );
      const tls = { ca: readFileSync(cert, "utf8") };
      const numbers = makeQueue({ redis: { host: "127.0.0.1", port, password: "secret", tls } });
      const jobs = numbers.jobs();
      await jobs.send({ n: 1 });
      const source = numbers.deliveries();
      const delivery = await take(source);
      expect(await delivery.ack(1)).toBe(true);
      jobs.close();
      await source.close();

      const wrong = makeQueue({ redis: { host: "127.0.0.1", port, password: "wrong", tls } });
      await expect(wrong.jobs().send({ n: 1 })).rejects.toThrow(/WRONGPASS/);
      await own.stop();
      rmSync(folder, { recursive: true });
    });
  });
}

function hasOpenssl(): boolean {
  try {
    execFileSync("openssl", ["version"], { stdio: "ignore" });
    return true;
  } catch {
    return false;
  }
}
