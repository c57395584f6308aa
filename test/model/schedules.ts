// All schedules of a small program: every order in which its goroutines may go on, and every choice left open by Go.
//
// It is a search over states. In a step one goroutine tries its next operation: it goes through, with whoever waited for
// it, or the goroutine parks. States that have been seen are not looked at again. The model knows no promises, lines or
// waiters: it is written from Go's specification, so that it can be wrong in other ways than goro.

import type { Operation, Outcome, Program, Receive, Send } from "./program.ts";

/** What is looked at. */
export interface ScheduleOptions {
  /**
   * Without it, all that Go allows: any of those who wait may be served, whoever comes may take a free mutex before those who
   * have waited for it, and a `WaitGroup` may notice that it is used again too early. With it, what goro does: the one that
   * has waited longest is served, a mutex goes from hand to hand, and a `WaitGroup` can be used again at once.
   */
  readonly fifo?: boolean;
  /** The most states. Without it, 200,000. */
  readonly limit?: number;
}

/** What the search has found. */
export interface Schedules {
  /** Each outcome, as {@link encode} writes it. */
  readonly outcomes: Set<string>;
  /** How many different states the program can be in before it ends. */
  readonly states: number;
}

/** Every outcome that `program` can have. Errors: throws `RangeError` if there are more states than the limit. */
export function outcomesOf(program: Program, options?: ScheduleOptions): Set<string> {
  return explore(program, options).outcomes;
}

/** Every outcome that `program` can have, and how much was searched. Errors: as {@link outcomesOf}. */
export function explore(program: Program, options: ScheduleOptions = {}): Schedules {
  const { fifo = false, limit = 200_000 } = options;
  const outcomes = new Set<string>();
  const start = State.first(program, fifo);
  const seen = new Set([start.key]);
  const left = [start];
  for (let state = left.pop(); state !== undefined; state = left.pop()) {
    for (const next of successors(state)) {
      if (next instanceof State) {
        const { key } = next;
        if (seen.has(key)) continue;
        if (seen.size === limit) throw new RangeError(`more than ${limit} states: ${JSON.stringify(program)}`);
        seen.add(key);
        left.push(next);
      } else {
        outcomes.add(encode(next));
      }
    }
  }
  return { outcomes, states: seen.size };
}

/**
 * Whether `outcome` is one that goro may come to when the goroutines take their steps in this `order`, of which the last one
 * ends the program unless that is a deadlock. It decides more than the set of outcomes: who was parked first is not seen in an
 * outcome, for somebody else might have been.
 */
export function follows(program: Program, order: readonly number[], outcome: Outcome): boolean {
  const seen = encode(outcome);
  let states = new Map([["", State.first(program, true)]]);
  let ends = new Set<string>();
  for (const who of order) {
    const before = states;
    states = new Map();
    ends = new Set();
    for (const state of before.values()) {
      for (const next of stepsOf(state, who)) {
        // Who panics does nothing by that, and may come to end the program only when others have taken some more steps.
        const after = next instanceof State ? next : state;
        states.set(after.key, after);
        if (!(next instanceof State)) ends.add(encode(next));
      }
    }
  }
  if (outcome.ending !== "deadlock") return ends.has(seen);
  return [...states.values()].some((state) => state.whoCanGoOn().length === 0 && encode(state.deadlock()) === seen);
}

/** `outcome` as a line: the ending and then, goroutine by goroutine, the log, such as "deadlock | send 3 | 1:closed". */
export function encode({ ending, logs }: Outcome): string {
  return [ending, ...logs.map((log) => log.join(" "))].join(" | ");
}

function successors(state: State): (State | Outcome)[] {
  const who = state.whoCanGoOn();
  return who.length > 0 ? who.flatMap((one) => stepsOf(state, one)) : [state.deadlock()];
}

function stepsOf(state: State, who: number): (State | Outcome)[] {
  const all: (State | Outcome)[] = [];
  if (!state.whoCanGoOn().includes(who)) return all;
  forEveryChoice((choose) => {
    const next = state.copy(choose);
    next.step(who);
    all.push(next.ending === null ? next : next.outcomeAt(who));
  });
  return all;
}

