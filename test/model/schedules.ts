// All schedules of a small program: every order of the steps of its goroutines, and every choice that Go leaves open.
//
// The model searches a graph of states. In each step one goroutine tries its next operation: the operation completes, and
// may complete that of a waiting peer, or the goroutine parks. Each state is visited once. The model has no promises, queues
// or waiters: it is derived from Go's specification, independently of goro, so that both are unlikely to share an error.

import type { Operation, Outcome, Program, Receive, Send } from "./program.ts";

/** The options of the search. */
export interface ScheduleOptions {
  /**
   * Without it, all that Go allows: any of several waiters may be served, a new goroutine may take a free mutex before the
   * waiters, and a `WaitGroup` may detect that it is reused too early. With it, the behavior of goro: the waiter that
   * has waited longest is served, a mutex is handed over to it, and a `WaitGroup` can be reused at once.
   */
  readonly fifo?: boolean;
  /** The maximum number of states. The default is 200,000. */
  readonly limit?: number;
}

/** The result of the search. */
export interface Schedules {
  /** Each outcome, encoded by {@link encode}. */
  readonly outcomes: Set<string>;
  /** The number of different states of the program before its end. */
  readonly states: number;
}

/** Every outcome that `program` can have. @throws {RangeError} if there are more states than the limit */
export function outcomesOf(program: Program, options?: ScheduleOptions): Set<string> {
  return explore(program, options).outcomes;
}

/** Every outcome that `program` can have, and the number of states. @throws as {@link outcomesOf} */
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
 * Whether goro may reach `outcome` when the goroutines take their steps in this `order`, of which the last step
 * ends the program unless it is a deadlock. This check is stricter than the set of outcomes, because an outcome does not
 * show which goroutine was parked first.
 */
export function follows(program: Program, order: readonly number[], outcome: Outcome): boolean {
  const seen = encode(outcome);
  let states = new Map([["", State.first(program, true)]]);
  let ends = new Set<string>();
  for (const goroutine of order) {
    const before = states;
    states = new Map();
    ends = new Set();
    for (const state of before.values()) {
      for (const next of stepsOf(state, goroutine)) {
        // A panicking goroutine changes no state, and may end the program only after further steps of other goroutines.
        const after = next instanceof State ? next : state;
        states.set(after.key, after);
        if (!(next instanceof State)) ends.add(encode(next));
      }
    }
  }
  if (outcome.ending !== "deadlock") return ends.has(seen);
  return [...states.values()].some((state) => state.runnable().length === 0 && encode(state.deadlock()) === seen);
}

/** `outcome` as a line: the ending, followed by the log of each goroutine, such as "deadlock | send 3 | 1:closed". */
export function encode({ ending, logs }: Outcome): string {
  return [ending, ...logs.map((log) => log.join(" "))].join(" | ");
}

function successors(state: State): (State | Outcome)[] {
  const goroutines = state.runnable();
  return goroutines.length > 0 ? goroutines.flatMap((goroutine) => stepsOf(state, goroutine)) : [state.deadlock()];
}

function stepsOf(state: State, goroutine: number): (State | Outcome)[] {
  const all: (State | Outcome)[] = [];
  if (!state.runnable().includes(goroutine)) return all;
  forEveryChoice((choose) => {
    const next = state.copy(choose);
    next.step(goroutine);
    all.push(next.ending === null ? next : next.outcomeAt(goroutine));
  });
  return all;
}

/** Returns an integer from 0 to `n` - 1. */
type Choose = (n: number) => number;

/** Calls `run` once for each sequence of numbers that `choose` can return. */
function forEveryChoice(run: (choose: Choose) => void): void {
  const path: { choice: number; readonly of: number }[] = [];
  do {
    let depth = 0;
    run((n) => {
      if (depth === path.length) path.push({ choice: 0, of: n });
      return path[depth++]?.choice ?? 0;
    });
    let last = path.at(-1);
    while (last !== undefined && ++last.choice === last.of) {
      path.pop();
      last = path.at(-1);
    }
  } while (path.length > 0);
}

