// The reader of outcomes, on a source in memory and in virtual time.

import { expect, test } from "@jest/globals";
import { context } from "goro";
import { bubble, now } from "goro/testing";
import { readOutcomes, type StoredOutcome } from "../../src/bullmq/outcomes.ts";
import type { JobDelivery, JobSource } from "../../src/pool/source.ts";

type Stored = StoredOutcome<number, number>;

/** A source that returns the outcomes with these ids, or fails with these errors, and then ends. */
class ListSource implements JobSource<Stored, undefined> {
  readonly acked: string[] = [];
  readonly log: string[] = [];
  readonly #cancels = new Map<string, () => void>();
  readonly #steps: (string | Error)[];
  isClosed = false;

  constructor(...steps: (string | Error)[]) {
    this.#steps = steps;
  }

  loseLease(id: string): void {
    this.#cancels.get(id)?.();
  }

  next(): Promise<JobDelivery<Stored, undefined> | undefined> {
    this.log.push("next");
    const step = this.#steps.shift();
    if (step === undefined) return Promise.resolve(undefined);
    if (step instanceof Error) return Promise.reject(step);
    const job = { id: step, job: 1, attempts: 1, value: 2 };
    const ack = (): Promise<boolean> => {
      this.acked.push(step);
      this.log.push(`ack ${step}`);
      return Promise.resolve(true);
    };
    const [ctx, cancel] = context.withCancel(context.background());
    this.#cancels.set(step, cancel);
    const end = (): Promise<boolean> => Promise.resolve(true);
    return Promise.resolve({
      id: `o-${step}`,
      attempt: 1,
      stalls: 0,
      job,
      ctx,
      ack,
      nack: end,
      release: end,
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

test("a repeated outcome is dropped and acknowledged", async () => {
  const source = new ListSource("a", "b", "a", "c");
  expect(await read(source, 60_000)).toEqual(["a", "b", "c"]);
  expect(source.acked).toEqual(["a", "b", "a", "c"]);
  expect(source.isClosed).toBe(true);
});

test("the outcome whose loop is left is not acknowledged", async () => {
  const source = new ListSource("a", "b", "c");
  expect(await read(source, 60_000, [], 2)).toEqual(["a", "b"]);
  expect(source.acked).toEqual(["a"]);
  expect(source.isClosed).toBe(true);
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

test("an outcome whose lease is lost while it waits for its turn is left to another reader", async () => {
  const source = new ListSource("a", "b", "c");
  const outcomes = readOutcomes(context.background(), source, 60_000, () => undefined);
  expect((await outcomes.next()).value?.id).toBe("a");
  source.loseLease("b");
  expect((await outcomes.next()).value?.id).toBe("c");
  await outcomes.return();
});

test("up to 16 outcomes are taken in advance, and the next one is requested before an outcome is acknowledged", async () => {
  const source = new ListSource(...Array.from({ length: 20 }, (_, i) => String(i)));
  const outcomes = readOutcomes(context.background(), source, 60_000, () => undefined);
  await outcomes.next();
  expect(source.log).toHaveLength(16);
  await outcomes.next();
  expect(source.log.slice(16)).toEqual(["next", "ack 0"]);
  await outcomes.return();
});

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