/** Answers a whole number from 0 to `n` - 1. */
type Choose = (n: number) => number;

/** Calls `run` again and again, until each sequence of answers that it can be given has been given. */
function forEveryChoice(run: (choose: Choose) => void): void {
  const path: { answer: number; readonly of: number }[] = [];
  do {
    let depth = 0;
    run((n) => {
      if (depth === path.length) path.push({ answer: 0, of: n });
      return path[depth++]?.answer ?? 0;
    });
    let last = path.at(-1);
    while (last !== undefined && ++last.answer === last.of) {
      path.pop();
      last = path.at(-1);
    }
  } while (path.length > 0);
}

/**
 * Where a goroutine is. It is "refused" when the channel to which it waited to send was closed, and panics when it goes on.
 * "Releasing" it has made a group 0 but not let anybody go yet; "released" it has been let go by a group.
 */
type Status = "running" | "parked" | "refused" | "releasing" | "released";

interface Thread {
  readonly operations: readonly Operation[];
  next: number;
  status: Status;
  log: readonly string[];
}

interface Pipe {
  readonly capacity: number | null;
  buffer: readonly number[];
  closed: boolean;
}

/** A case with which a parked goroutine waits. */
interface Offer {
  readonly who: number;
  readonly index: number;
  readonly value: number;
}

class State {
  /** The ending, once the program has ended. */
  ending: string | null = null;

  readonly #fifo: boolean;
  readonly #choose: Choose;
  readonly #threads: readonly Thread[];
  readonly #pipes: readonly Pipe[];
  readonly #counts: number[];
  readonly #locked: boolean[];

  /** Who is parked, in the order of parking. */
  readonly #line: number[];

  private constructor(
    fifo: boolean,
    choose: Choose,
    threads: readonly Thread[],
    pipes: readonly Pipe[],
    counts: number[],
    locked: boolean[],
    line: number[],
  ) {
    this.#fifo = fifo;
    this.#choose = choose;
    this.#threads = threads;
    this.#pipes = pipes;
    this.#counts = counts;
    this.#locked = locked;
    this.#line = line;
  }

  /** The state before anybody has done anything. */
  static first(program: Program, fifo: boolean): State {
    const threads = program.goroutines.map((operations): Thread => {
      return { operations, next: 0, status: "running", log: [] };
    });
    const pipes = program.capacities.map((capacity): Pipe => ({ capacity, buffer: [], closed: false }));
    const counts = Array.from({ length: program.groups }, () => 0);
    const locked = Array.from({ length: program.mutexes }, () => false);
    return new State(fifo, () => 0, threads, pipes, counts, locked, []);
  }

  /** The same, to be changed by a step that asks `choose`. */
  copy(choose: Choose): State {
    const threads = this.#threads.map((thread) => ({ ...thread }));
    const pipes = this.#pipes.map((pipe) => ({ ...pipe }));
    return new State(this.#fifo, choose, threads, pipes, [...this.#counts], [...this.#locked], [...this.#line]);
  }

  /** A text that is the same for states from which the same can follow. */
  get key(): string {
    const threads = this.#threads.map(({ next, status, log }) => `${next}${status}${log.join()}`);
    const pipes = this.#pipes.map(({ buffer, closed }) => `${buffer.join()}${closed}`);
    // The order of those who wait is of no importance, if any of them may be served.
    const line = this.#fifo ? this.#line.join() : "";
    return [...threads, ...pipes, this.#counts.join(), this.#locked.join(), line].join(";");
  }

  /** The goroutines that can take a step. */
  whoCanGoOn(): number[] {
    return [...this.#threads.keys()].filter((who) => {
      const { status, operations, next } = this.#threads[who] as Thread;
      if (status === "running") return who === 0 || next < operations.length;
      if (status !== "parked") return true;
      const waiting = this.#operation(who);
      return waiting?.kind === "lock" && !this.#locked[waiting.mutex];
    });
  }

  /** Lets `who`, which can go on, take a step. */
  step(who: number): void {
    const { status } = this.#threads[who] as Thread;
    const operation = this.#operation(who);
    if (status === "refused") this.ending = "send on closed channel";
    else if (operation === undefined) this.ending = "returned";
    else this.#try(who, operation, status);
  }

  /** What is seen of a program in which nobody can go on. */
  deadlock(): Outcome {
    return { ending: "deadlock", logs: this.#threads.map(({ log }) => log) };
  }

  /** What is seen of a program that ended by a step of `who`. Others may have done something and not logged it yet. */
  outcomeAt(who: number): Outcome {
    const logs = this.#threads.map(({ log, status }, other) => {
      const mayLag = other !== who && status === "running" && log.length > 0;
      return mayLag && this.#choose(2) === 1 ? log.slice(0, -1) : log;
    });
    return { ending: this.ending ?? "", logs };
  }

