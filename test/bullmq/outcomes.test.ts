// The reader of outcomes, on a source in memory and in virtual time.

import { expect, test } from "@jest/globals";
import { context } from "goro";
import { bubble } from "goro/testing";
import { readOutcomes, type StoredOutcome } from "../../src/bullmq/outcomes.ts";
import type { JobDelivery, JobSource } from "../../src/pool/source.ts";

type Stored = StoredOutcome<number, number>;

/** A source that returns the outcomes with these ids, or fails with these errors, and then ends. */
class ListSource implements JobSource<Stored, undefined> {
  readonly acked: string[] = [];
  readonly #steps: (string | Error)[];
  isClosed = false;

  constructor(...steps: (string | Error)[]) {
    this.#steps = steps;
  }

  next(): Promise<JobDelivery<Stored, undefined> | undefined> {
    const step = this.#steps.shift();
    if (step === undefined) return Promise.resolve(undefined);
    if (step instanceof Error) return Promise.reject(step);
    const job = { id: step, job: 1, attempts: 1, value: 2 };
    const ack = (): Promise<boolean> => {
      this.acked.push(step);
      return Promise.resolve(true);
    };
    const end = (): Promise<boolean> => Promise.resolve(true);
    return Promise.resolve({
      id: `o-${step}`,
      attempt: 1,
      stalls: 0,
      job,
      ctx: context.background(),
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

test("the reader waits while the server is away, and reports each failure", () =>
  bubble(async () => {
    const errors: Error[] = [];
    expect(await read(new ListSource("a", refused(), refused(), "b"), 60_000, errors)).toEqual(["a", "b"]);
    expect(errors).toHaveLength(2);
  }));

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
