// The order of an outcome and the end of its job, when one of them fails, in virtual time and without a server.

import { expect, test } from "@jest/globals";
import { time } from "goro";
import { bubble } from "goro/testing";
import { Delivery, type DeliveryHost } from "../../src/bullmq/delivery.ts";
import { Leases } from "../../src/bullmq/leases.ts";
import type { OutcomeWriter, StoredOutcome } from "../../src/bullmq/outcomes.ts";
import type { FetchedJob, FetchResult, WorkerConnection } from "../../src/bullmq/worker-connection.ts";

const away = Object.assign(new Error("away"), { code: "ECONNRESET" });
const refused = new Error("refused");
const none: FetchResult = { job: undefined, limitedFor: 0, delayedUntil: 0 };

/** A host whose requests fail with the errors of their lists, one after the other, and then succeed. */
class Host implements DeliveryHost {
  readonly keepDone = 60_000;
  readonly keepFailed = 60_000;
  readonly limits = { maxBytes: 1000, isPostgres: false };
  readonly log: string[] = [];
  readonly leases = new Leases(
    15_000,
    () => Promise.resolve([]),
    () => undefined,
  );
  readonly #stores: (Error | undefined)[];
  readonly #ends: (Error | undefined)[];
  isClosing = false;

  constructor(stores: (Error | undefined)[], ends: (Error | undefined)[] = []) {
    this.#stores = stores;
    this.#ends = ends;
  }

  readonly complete = (send: (isFetching: boolean) => Promise<FetchResult>): Promise<unknown> => send(false);
  readonly track = <R>(promise: Promise<R>): Promise<R> => promise;
  readonly report = (error: unknown): void => void this.log.push(`report ${(error as Error).message}`);

  async #end(name: string): Promise<void> {
    this.log.push(name);
    await time.sleep(1);
    const error = this.#ends.shift();
    if (error !== undefined) throw error;
  }

  get connection(): WorkerConnection {
    const isClosing = (): boolean => this.isClosing;
    return {
      get isClosing() {
        return isClosing();
      },
      complete: () => this.#end("complete").then(() => none),
      fail: () => this.#end("fail"),
      pauseBeforeRetry: () => undefined,
      stateOf: () => Promise.resolve("not ended"),
    } as unknown as WorkerConnection;
  }

  get outcomes(): OutcomeWriter {
    const write = (_connection: WorkerConnection, outcome: StoredOutcome<unknown, unknown>): object => {
      this.log.push(`store ${outcome.error?.message ?? String(outcome.value)}`);
      const error = this.#stores.shift();
      const stored = time.sleep(1).then(() => {
        if (error !== undefined) throw error;
      });
      stored.catch(() => undefined);
      return { sent: Promise.resolve(), stored };
    };
    return { write } as unknown as OutcomeWriter;
  }

  take(): Delivery<number, number> {
    const now = this.leases.now();
    const job = { id: "a", token: "t", attempt: 1, stalls: 0, data: 1, leasedAt: now } as unknown as FetchedJob;
    const delivery = new Delivery<number, number>(job, this);
    this.leases.hold(delivery);
    return delivery;
  }
}

test.each<[string, (Error | undefined)[], (Error | undefined)[], string]>([
  ["nothing", [], [], "store 2, complete"],
  ["the end of the job", [], [away], "store 2, complete, report away, complete"],
  ["both", [away], [away], "store 2, complete, report away, store 2, complete"],
  ["the outcome, whose job has ended", [away], [], "store 2, complete, report away, store 2"],
  ["the outcome, twice", [away, away], [], "store 2, complete, report away, store 2, report away, store 2"],
])("when %s fails, it alone is requested again", (_name, stores, ends, log) =>
  bubble(async () => {
    const host = new Host(stores, ends);
    expect(await host.take().ack(2)).toBe(true);
    expect(host.log.join(", ")).toBe(log);
    expect(host.leases.isEmpty).toBe(true);
  }),
);

test("the outcome of a failed job is stored as that of a done one", () =>
  bubble(async () => {
    const host = new Host([away], []);
    expect(await host.take().nack(new Error("no"))).toBe(true);
    expect(host.log.join(", ")).toBe("store no, fail, report away, store no");
  }));

test("an outcome that is refused again and again is reported as lost, and its job is done", () =>
  bubble(async () => {
    const host = new Host(Array.from({ length: 6 }, () => refused));
    expect(await host.take().ack(2)).toBe(true);
    expect(host.log.at(-1)).toBe("report the outcome of job a is lost, because the server refuses it");
    expect(host.log.filter((line) => line === "store 2")).toHaveLength(5);
    expect(host.leases.isEmpty).toBe(true);
  }));

test("the end of the connection ends the attempts to store an outcome", () =>
  bubble(async () => {
    const host = new Host(Array.from({ length: 100 }, () => away));
    const ack = host.take().ack(2);
    await time.sleep(10_000);
    host.isClosing = true;
    expect(await ack).toBe(true);
    expect(host.log.filter((line) => line === "store 2").length).toBeLessThan(15);
  }));
