// Random histories of channels, as lists of steps.

import fc, { type Arbitrary } from "fast-check";

/** The form of a communication: a plain operation, a try, a step of `for await`, or a select. */
export type Form = "plain" | "try" | "range" | "select";

/** A case of a select. The numbers of the done channels of the contexts follow those of the channels; null is the nil channel. */
export interface StepCase {
  readonly kind: "send" | "receive";
  readonly channel: number | null;
}

/** A step. A number that selects an element is taken modulo the number of elements. */
export type Step =
  | {
      readonly kind: "send" | "receive" | "trySend" | "tryReceive" | "next";
      readonly channel: number;
      readonly times: number;
      /** The context that cancels it; null if none can. Tries have none. */
      readonly context: number | null;
    }
  | { readonly kind: "select"; readonly cases: readonly StepCase[]; readonly default: boolean }
  | { readonly kind: "close"; readonly channel: number }
  | { readonly kind: "cancel"; readonly context: number }
  | { readonly kind: "withdraw"; readonly waiting: number };

/** A history of open channels with some capacities. `chance` is the seed of all random choices of select. */
export interface History {
  readonly capacities: readonly number[];
  readonly steps: readonly Step[];
  readonly chance: number;
}

/** The number of contexts. A canceled context is replaced by a new one. */
export const contexts = 2;

const most = 3;
const channel = fc.nat(most - 1);

// Without repetition, a buffer of 64 would never be full, and queues would stay short.
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
    arbitrary: fc.record({
      kind: fc.constantFrom("send", "receive", "trySend", "tryReceive", "next"),
      channel,
      times,
      context: fc.option(fc.nat(contexts - 1), { freq: 2 }),
    }),
  },
  {
    weight: 12,
    arbitrary: fc.record({
      kind: fc.constant("select"),
      cases: fc.array(anyCase, { maxLength: 5, size: "max" }),
      default: fc.boolean(),
    }),
  },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant("withdraw"), waiting: fc.nat(20) }) },
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
