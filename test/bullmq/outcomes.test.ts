// The reader of outcomes, on a source in memory and in virtual time.

import { expect, test } from "@jest/globals";
import { context } from "goro";
import { bubble, now } from "goro/testing";
import {
  type OutcomeBatch,
  type OutcomeSource,
  OutcomeWriter,
  readOutcomes,
  type StoredOutcome,
} from "../../src/bullmq/outcomes.ts";
import type { WorkerConnection } from "../../src/bullmq/worker-connection.ts";

type Stored = StoredOutcome<number, number>;

/** A source that returns a batch for each text, with an outcome for each letter, or fails with these errors, and then ends. */
class ListSource implements OutcomeSource<number, number> {
  readonly acked: string[] = [];
  readonly updated: string[] = [];
  readonly log: string[] = [];
  readonly #cancels = new Map<string, () => void>();
  readonly #steps: (string | Error)[];
  isClosed = false;

  constructor(...steps: (string | Error)[]) {
    this.#steps = steps;
  }

  loseLease(text: string): void {
    this.#cancels.get(text)?.();
  }

  next(): Promise<OutcomeBatch<number, number> | undefined> {
    this.log.push("next");
    const step = this.#steps.shift();
    if (step === undefined) return Promise.resolve(undefined);
    if (step instanceof Error) return Promise.reject(step);
    const [ctx, cancel] = context.withCancel(context.background());
    this.#cancels.set(step, cancel);
    const end = (): Promise<boolean> => Promise.resolve(true);
    return Promise.resolve({
      id: `o-${step}`,
      attempt: 1,
      stalls: 0,
      job: Array.from(step, (id): Stored => ({ id, job: 1, attempts: 1, value: 2 })),
      ctx,
      ack: () => {
        this.acked.push(step);
        this.log.push(`ack ${step}`);
        return Promise.resolve(true);
      },
      nack: end,
      release: end,
      update: async (rest) => {
        expect(this.isClosed).toBe(false);
        this.updated.push(rest.map(({ id }) => id).join(""));
      },
    });
  }

  close(): Promise<void> {
    this.isClosed = true;
    return Promise.resolve();
  }
}

function refused(): Error {
  return Object.assign(new Error("connect"), { code: "ECONNREFUSED" });
}

async function read(source: ListSource, keep: number, errors: Error[] = [], limit: number = 100): Promise<string[]> {
  const ids: string[] = [];
  for await (const { id } of readOutcomes(context.background(), source, keep, (error) => errors.push(error))) {
    if (ids.push(id) === limit) break;
  }
  return ids;
}

test("a repeated outcome is dropped, and its batch is acknowledged", async () => {
  const source = new ListSource("ab", "a", "bac");
  expect(await read(source, 60_000)).toEqual(["a", "b", "c"]);
  expect([source.acked, source.updated]).toEqual([["ab", "a", "bac"], []]);
  expect(source.isClosed).toBe(true);
});

test.each([
  [1, "a", [], []],
  [2, "ab", [], ["bc"]],
  [3, "abc", [], ["c"]],
  [4, "abcd", ["abc"], []],
  [5, "abcde", ["abc"], ["ef"]],
])("a loop that is left at outcome %i returns it and those after it", async (limit, ids, acked, updated) => {
  const source = new ListSource("abc", "def", "ghi");
  expect((await read(source, 60_000, [], limit)).join("")).toBe(ids);
  expect([source.acked, source.updated]).toEqual([acked, updated]);
  expect(source.isClosed).toBe(true);
});

test("a canceled reader returns the outcomes of its batch that it has not returned", async () => {
  const source = new ListSource("abc", "def");
  const [ctx, cancel] = context.withCancel(context.background());
  const outcomes = readOutcomes(ctx, source, 60_000, () => undefined);
  await outcomes.next();
  cancel();
  expect((await outcomes.next()).done).toBe(true);
  expect([source.acked, source.updated, source.isClosed]).toEqual([[], ["bc"], true]);
});

test("a batch that cannot be updated is reported, and goes back whole", async () => {
  const source = new ListSource("abc");
  const { next } = source;
  const failure = new Error("update");
  source.next = async () => {
    const batch = await next.call(source);
    return batch === undefined ? undefined : { ...batch, update: () => Promise.reject(failure) };
  };
  const errors: Error[] = [];
  expect(await read(source, 60_000, errors, 2)).toEqual(["a", "b"]);
  expect([errors, source.acked, source.isClosed]).toEqual([[failure], [], true]);
});

test("the reader waits while the server is away, and reports calls that fail together as one failure", () =>
  bubble(async () => {
    const errors: Error[] = [];
    expect(await read(new ListSource("a", refused(), refused(), "b"), 60_000, errors)).toEqual(["a", "b"]);
    expect(errors).toHaveLength(1);
  }));

test("the reader tries again after pauses that grow", () =>
  bubble(async () => {
    const source = new ListSource("a");
    const times: number[] = [];
    const { next } = source;
    source.next = () => (now() < start + 1000 ? Promise.reject(refused()) : next.call(source));
    const start = now();
    const [ctx, cancel] = context.withCancel(context.background());
    const outcomes = readOutcomes(ctx, source, 60_000, () => times.push(now() - start));
    expect((await outcomes.next()).value?.id).toBe("a");
    expect(times).toEqual([0, 100, 300, 700]);
    cancel();
    await outcomes.return();
  }));

test("the outcomes of a batch whose lease is lost are left to another reader", async () => {
  const source = new ListSource("abc", "de", "f");
  const outcomes = readOutcomes(context.background(), source, 60_000, () => undefined);
  expect((await outcomes.next()).value?.id).toBe("a");
  source.loseLease("abc");
  source.loseLease("de");
  expect((await outcomes.next()).value?.id).toBe("f");
  await outcomes.return();
});

