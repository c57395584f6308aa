// Small programs on goro: one run, in a bubble, with the schedule of its seed.

import {
  Channel,
  go,
  gosched,
  main,
  Mutex,
  PanicError,
  receive,
  type ReceiveCase,
  select,
  send,
  type SendCase,
  WaitGroup,
} from "goro";
import { bubble } from "goro/testing";
import { Prng } from "../../src/util/prng.ts";
import type { Operation, Outcome, Program, Receive, Send } from "./program.ts";

/**
 * Runs `program`; the same seed, an integer, gives the same run.
 *
 * Goroutines that remain at the end do not resume, but leak checks find them: tests must call `allowLeaks`.
 *
 * @throws (rejects) with the error of the bubble, if it is neither a deadlock nor a panic of the program
 */
export async function runProgram(program: Program, seed: number): Promise<Outcome> {
  return (await traceProgram(program, seed)).outcome;
}

/** A run: its outcome and, for each step, the goroutine that tried its next operation, returned from main or panicked. */
export interface TracedRun {
  readonly outcome: Outcome;
  readonly order: readonly number[];
}

/** Runs `program` as {@link runProgram} does. */
export async function traceProgram(program: Program, seed: number): Promise<TracedRun> {
  const observation = new Observation(program);
  try {
    // Objects created outside are reachable from outside, and a wait for them would not be a deadlock.
    await bubble(() => main(() => new Run(program, observation, seed).main()), { seed });
    return observation.atReturn ?? observation.snapshot("returned");
  } catch (error) {
    if (!(error instanceof PanicError)) throw error;
    const runAtPanic = observation.atPanic.get(error);
    if (runAtPanic !== undefined) return runAtPanic;
    if (!error.message.startsWith("deadlock: ")) throw error;
    return observation.snapshot("deadlock");
  }
}

/** An operation that never waits. */
type NonBlocking = Extract<Operation, { readonly kind: "close" | "add" | "unlock" }>;

function isNonBlocking(operation: Operation): operation is NonBlocking {
  return operation.kind === "close" || operation.kind === "add" || operation.kind === "unlock";
}

type Case = ReceiveCase<number> | SendCase;

/** The current logs, and the logs at the return of main or at a panic, after which other goroutines may still run briefly. */
class Observation {
  readonly logs: readonly string[][];
  readonly order: number[] = [];
  readonly atPanic: Map<PanicError, TracedRun> = new Map<PanicError, TracedRun>();
  atReturn: TracedRun | null = null;

  constructor(program: Program) {
    this.logs = program.goroutines.map(() => []);
  }

  snapshot(ending: string): TracedRun {
    return { outcome: { ending, logs: this.logs.map((log) => [...log]) }, order: [...this.order] };
  }
}

// A bubble delays all goroutines about equally. Random pauses make some of them slow, which reaches more outcomes.
function pausesOf(program: Program, seed: number): number[] {
  const prng = new Prng(seed);
  return program.goroutines.map(() => (prng.randomInt(4) === 0 ? prng.randomInt(8) : 0));
}

class Run {
  readonly #program: Program;
  readonly #observation: Observation;
  readonly #pauses: readonly number[];
  readonly #channels: readonly (Channel<number> | null)[];
  readonly #groups: readonly WaitGroup[];
  readonly #mutexes: readonly Mutex[];

  constructor(program: Program, observation: Observation, seed: number) {
    this.#program = program;
    this.#observation = observation;
    this.#pauses = pausesOf(program, seed);
    this.#channels = program.capacities.map((capacity) => (capacity === null ? null : new Channel<number>(capacity)));
    this.#groups = Array.from({ length: program.groups }, () => new WaitGroup());
    this.#mutexes = Array.from({ length: program.mutexes }, () => new Mutex());
  }