  #operation(who: number): Operation | undefined {
    const { operations, next } = this.#threads[who] as Thread;
    return operations[next];
  }

  #try(who: number, operation: Operation, status: Status): void {
    if (operation.kind === "close") this.#close(who, operation.channel);
    else if (operation.kind === "add") this.#add(who, operation.group, operation.delta, status);
    else if (operation.kind === "wait") this.#wait(who, operation.group, status);
    else if (operation.kind === "lock") this.#lock(who, operation.mutex);
    else if (operation.kind === "unlock") this.#unlock(who, operation.mutex);
    else this.#communicate(who, operation);
  }

  #communicate(who: number, operation: Operation): void {
    const cases = casesOf(operation);
    const ready = cases.filter((one) => this.#isReady(one));
    const chosen = ready[this.#among(ready)];
    if (chosen === undefined) {
      if (operation.kind === "select" && operation.default) this.#done(who, "default");
      else this.#park(who);
    } else if (chosen.kind === "send") {
      this.#send(who, cases.indexOf(chosen), chosen);
    } else {
      this.#receive(who, cases.indexOf(chosen), chosen);
    }
  }

  #isReady({ kind, channel }: Send | Receive): boolean {
    const { capacity, buffer, closed } = this.#pipe(channel);
    if (capacity === null) return false;
    if (closed) return true;
    if (kind === "send") return buffer.length < capacity || this.#offers("receive", channel).length > 0;
    return buffer.length > 0 || this.#offers("send", channel).length > 0;
  }

  #send(who: number, index: number, { channel, value }: Send): void {
    const pipe = this.#pipe(channel);
    if (pipe.closed) {
      this.ending = "send on closed channel";
      return;
    }
    const receiver = this.#pick(this.#offers("receive", channel));
    if (receiver === undefined) pipe.buffer = [...pipe.buffer, value];
    else this.#done(receiver.who, String(value), receiver.index);
    this.#done(who, "send", index);
  }

  #receive(who: number, index: number, { channel }: Receive): void {
    const pipe = this.#pipe(channel);
    const sender = this.#pick(this.#offers("send", channel));
    if (sender !== undefined) {
      pipe.buffer = [...pipe.buffer, sender.value];
      this.#done(sender.who, "send", sender.index);
    }
    const [value, ...rest] = pipe.buffer;
    pipe.buffer = rest;
    this.#done(who, value === undefined ? "closed" : String(value), index);
  }

  #close(who: number, channel: number): void {
    const pipe = this.#pipe(channel);
    if (pipe.capacity === null) this.ending = "close of nil channel";
    else if (pipe.closed) this.ending = "close of closed channel";
    if (this.ending !== null) return;
    pipe.closed = true;
    for (;;) {
      const receivers = this.#offers("receive", channel);
      const senders = this.#offers("send", channel);
      // One select may be among both: the specification leaves open as what it is woken.
      const chosen = this.#pick(this.#fifo && receivers.length > 0 ? receivers : [...receivers, ...senders]);
      if (chosen === undefined) break;
      if (receivers.includes(chosen)) this.#done(chosen.who, "closed", chosen.index);
      else this.#unpark(chosen.who, "refused");
    }
    this.#done(who, "close");
  }

  #add(who: number, group: number, delta: number, status: Status): void {
    if (status === "releasing") {
      if (this.#counts[group] === 0) this.#release(who, group);
      else this.ending = addedConcurrently;
      return;
    }
    const count = (this.#counts[group] ?? 0) + delta;
    this.#counts[group] = count;
    if (count < 0) this.ending = "sync: negative WaitGroup counter";
    else if (delta > 0 && this.#isReleasing(group)) this.ending = addedConcurrently;
    else if (count > 0 || this.#waiters(group).length === 0) this.#done(who, "add");
    else if (this.#fifo) this.#release(who, group);
    else (this.#threads[who] as Thread).status = "releasing";
  }

  #release(who: number, group: number): void {
    for (const waiter of this.#waiters(group)) {
      if (this.#fifo) this.#done(waiter, "wait");
      else this.#unpark(waiter, "released");
    }
    this.#done(who, "add");
  }

  #wait(who: number, group: number, status: Status): void {
    if (this.#counts[group] === 0) this.#done(who, "wait");
    else if (status === "released") this.ending = "sync: WaitGroup is reused before previous Wait has returned";
    else this.#park(who);
  }

  #waiters(group: number): number[] {
    return this.#line.filter((who) => {
      const operation = this.#operation(who);
      return operation?.kind === "wait" && operation.group === group;
    });
  }

  /** Whether somebody is about to let those go who wait for `group`. */
  #isReleasing(group: number): boolean {
    return this.#threads.some(({ status }, who) => {
      const operation = this.#operation(who);
      return status === "releasing" && operation?.kind === "add" && operation.group === group;
    });
  }

  #lock(who: number, mutex: number): void {
    if (this.#locked[mutex]) {
      this.#park(who);
    } else {
      this.#locked[mutex] = true;
      this.#done(who, "lock");
    }
  }

  #unlock(who: number, mutex: number): void {
    if (!this.#locked[mutex]) {
      this.ending = "sync: unlock of unlocked mutex";
      return;
    }
    const next = this.#line.find((other) => {
      const operation = this.#operation(other);
      return operation?.kind === "lock" && operation.mutex === mutex;
    });
    if (this.#fifo && next !== undefined) this.#done(next, "lock");
    else this.#locked[mutex] = false;
    this.#done(who, "unlock");
  }

  #pipe(channel: number): Pipe {
    return this.#pipes[channel] as Pipe;
  }

  /** With what the parked goroutines wait to send to `channel`, or to receive from it. */
  #offers(kind: "send" | "receive", channel: number): Offer[] {
    return this.#line.flatMap((who) => {
      const offers: Offer[] = [];
      for (const [index, one] of casesOf(this.#operation(who)).entries()) {
        if (one.kind !== kind || one.channel !== channel) continue;
        offers.push({ who, index, value: one.kind === "send" ? one.value : 0 });
      }
      return offers;
    });
  }

  #pick(offers: readonly Offer[]): Offer | undefined {
    const allowed = this.#fifo ? offers.filter(({ who }) => who === offers[0]?.who) : offers;
    return allowed[this.#among(allowed)];
  }

  #among(list: readonly unknown[]): number {
    return list.length > 1 ? this.#choose(list.length) : 0;
  }

  #park(who: number): void {
    (this.#threads[who] as Thread).status = "parked";
    this.#line.push(who);
  }

  #unpark(who: number, status: Status): void {
    (this.#threads[who] as Thread).status = status;
    const place = this.#line.indexOf(who);
    if (place >= 0) this.#line.splice(place, 1);
  }

  /** `who` has done its operation, in a select by the case `index`. */
  #done(who: number, word: string, index: number = 0): void {
    const thread = this.#threads[who] as Thread;
    const operation = this.#operation(who);
    const inSelect = operation?.kind === "select" && word !== "default";
    thread.log = [...thread.log, inSelect ? `${index}:${word}` : word];
    if (operation?.kind !== "range" || word === "closed") thread.next++;
    this.#unpark(who, "running");
  }
}

const addedConcurrently = "sync: WaitGroup misuse: Add called concurrently with Wait";

/** The communications of which `operation` does one; none, if it is something else. */
function casesOf(operation: Operation | undefined): readonly (Send | Receive)[] {
  switch (operation?.kind) {
    case "send":
    case "receive":
      return [operation];
    case "range":
      return [{ kind: "receive", channel: operation.channel }];
    case "select":
      return operation.cases;
    default:
      return [];
  }
}