test("up to 4 batches are taken in advance, and the next one is requested before a batch is acknowledged", async () => {
  const source = new ListSource("a", "b", "c", "d", "e", "f");
  const outcomes = readOutcomes(context.background(), source, 60_000, () => undefined);
  await outcomes.next();
  expect(source.log).toHaveLength(4);
  await outcomes.next();
  expect(source.log.slice(4)).toEqual(["next", "ack a"]);
  await outcomes.return();
});

/** A connection that logs the batches that it stores, one after the other, or fails with these errors. */
class LogConnection {
  socket: object | null;
  readonly log: string[] = [];
  readonly errors: Error[] = [];
  count = 0;

  constructor(keepsOrder: boolean) {
    this.socket = keepsOrder ? {} : null;
  }

  async storeOutcomes(data: string): Promise<void> {
    await Promise.resolve();
    const ids = (JSON.parse(data) as Stored[]).map(({ id }) => id);
    this.log.push(ids.length > 3 ? `${ids.length} outcomes` : `sends ${ids.join("")}`);
    await new Promise((resolve) => setTimeout(resolve, 1));
    const error = this.errors.shift();
    if (error !== undefined) throw error;
    this.log.push(ids.length > 3 ? "stored" : `stored ${ids.join("")}`);
  }
}

function writerOf(
  connection: LogConnection,
  countHeld: () => number = () => 0,
): (id: string, value?: unknown) => Promise<void>[] {
  const writer = new OutcomeWriter(60_000, countHeld);
  return (id, value) => {
    const outcome = { id, job: 1, attempts: 1, value };
    const { sent, stored } = writer.write(connection as unknown as WorkerConnection, outcome);
    return [sent.then(() => void connection.log.push(`ack ${id}`)), stored];
  };
}

test("outcomes of one turn are one batch, and their jobs are acknowledged after it is sent, where the server keeps the order", async () => {
  const connection = new LogConnection(true);
  const write = writerOf(connection);
  await Promise.all(write("first"));
  // The server may not have had the script that stores outcomes.
  expect(connection.log.splice(0)).toEqual(["sends first", "stored first", "ack first"]);
  const writes = [...write("a"), ...write("b")];
  await new Promise((resolve) => setImmediate(resolve));
  await Promise.all([...writes, ...write("c")]);
  const sent = connection.log.splice(0).filter((line) => !line.startsWith("stored"));
  expect(sent).toEqual(["sends ab", "ack a", "ack b", "sends c", "ack c"]);
  // After an outage, the server may be another one.
  connection.socket = {};
  await Promise.all(write("d"));
  expect(connection.log).toEqual(["sends d", "stored d", "ack d"]);
});

test("elsewhere a batch has the outcomes that are written while the one before it is being stored", async () => {
  const connection = new LogConnection(false);
  const write = writerOf(connection);
  const writes = [...write("a"), ...write("b")];
  await new Promise((resolve) => setImmediate(resolve));
  await Promise.all([...writes, ...write("c"), ...write("d")]);
  const log = ["sends ab", "stored ab", "ack a", "ack b", "sends cd", "stored cd", "ack c", "ack d"];
  expect(connection.log.toSorted()).toEqual(log.toSorted());
  expect(connection.log.filter((line) => !line.startsWith("ack"))).toEqual(
    log.filter((line) => !line.startsWith("ack")),
  );
});

test.each([
  [1, ["sends b", "sends c"]],
  [2, ["sends bc"]],
])("elsewhere a batch waits for other jobs, if there are some: %i are held", async (held, sent) => {
  const connection = new LogConnection(false);
  const write = writerOf(connection, () => held);
  await Promise.all(write("a"));
  connection.log.length = 0;
  const writes = write("b");
  await new Promise<void>((resolve) => process.nextTick(resolve));
  await Promise.all([...writes, ...write("c")]);
  expect(connection.log.filter((line) => line.startsWith("sends"))).toEqual(sent);
});

test("a batch has at most 64 outcomes, and no more after a million characters", async () => {
  const connection = new LogConnection(true);
  const write = writerOf(connection);
  const long = "x".repeat(999_000);
  await Promise.all(
    [...Array.from({ length: 65 }, () => write("s")), write("a", long), write("b", long), write("c")].flat(),
  );
  expect(connection.log.filter((line) => !/^ack|^stored/.test(line))).toEqual(["64 outcomes", "sends sa", "sends bc"]);
});

test.each([true, false])(
  "an outcome whose batch is refused is rejected, and the next one is stored (%s)",
  async (keepsOrder) => {
    const connection = new LogConnection(keepsOrder);
    const write = writerOf(connection);
    await Promise.all(write("first"));
    connection.errors.push(new Error("refused"));
    const [sent, stored] = write("a");
    const results = await Promise.allSettled([sent, stored]);
    expect(results.map(({ status }) => status)).toEqual([keepsOrder ? "fulfilled" : "rejected", "rejected"]);
    await Promise.all(write("b"));
    expect(connection.log.at(-1)).toBe(keepsOrder ? "stored b" : "ack b");
  },
);

test("an error that is not temporary ends the iteration", async () => {
  const source = new ListSource("a", new Error("no such table"));
  await expect(read(source, 60_000)).rejects.toThrow("no such table");
  expect(source.isClosed).toBe(true);
});

test("a cancellation ends the pause of the reader", () =>
  bubble(async () => {
    const [ctx, cancel] = context.withTimeout(context.background(), 50);
    const source = new ListSource(refused(), "a");
    const outcomes = readOutcomes(ctx, source, 60_000, () => undefined);
    expect(await outcomes.next()).toEqual({ value: undefined, done: true });
    expect([source.isClosed, source.acked]).toEqual([true, []]);
    cancel();
  }));