  // In Go, other goroutines may run between any two steps of a goroutine. Here they run at its awaits: in a bubble, the seed
  // chooses the next one at each await. So an await separates any two steps, and each step from its word in the log.
  async main(): Promise<void> {
    for (let index = 1; index < this.#program.goroutines.length; index++) go(() => this.#goroutine(index));
    await gosched();
    await this.#goroutine(0);
    await gosched();
    this.#observation.order.push(0);
    this.#observation.atReturn = this.#observation.snapshot("returned");
  }

  async #goroutine(index: number): Promise<void> {
    const log = this.#observation.logs[index] as string[];
    try {
      for (const operation of this.#program.goroutines[index] ?? []) {
        for (let pauses = this.#pauses[index] ?? 0; pauses > 0; pauses--) await gosched();
        this.#observation.order.push(index);
        if (isNonBlocking(operation)) {
          // Called from here, so that a panic is recorded before another goroutine can take a step.
          this.#runNonBlocking(operation);
          await gosched();
          log.push(operation.kind);
        } else if (operation.kind === "range") {
          await this.#range(operation.channel, index);
        } else {
          log.push(await this.#runBlocking(operation));
        }
      }
    } catch (error) {
      this.#observation.order.push(index);
      if (error instanceof PanicError) this.#observation.atPanic.set(error, this.#observation.snapshot(error.message));
      throw error;
    }
  }

  async #runBlocking(operation: Exclude<Operation, NonBlocking | { readonly kind: "range" }>): Promise<string> {
    switch (operation.kind) {
      case "send":
        await this.#send(operation);
        break;
      case "receive":
        return await this.#receive(operation.channel);
      case "select":
        return await this.#select(operation.cases, operation.default);
      case "wait":
        await this.#groups[operation.group]?.wait();
        break;
      case "lock":
        await this.#mutexes[operation.mutex]?.lock();
        break;
    }
    return operation.kind;
  }

  #runNonBlocking(operation: NonBlocking): void {
    if (operation.kind === "add") this.#groups[operation.group]?.add(operation.delta);
    else if (operation.kind === "unlock") this.#mutexes[operation.mutex]?.unlock();
    else this.#close(operation.channel);
  }

  // A null channel has no method, so the panic is thrown here.
  #close(channel: number): void {
    const ch = this.#channel(channel);
    if (ch === null) throw new PanicError("close of nil channel");
    ch.close();
  }

  async #send({ channel, value }: Send): Promise<void> {
    const ch = this.#channel(channel);
    // A nil channel exists only in a select; as in Go, a select with one case is the plain operation.
    if (ch === null) await selectDynamic([send(ch, value)]);
    else await ch.send(value);
  }

  async #receive(channel: number): Promise<string> {
    const ch = this.#channel(channel);
    return formatReceive(ch === null ? await selectDynamic([receive(ch)]) : await ch.receive());
  }

  async #range(channel: number, index: number): Promise<void> {
    const ch = this.#channel(channel);
    if (ch === null) await selectDynamic([receive(ch)]);
    else for await (const value of ch) this.#logRangeValue(value, index);
    this.#observation.logs[index]?.push("closed");
  }

  #logRangeValue(value: number, index: number): void {
    this.#observation.logs[index]?.push(String(value));
    this.#observation.order.push(index);
  }

  async #select(cases: readonly (Send | Receive)[], hasDefault: boolean): Promise<string> {
    const list = cases.map((selectCase) => this.#case(selectCase));
    if (!hasDefault) return formatCase(await selectDynamic(list));
    const named = Object.fromEntries(list.map((selectCase, index) => [`case ${index}`, selectCase]));
    const result = await selectDynamic({ ...named, default: true });
    return result.case === "default" ? "default" : formatCase(result);
  }

  #case(selectCase: Send | Receive): Case {
    const channel = this.#channel(selectCase.channel);
    return selectCase.kind === "send" ? send(channel, selectCase.value) : receive(channel);
  }

  #channel(channel: number): Channel<number> | null {
    return this.#channels[channel] ?? null;
  }
}

/** The result of a select; a send case has no `ok`. */
interface SelectResult {
  readonly case: string | number;
  readonly value?: number | undefined;
  readonly ok?: boolean;
}

// The types of select distinguish the cases statically, which does not work for cases that are data.
const selectDynamic = select as unknown as (
  cases: readonly Case[] | Record<string, Case | true>,
) => Promise<SelectResult>;

function formatCase(result: SelectResult): string {
  const index = String(result.case).replace("case ", "");
  return `${index}:${result.ok === undefined ? "send" : formatReceive(result)}`;
}

function formatReceive({ value, ok }: { readonly value?: number | undefined; readonly ok?: boolean }): string {
  return ok ? String(value) : "closed";
}
