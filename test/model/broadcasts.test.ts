// Random histories of a Broadcast have the results of its model. The calls between two "settle" are made in one synchronous step, so that
// every two ends of a send meet in both orders.

import { expect, test } from "@jest/globals";
import fc from "fast-check";
import { Broadcast, context, PanicError, type ReceiveResult, type Subscription } from "goro";
import { bubble, waitUntilBlocked } from "goro/testing";
import { BroadcastModel, type Call, calls } from "./broadcasts.ts";
import { effort, seed } from "./seed.ts";

function resultOf(result: ReceiveResult<number> | undefined): string {
  if (result === undefined) return "nothing";
  return result.ok ? String(result.value) : "ended";
}

/** Returns the result of a call that may panic. */
function attempt(f: () => unknown): string {
  try {
    return String(f());
  } catch (error) {
    expect(error).toBeInstanceOf(PanicError);
    return "panic";
  }
}

async function check(history: readonly Call[], replay: number): Promise<void> {
  const broadcast = new Broadcast<number>({ replay });
  const model = new BroadcastModel(replay);
  const subscriptions: Subscription<number>[] = [];
  const cancels: { readonly id: number; readonly cancel: () => void }[] = [];
  const results = new Map<number, string>();

  function record(id: number, promise: Promise<string>): void {
    void promise.then(
      (result) => results.set(id, result),
      (error: unknown) => results.set(id, error instanceof PanicError ? "panic" : "canceled"),
    );
  }
  function send(id: number, by: "nothing" | "ctx" | "signal"): void {
    const [ctx, cancel] = context.withCancel(context.background());
    const controller = new AbortController();
    if (by !== "nothing") cancels.push({ id, cancel: by === "ctx" ? cancel : () => controller.abort() });
    const options = { nothing: undefined, ctx: { ctx }, signal: { signal: controller.signal } }[by];
    record(
      id,
      broadcast.send(id, options).then(() => "sent"),
    );
    model.send(id, id);
  }
  function call(id: number, step: Exclude<Call, { method: "settle" }>): void {
    switch (step.method) {
      case "subscribe": {
        const { overflow } = step;
        const capacity = overflow === "wait" ? step.capacity : Math.max(1, step.capacity);
        subscriptions.push(broadcast.subscribe({ capacity, overflow }));
        model.subscribe(capacity, overflow);
        break;
      }
      case "send":
        send(id, step.by);
        break;
      case "trySend":
        expect(attempt(() => broadcast.trySend(id))).toBe(model.trySend(id));
        break;
      case "close":
        expect(attempt(() => broadcast.close())).toBe(model.close());
        break;
      case "cancel": {
        const canceled = cancels[step.of % cancels.length];
        canceled?.cancel();
        for (const sending of model.sends) if (sending.id === canceled?.id) model.cancel(sending);
        break;
      }
      case "receive":
      case "tryReceive":
      case "unsubscribe":
        use(id, step.method, subscriptions.length === 0 ? -1 : step.of % subscriptions.length);
    }
  }
  function use(id: number, method: "receive" | "tryReceive" | "unsubscribe", index: number): void {
    const subscription = subscriptions[index];
    const expected = model.subscriptions[index];
    if (subscription === undefined || expected === undefined) return;
    if (method === "tryReceive") {
      expect(resultOf(subscription.tryReceive())).toBe(model.tryReceive(expected));
    } else if (method === "receive") {
      record(id, subscription.receive().then(resultOf));
      model.receive(id, expected);
    } else {
      subscription.unsubscribe();
      model.unsubscribe(expected);
    }
  }
  async function settle(): Promise<void> {
    await waitUntilBlocked();
    const byId = (map: ReadonlyMap<number, string>): [number, string][] =>
      [...map].filter(([id]) => id >= 0).sort(([a], [b]) => a - b);
    expect(byId(results)).toEqual(byId(model.results));
  }

  for (const [id, step] of history.entries()) {
    if (step.method === "settle") await settle();
    else call(id, step);
    const [open, waiting] = model.counts;
    expect(subscriptions.map(({ length, dropped }) => [length, dropped])).toEqual(model.state);
    expect(broadcast.subscriptionCount).toBe(open);
    if (waiting > 0) expect(String(broadcast)).toMatch(`, ${waiting} waiting`);
    else expect(String(broadcast)).not.toMatch("waiting");
  }
  await settle();
  // Nothing may wait at the end of a bubble.
  for (const subscription of subscriptions) subscription.unsubscribe();
  await waitUntilBlocked();
}

test("random histories of sends, receives, subscriptions, cancellations and closes have the results of the model", async () => {
  await fc.assert(
    fc.asyncProperty(calls, fc.nat(2), (history, replay) => bubble(() => check(history, replay), { seed: 1 })),
    { seed, numRuns: 300 * effort },
  );
});
