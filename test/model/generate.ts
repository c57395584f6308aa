// Random programs, small enough for all their schedules to be enumerated, and mixed so that all kinds of outcomes occur.

import fc, { type Arbitrary } from "fast-check";
import type { Operation, Program, Receive, Send } from "./program.ts";

/** How large programs may be. */
export interface ProgramOptions {
  /** The maximum number of goroutines, including main: 1 to 4. The default is 4. */
  readonly goroutines?: number;
  /** The maximum number of operations of all goroutines together, at least `goroutines`. The default is 12. */
  readonly operations?: number;
}

// The operations of a program are taken from one theme instead of from all kinds: among 12 operations, two locks would rarely
// use the same mutex. The numbers are weights.
const themes: readonly (readonly [weight: number, kinds: Partial<Record<Kind, number>>])[] = [
  [4, { send: 5, receive: 4, range: 1, close: 1 }],
  [5, { send: 3, receive: 2, range: 1, close: 1, select: 5 }],
  [2, { send: 2, receive: 2, close: 1, add: 3, wait: 2 }],
  [2, { send: 2, receive: 2, section: 3, lock: 1, unlock: 1 }],
  [2, { send: 3, receive: 3, range: 1, close: 1, select: 3, add: 2, wait: 1, section: 1 }],
];

type Kind = Operation["kind"] | "section";

/** A program: every send has its own value, 1, 2, 3 and so on, so that a value identifies its sender. */
export function arbitraryProgram(options: ProgramOptions = {}): Arbitrary<Program> {
  const { goroutines = 4, operations = 12 } = options;
  const counts = Array.from({ length: goroutines }, (_, i) => ({ weight: i + 1, arbitrary: fc.constant(i + 1) }));
  const shapes = fc.tuple(fc.oneof(...counts), fc.oneof(...themes.map(([weight, kinds]) => theme(weight, kinds))));
  return shapes.chain(([count, body]) => programOf(count, Math.floor(operations / count), body));
}

/** The program of `seed`, an integer: the same for the same seed, unless this file or fast-check changes. */
export function randomProgram(seed: number, options?: ProgramOptions): Program {
  const [program] = fc.sample(arbitraryProgram(options), { seed, numRuns: 1 });
  return program as Program;
}

type Body = Arbitrary<readonly Operation[]>;

function programOf(count: number, longest: number, body: Body): Arbitrary<Program> {
  const goroutine = fc
    .array(body, { minLength: 1, maxLength: longest, size: "max" })
    .map((parts) => parts.flat().slice(0, longest));
  return fc
    .record({
      capacities: fc.array(capacity, { minLength: 3, maxLength: 3 }),
      goroutines: fc.array(goroutine, { minLength: count, maxLength: count }),
    })
    .map((raw) => tidy({ ...raw, groups: 2, mutexes: 2 }));
}

const capacity = weighted<number | null>([0, 6], [1, 4], [2, 2], [null, 1]);
const channel = weighted([0, 6], [1, 3], [2, 1]);
const group = weighted([0, 4], [1, 1]);
const mutex = weighted([0, 3], [1, 2]);

const sending: Arbitrary<Send> = fc.record({ kind: fc.constant("send"), channel, value: fc.constant(0) });
const receiving: Arbitrary<Receive> = fc.record({ kind: fc.constant("receive"), channel });

const bodies: Record<Kind, Body> = {
  send: alone(sending),
  receive: alone(receiving),
  range: alone(fc.record({ kind: fc.constant("range"), channel })),
  close: alone(fc.record({ kind: fc.constant("close"), channel })),
  select: alone(
    fc.record({
      kind: fc.constant("select"),
      cases: fc.array(fc.oneof(sending, receiving), { minLength: 1, maxLength: 3 }),
      default: weighted([false, 3], [true, 1]),
    }),
  ),
  add: alone(fc.record({ kind: fc.constant("add"), group, delta: weighted([1, 3], [2, 1], [-1, 3]) })),
  wait: alone(fc.record({ kind: fc.constant("wait"), group })),
  lock: alone(fc.record({ kind: fc.constant("lock"), mutex })),
  unlock: alone(fc.record({ kind: fc.constant("unlock"), mutex })),
  section: fc
    .tuple(mutex, fc.option(fc.oneof(sending, receiving)))
    .map(([mutex, inner]) => [{ kind: "lock", mutex }, ...(inner === null ? [] : [inner]), { kind: "unlock", mutex }]),
};

function theme(weight: number, kinds: Partial<Record<Kind, number>>): { weight: number; arbitrary: Arbitrary<Body> } {
  const parts = Object.entries(kinds).map(([kind, often]) => ({ weight: often, arbitrary: bodies[kind as Kind] }));
  return { weight, arbitrary: fc.constant(fc.oneof(...parts)) };
}

function alone(operation: Arbitrary<Operation>): Body {
  return operation.map((only) => [only]);
}

function weighted<const T>(...choices: readonly (readonly [value: T, weight: number])[]): Arbitrary<T> {
  return fc.oneof(...choices.map(([value, weight]) => ({ weight, arbitrary: fc.constant(value) })));
}

/** `program` without its unused channels, groups and mutexes, and with its values numbered. */
function tidy(program: Program): Program {
  let sent = 0;
  const channels = new Renumbering();
  const groups = new Renumbering();
  const mutexes = new Renumbering();
  const renumberCase = <C extends Send | Receive>(selectCase: C): C => ({
    ...selectCase,
    channel: channels.of(selectCase.channel),
    ...(selectCase.kind === "send" && { value: ++sent }),
  });
  const renumber = (operation: Operation): Operation => {
    if (operation.kind === "select") return { ...operation, cases: operation.cases.map(renumberCase) };
    if (operation.kind === "send" || operation.kind === "receive") return renumberCase(operation);
    if ("channel" in operation) return { ...operation, channel: channels.of(operation.channel) };
    if ("group" in operation) return { ...operation, group: groups.of(operation.group) };
    return { ...operation, mutex: mutexes.of(operation.mutex) };
  };
  const goroutines = program.goroutines.map((operations) => operations.map(renumber));
  const capacities = channels.used.map((old) => program.capacities[old] as number | null);
  return { capacities, groups: groups.used.length, mutexes: mutexes.used.length, goroutines };
}

/** New numbers for old ones, in the order of their first use. */
class Renumbering {
  readonly used: number[] = [];

  of(old: number): number {
    const index = this.used.indexOf(old);
    return index < 0 ? this.used.push(old) - 1 : index;
  }
}
