// Random histories of channels: what happens to them, step by step.

import fc, { type Arbitrary } from "fast-check";

/** How a communication is written: as a plain operation, as one that never waits, as a step of `for await`, or as a select. */
export type Form = "plain" | "try" | "range" | "select";

/** A case of a select. Channels count on from the channels to the done channels of the contexts; null is the nil channel. */
export interface StepCase {
  readonly kind: "send" | "receive";
  readonly channel: number | null;
}

/** What happens next. Whatever is chosen by a number is the one at that number modulo how many there are. */
export type Step =
  | {
      readonly kind: "send" | "receive" | "trySend" | "tryReceive" | "next";
      readonly channel: number;
      readonly times: number;
    }
  | { readonly kind: "select"; readonly cases: readonly StepCase[]; readonly default: boolean }
  | { readonly kind: "close"; readonly channel: number }
  | { readonly kind: "cancel"; readonly context: number }
  | { readonly kind: "giveUp"; readonly waiting: number };

/** A history of open channels with some capacities. `chance` is the seed of all choices of select. */
export interface History {
  readonly capacities: readonly number[];
  readonly steps: readonly Step[];
  readonly chance: number;
}

/** How many contexts there are beside the channels. A context that was canceled is followed by a new one. */
export const contexts = 2;

const most = 3;
const channel = fc.nat(most - 1);

// Else a buffer of 64 would never be full, and a long line never be there.
const times = fc.oneof(
  { weight: 12, arbitrary: fc.constant(1) },
  { weight: 1, arbitrary: fc.integer({ min: 2, max: 70 }) },
);

const anyCase: Arbitrary<StepCase> = fc.oneof(
  { weight: 8, arbitrary: fc.record({ kind: fc.constantFrom("send", "receive"), channel }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constantFrom("send", "receive"), channel: fc.constant(null) }) },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant("receive"),
      channel: fc.integer({ min: most, max: most + contexts - 1 }),
    }),
  },
);

const step: Arbitrary<Step> = fc.oneof(
  {
    weight: 12,
    arbitrary: fc.record({ kind: fc.constantFrom("send", "receive", "trySend", "tryReceive", "next"), channel, times }),
  },
  {
    weight: 12,
    arbitrary: fc.record({
      kind: fc.constant("select"),
      cases: fc.array(anyCase, { maxLength: 5, size: "max" }),
      default: fc.boolean(),
    }),
  },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant("giveUp"), waiting: fc.nat(20) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("cancel"), context: fc.nat(contexts - 1) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("close"), channel }) },
);

/** A history of three channels and at most `steps` steps. It shrinks to fewer and simpler ones. */
export function arbitraryHistory(steps: number): Arbitrary<History> {
  return fc.record({
    capacities: fc.array(fc.constantFrom(0, 1, 2, 64), { minLength: most, maxLength: most }),
    steps: fc.array(step, { maxLength: steps, size: "max" }),
    chance: fc.nat(),
  });
}