/**
 * The status of a goroutine. "refused": the channel to which it waited to send was closed; it panics in its next step.
 * "releasing": it has lowered a group to 0 but not woken the waiters; "released": a group has woken it.
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

/** A case of a parked goroutine. */
interface Offer {
  readonly goroutine: number;
  readonly index: number;
  readonly value: number;
}

class State {
  /** The ending; null until the program has ended. */
  ending: string | null = null;

  readonly #fifo: boolean;
  readonly #choose: Choose;
  readonly #threads: readonly Thread[];
  readonly #pipes: readonly Pipe[];
  readonly #counts: number[];
  readonly #locked: boolean[];

  /** The parked goroutines, in the order of parking. */
  readonly #queue: number[];

  private constructor(
    fifo: boolean,
    choose: Choose,
    threads: readonly Thread[],
    pipes: readonly Pipe[],
    counts: number[],
    locked: boolean[],
    queue: number[],
  ) {
    this.#fifo = fifo;
    this.#choose = choose;
    this.#threads = threads;
    this.#pipes = pipes;
    this.#counts = counts;
    this.#locked = locked;
    this.#queue = queue;
  }

  /** The initial state. */
  static first(program: Program, fifo: boolean): State {
    const threads = program.goroutines.map((operations): Thread => {
      return { operations, next: 0, status: "running", log: [] };
    });
    const pipes = program.capacities.map((capacity): Pipe => ({ capacity, buffer: [], closed: false }));
    const counts = Array.from({ length: program.groups }, () => 0);
    const locked = Array.from({ length: program.mutexes }, () => false);
    return new State(fifo, () => 0, threads, pipes, counts, locked, []);
  }

  /** A copy for a step that makes its choices by `choose`. */
  copy(choose: Choose): State {
    const threads = this.#threads.map((thread) => ({ ...thread }));
    const pipes = this.#pipes.map((pipe) => ({ ...pipe }));
    return new State(this.#fifo, choose, threads, pipes, [...this.#counts], [...this.#locked], [...this.#queue]);
  }

  /** A text that is equal for states with equal futures. */
  get key(): string {
    const threads = this.#threads.map(({ next, status, log }) => `${next}${status}${log.join()}`);
    const pipes = this.#pipes.map(({ buffer, closed }) => `${buffer.join()}${closed}`);
    // The order of the waiters is irrelevant if any of them may be served.
    const queue = this.#fifo ? this.#queue.join() : "";
    return [...threads, ...pipes, this.#counts.join(), this.#locked.join(), queue].join(";");
  }

  /** The goroutines that can take a step. */
  runnable(): number[] {
    return [...this.#threads.keys()].filter((goroutine) => {
      const { status, operations, next } = this.#threads[goroutine] as Thread;
      if (status === "running") return goroutine === 0 || next < operations.length;
      if (status !== "parked") return true;
      const waiting = this.#operation(goroutine);
      return waiting?.kind === "lock" && !this.#locked[waiting.mutex];
    });
  }

  /** Performs a step of `goroutine`, which must be runnable. */
  step(goroutine: number): void {
    const { status } = this.#threads[goroutine] as Thread;
    const operation = this.#operation(goroutine);
    if (status === "refused") this.ending = "send on closed channel";
    else if (operation === undefined) this.ending = "returned";
    else this.#try(goroutine, operation, status);
  }

  /** The outcome of a program without runnable goroutines. */
  deadlock(): Outcome {
    return { ending: "deadlock", logs: this.#threads.map(({ log }) => log) };
  }

  /** The outcome of a program that ended by a step of `goroutine`. Others may have done operations without logging them. */
  outcomeAt(goroutine: number): Outcome {
    const logs = this.#threads.map(({ log, status }, other) => {
      const mayLag = other !== goroutine && status === "running" && log.length > 0;
      return mayLag && this.#choose(2) === 1 ? log.slice(0, -1) : log;
    });
    return { ending: this.ending ?? "", logs };
  }

