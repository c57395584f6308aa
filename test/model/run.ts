// Small programs on goro: one run, in a bubble, with the schedule that its seed draws.

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
 * Runs `program`; the same seed, a whole number, gives the same run.
 *
 * Goroutines that are left when it ends do not go on, but the watch for leaks sees them: tests must call `allowLeaks`.
 *
 * Errors: rejects with what the bubble rejects with, if that is neither a deadlock nor a panic of the program.
 */
export async function runProgram(program: Program, seed: number): Promise<Outcome> {
  return (await traceProgram(program, seed)).outcome;
}

/** A run: what is seen of it and, step by step, who tried the next operation, returned from main or panicked. */
export interface TracedRun {
  readonly outcome: Outcome;
  readonly order: readonly number[];
}

/** Runs `program` as {@link runProgram} does. */
export async function traceProgram(program: Program, seed: number): Promise<TracedRun> {
  const seen = new Seen(program);
  try {
    // What is made outside could be reached from outside, and to wait for it would be no deadlock.
    await bubble(() => main(() => new Run(program, seen, seed).main()), { seed });
    return seen.atReturn ?? seen.as("returned");
  } catch (error) {
    if (!(error instanceof PanicError)) throw error;
    const seenAtPanic = seen.atPanic.get(error);
    if (seenAtPanic !== undefined) return seenAtPanic;
    if (!error.message.startsWith("deadlock: ")) throw error;
    return seen.as("deadlock");
  }
}

/** What nobody ever waits for. */
type AtOnce = Extract<Operation, { readonly kind: "close" | "add" | "unlock" }>;

function isAtOnce(operation: Operation): operation is AtOnce {
  return operation.kind === "close" || operation.kind === "add" || operation.kind === "unlock";
}

type Case = ReceiveCase<number> | SendCase;

/** What is seen now, and what was when main returned or a goroutine panicked: others may go on for a moment. */
class Seen {
  readonly logs: readonly string[][];
  readonly order: number[] = [];
  readonly atPanic: Map<PanicError, TracedRun> = new Map<PanicError, TracedRun>();
  atReturn: TracedRun | null = null;

  constructor(program: Program) {
    this.logs = program.goroutines.map(() => []);
  }

  as(ending: string): TracedRun {
    return { outcome: { ending, logs: this.logs.map((log) => [...log]) }, order: [...this.order] };
  }
}

// A bubble lets nobody wait much longer than others. So that also happens which needs one to be slow, some are.
function pausesOf(program: Program, seed: number): number[] {
  const chance = new Prng(seed);
  return program.goroutines.map(() => (chance.randomInt(4) === 0 ? chance.randomInt(8) : 0));
}

class Run {
  readonly #program: Program;
  readonly #seen: Seen;
  readonly #pauses: readonly number[];
  readonly #channels: readonly (Channel<number> | null)[];
  readonly #groups: readonly WaitGroup[];
  readonly #mutexes: readonly Mutex[];

  constructor(program: Program, seen: Seen, seed: number) {
    this.#program = program;
    this.#seen = seen;
    this.#pauses = pausesOf(program, seed);
    this.#channels = program.capacities.map((capacity) => (capacity === null ? null : new Channel<number>(capacity)));
    this.#groups = Array.from({ length: program.groups }, () => new WaitGroup());
    this.#mutexes = Array.from({ length: program.mutexes }, () => new Mutex());
  }

  // In Go others may run between any two steps of a goroutine. Here they may wherever it awaits: in a bubble, each await gives
  // way to whom the seed chooses. So there must be one between any two steps, and one between a step and its word in the log.
  async main(): Promise<void> {
    for (let who = 1; who < this.#program.goroutines.length; who++) go(() => this.#goroutine(who));
    await gosched();
    await this.#goroutine(0);
    await gosched();
    this.#seen.order.push(0);
    this.#seen.atReturn = this.#seen.as("returned");
  }

  async #goroutine(who: number): Promise<void> {
    const log = this.#seen.logs[who] as string[];
    try {
      for (const operation of this.#program.goroutines[who] ?? []) {
        for (let pauses = this.#pauses[who] ?? 0; pauses > 0; pauses--) await gosched();
        this.#seen.order.push(who);
        if (isAtOnce(operation)) {
          // Called from here, so that a panic is seen before anybody else can take a step.
          this.#doAtOnce(operation);
          await gosched();
          log.push(operation.kind);
        } else if (operation.kind === "range") {
          await this.#range(operation.channel, who);
        } else {
          log.push(await this.#do(operation));
        }
      }
    } catch (error) {
      this.#seen.order.push(who);
      if (error instanceof PanicError) this.#seen.atPanic.set(error, this.#seen.as(error.message));
      throw error;
    }
  }

  async #do(operation: Exclude<Operation, AtOnce | { readonly kind: "range" }>): Promise<string> {
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

  #doAtOnce(operation: AtOnce): void {
    if (operation.kind === "add") this.#groups[operation.group]?.add(operation.delta);
    else if (operation.kind === "unlock") this.#mutexes[operation.mutex]?.unlock();
    else this.#close(operation.channel);
  }

  // A channel that is null has no method that could panic.
  #close(channel: number): void {
    const ch = this.#channel(channel);
    if (ch === null) throw new PanicError("close of nil channel");
    ch.close();
  }

  async #send({ channel, value }: Send): Promise<void> {
    const ch = this.#channel(channel);
    // Outside of a select there is no nil channel, and as in Go a select of one case is the plain operation.
    if (ch === null) await choose([send(ch, value)]);
    else await ch.send(value);
  }

  async #receive(channel: number): Promise<string> {
    const ch = this.#channel(channel);
    return word(ch === null ? await choose([receive(ch)]) : await ch.receive());
  }

  async #range(channel: number, who: number): Promise<void> {
    const ch = this.#channel(channel);
    if (ch === null) await choose([receive(ch)]);
    else for await (const value of ch) this.#hasRangedOver(value, who);
    this.#seen.logs[who]?.push("closed");
  }

  #hasRangedOver(value: number, who: number): void {
    this.#seen.logs[who]?.push(String(value));
    this.#seen.order.push(who);
  }

  async #select(cases: readonly (Send | Receive)[], hasDefault: boolean): Promise<string> {
    const list = cases.map((one) => this.#case(one));
    if (!hasDefault) return worded(await choose(list));
    const named = Object.fromEntries(list.map((one, index) => [`case ${index}`, one]));
    const answer = await choose({ ...named, default: true });
    return answer.case === "default" ? "default" : worded(answer);
  }

  #case(one: Send | Receive): Case {
    const channel = this.#channel(one.channel);
    return one.kind === "send" ? send(channel, one.value) : receive(channel);
  }

  #channel(channel: number): Channel<number> | null {
    return this.#channels[channel] ?? null;
  }
}

/** What a case of a select answers; a case that sends has no `ok`. */
interface Answer {
  readonly case: string | number;
  readonly value?: number | undefined;
  readonly ok?: boolean;
}

// The types of select tell the cases apart one by one, which is of no use where they are data.
const choose = select as unknown as (cases: readonly Case[] | Record<string, Case | true>) => Promise<Answer>;

function worded(answer: Answer): string {
  const index = String(answer.case).replace("case ", "");
  return `${index}:${answer.ok === undefined ? "send" : word(answer)}`;
}

function word({ value, ok }: { readonly value?: number | undefined; readonly ok?: boolean }): string {
  return ok ? String(value) : "closed";
}
