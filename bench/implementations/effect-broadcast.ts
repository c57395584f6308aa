// effect in the rows of broadcasts, by a PubSub.

import { Effect, Fiber, PubSub } from "effect";
import { BUFFER, SUBSCRIBERS } from "../rows/broadcast.ts";
import type { Program } from "../rows/row.ts";

const waiting: Program = (n) =>
  Effect.runPromise(
    Effect.gen(function* () {
      const numbers = yield* PubSub.bounded<number>(BUFFER);
      const fibers: Fiber.Fiber<number>[] = [];
      for (let i = 0; i < SUBSCRIBERS; i++) {
        fibers.push(yield* Effect.forkChild(sumOf(yield* PubSub.subscribe(numbers), n)));
      }
      for (let i = 0; i < n; i++) yield* PubSub.publish(numbers, i);
      let sum = 0;
      for (const fiber of fibers) sum += yield* Fiber.join(fiber);
      return sum;
    }).pipe(Effect.scoped),
  );

const sliding: Program = (n) =>
  Effect.runPromise(
    Effect.gen(function* () {
      const numbers = yield* PubSub.sliding<number>(BUFFER);
      const subscriptions: PubSub.Subscription<number>[] = [];
      for (let i = 0; i < SUBSCRIBERS; i++) subscriptions.push(yield* PubSub.subscribe(numbers));
      for (let i = 0; i < n; i++) yield* PubSub.publish(numbers, i);
      let sum = 0;
      for (const subscription of subscriptions) sum += yield* sumOf(subscription, Math.min(n, BUFFER));
      return sum;
    }).pipe(Effect.scoped),
  );

const sumOf = Effect.fnUntraced(function* (subscription: PubSub.Subscription<number>, count: number) {
  let sum = 0;
  for (let i = 0; i < count; i++) sum += yield* PubSub.take(subscription);
  return sum;
});

export const broadcast: Readonly<Record<string, Program>> = { broadcast: waiting, "broadcast-sliding": sliding };