  #operation(goroutine: number): Operation | undefined {
    const { operations, next } = this.#threads[goroutine] as Thread;
    return operations[next];
  }

  #try(goroutine: number, operation: Operation, status: Status): void {
    if (operation.kind === "close") this.#close(goroutine, operation.channel);
    else if (operation.kind === "add") this.#add(goroutine, operation.group, operation.delta, status);
    else if (operation.kind === "wait") this.#wait(goroutine, operation.group, status);
    else if (operation.kind === "lock") this.#lock(goroutine, operation.mutex);
    else if (operation.kind === "unlock") this.#unlock(goroutine, operation.mutex);
    else this.#communicate(goroutine, operation);
  }

  #communicate(goroutine: number, operation: Operation): void {
    const cases = casesOf(operation);
    const ready = cases.filter((selectCase) => this.#isReady(selectCase));
    const chosen = ready[this.#chooseIndex(ready)];
    if (chosen === undefined) {
      if (operation.kind === "select" && operation.default) this.#done(goroutine, "default");
      else this.#park(goroutine);
    } else if (chosen.kind === "send") {
      this.#send(goroutine, cases.indexOf(chosen), chosen);
    } else {
      this.#receive(goroutine, cases.indexOf(chosen), chosen);
    }
  }

  #isReady({ kind, channel }: Send | Receive): boolean {
    const { capacity, buffer, closed } = this.#pipe(channel);
    if (capacity === null) return false;
    if (closed) return true;
    if (kind === "send") return buffer.length < capacity || this.#offers("receive", channel).length > 0;
    return buffer.length > 0 || this.#offers("send", channel).length > 0;
  }

  #send(goroutine: number, index: number, { channel, value }: Send): void {
    const pipe = this.#pipe(channel);
    if (pipe.closed) {
      this.ending = "send on closed channel";
      return;
    }
    const receiver = this.#pick(this.#offers("receive", channel));
    if (receiver === undefined) pipe.buffer = [...pipe.buffer, value];
    else this.#done(receiver.goroutine, String(value), receiver.index);
    this.#done(goroutine, "send", index);
  }

  #receive(goroutine: number, index: number, { channel }: Receive): void {
    const pipe = this.#pipe(channel);
    const sender = this.#pick(this.#offers("send", channel));
    if (sender !== undefined) {
      pipe.buffer = [...pipe.buffer, sender.value];
      this.#done(sender.goroutine, "send", sender.index);
    }
    const [value, ...rest] = pipe.buffer;
    pipe.buffer = rest;
    this.#done(goroutine, value === undefined ? "closed" : String(value), index);
  }

  #close(goroutine: number, channel: number): void {
    const pipe = this.#pipe(channel);
    if (pipe.capacity === null) this.ending = "close of nil channel";
    else if (pipe.closed) this.ending = "close of closed channel";
    if (this.ending !== null) return;
    pipe.closed = true;
    for (;;) {
      const receivers = this.#offers("receive", channel);
      const senders = this.#offers("send", channel);
      // A select may be in both lists: the specification does not define which of its cases is chosen.
      const chosen = this.#pick(this.#fifo && receivers.length > 0 ? receivers : [...receivers, ...senders]);
      if (chosen === undefined) break;
      if (receivers.includes(chosen)) this.#done(chosen.goroutine, "closed", chosen.index);
      else this.#unpark(chosen.goroutine, "refused");
    }
    this.#done(goroutine, "close");
  }

  #add(goroutine: number, group: number, delta: number, status: Status): void {
    if (status === "releasing") {
      if (this.#counts[group] === 0) this.#release(goroutine, group);
      else this.ending = addedConcurrently;
      return;
    }
    const count = (this.#counts[group] ?? 0) + delta;
    this.#counts[group] = count;
    if (count < 0) this.ending = "sync: negative WaitGroup counter";
    else if (delta > 0 && this.#isReleasing(group)) this.ending = addedConcurrently;
    else if (count > 0 || this.#waiters(group).length === 0) this.#done(goroutine, "add");
    else if (this.#fifo) this.#release(goroutine, group);
    else (this.#threads[goroutine] as Thread).status = "releasing";
  }

  #release(goroutine: number, group: number): void {
    for (const waiter of this.#waiters(group)) {
      if (this.#fifo) this.#done(waiter, "wait");
      else this.#unpark(waiter, "released");
    }
    this.#done(goroutine, "add");
  }

  #wait(goroutine: number, group: number, status: Status): void {
    if (this.#counts[group] === 0) this.#done(goroutine, "wait");
    else if (status === "released") this.ending = "sync: WaitGroup is reused before previous Wait has returned";
    else this.#park(goroutine);
  }

  #waiters(group: number): number[] {
    return this.#queue.filter((goroutine) => {
      const operation = this.#operation(goroutine);
      return operation?.kind === "wait" && operation.group === group;
    });
  }

  /** Whether a goroutine is about to wake the waiters of `group`. */
  #isReleasing(group: number): boolean {
    return this.#threads.some(({ status }, goroutine) => {
      const operation = this.#operation(goroutine);
      return status === "releasing" && operation?.kind === "add" && operation.group === group;
    });
  }

  #lock(goroutine: number, mutex: number): void {
    if (this.#locked[mutex]) {
      this.#park(goroutine);
    } else {
      this.#locked[mutex] = true;
      this.#done(goroutine, "lock");
    }
  }

  #unlock(goroutine: number, mutex: number): void {
    if (!this.#locked[mutex]) {
      this.ending = "sync: unlock of unlocked mutex";
      return;
    }
    const next = this.#queue.find((other) => {
      const operation = this.#operation(other);
      return operation?.kind === "lock" && operation.mutex === mutex;
    });
    if (this.#fifo && next !== undefined) this.#done(next, "lock");
    else this.#locked[mutex] = false;
    this.#done(goroutine, "unlock");
  }

  #pipe(channel: number): Pipe {
    return this.#pipes[channel] as Pipe;
  }

  /** The cases of parked goroutines that wait to send to `channel`, or to receive from it. */
  #offers(kind: "send" | "receive", channel: number): Offer[] {
    return this.#queue.flatMap((goroutine) => {
      const offers: Offer[] = [];
      for (const [index, selectCase] of casesOf(this.#operation(goroutine)).entries()) {
        if (selectCase.kind !== kind || selectCase.channel !== channel) continue;
        offers.push({ goroutine, index, value: selectCase.kind === "send" ? selectCase.value : 0 });
      }
      return offers;
    });
  }

  #pick(offers: readonly Offer[]): Offer | undefined {
    const allowed = this.#fifo ? offers.filter(({ goroutine }) => goroutine === offers[0]?.goroutine) : offers;
    return allowed[this.#chooseIndex(allowed)];
  }

  #chooseIndex(list: readonly unknown[]): number {
    return list.length > 1 ? this.#choose(list.length) : 0;
  }

  #park(goroutine: number): void {
    (this.#threads[goroutine] as Thread).status = "parked";
    this.#queue.push(goroutine);
  }

  #unpark(goroutine: number, status: Status): void {
    (this.#threads[goroutine] as Thread).status = status;
    const position = this.#queue.indexOf(goroutine);
    if (position >= 0) this.#queue.splice(position, 1);
  }

  /** Completes the operation of `goroutine`; in a select by the case `index`. */
  #done(goroutine: number, word: string, index: number = 0): void {
    const thread = this.#threads[goroutine] as Thread;
    const operation = this.#operation(goroutine);
    const inSelect = operation?.kind === "select" && word !== "default";
    thread.log = [...thread.log, inSelect ? `${index}:${word}` : word];
    if (operation?.kind !== "range" || word === "closed") thread.next++;
    this.#unpark(goroutine, "running");
  }
}

const addedConcurrently = "sync: WaitGroup misuse: Add called concurrently with Wait";

/** The communications of which `operation` performs one; empty for other kinds of operations. */
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
