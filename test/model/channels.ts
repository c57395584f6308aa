// The model: the Go specification of channels, in code that is simple enough to be checked by reading. It uses only arrays: each
// waiting operation is in one array, and is found by a search.

/** One communication of a select. A channel is identified by its number; null is the nil channel. */
export type Case =
  | { readonly kind: "send"; readonly channel: number | null; readonly value: number }
  | { readonly kind: "receive"; readonly channel: number | null };

/** An operation that waits. */
export interface Waiting {
  readonly operation: number;
  readonly cases: readonly Case[];

  /** The context that can cancel it; null if none can. */
  readonly cancellation: Cancellation | null;
}

/** The context that an operation was given. */
export interface Cancellation {
  readonly context: number;

  /** Whether the operation is a step of a loop, which ends without an error. */
  readonly isLoop: boolean;
}

/** Chooses one of `options`, indices of `cases`. Go chooses at random; here the model follows the choice of the library. */
export type Choose = (operation: number, cases: readonly Case[], options: readonly number[]) => number;

interface State {
  readonly capacity: number;
  readonly buffer: number[];
  closed: boolean;
}

/**
 * Channels and their waiting operations. Every communication is a select: a plain one has one case, and a try also has a
 * default. `results` has the result of each operation by its number: the index of the case, and "send", the value
 * or "closed"; or "default", "close", or the message of the panic.
 */
export class Model {
  readonly channels: State[];

  /** The waiting operations, the longest waiting first. */
  waiting: Waiting[] = [];
  readonly results: Map<number, string> = new Map<number, string>();
  readonly #choose: Choose;

  constructor(capacities: readonly number[], choose: Choose) {
    this.channels = capacities.map(open);
    this.#choose = choose;
  }

  // "If one or more of the communications can proceed, a single one that can proceed is chosen via a uniform pseudo-random
  // selection. Otherwise, if there is a default case, that case is chosen." Without one, "the select statement blocks until
  // at least one of the communications can proceed."
  select(
    operation: number,
    cases: readonly Case[],
    hasDefault: boolean,
    cancellation: Cancellation | null = null,
  ): void {
    const ready = indices(cases, (selectCase) => this.#canProceed(selectCase));
    if (ready.length > 0) this.#proceed(operation, cases, this.#choose(operation, cases, ready));
    else if (hasDefault) this.results.set(operation, "default");
    else this.waiting.push({ operation, cases, cancellation });
  }

  // "After calling close, and after any previously sent values have been received, receive operations will return the zero
  // value for the channel's type without blocking." As in closechan, receivers are woken before senders; the order matters for
  // a select that does both.
  close(operation: number, channel: number): void {
    const state = this.#state(channel);
    if (state.closed) {
      this.results.set(operation, "close of closed channel");
      return;
    }
    state.closed = true;
    this.results.set(operation, "close");
    while (this.#first("receive", channel)) this.#wake("receive", channel, "closed");
    while (this.#first("send", channel)) this.#wake("send", channel, "panics");
  }

  /** Ends the waiting operations that were given `context`: none of their communications has happened. */
  cancel(context: number): void {
    for (const { operation, cancellation } of this.waiting) {
      if (cancellation?.context !== context) continue;
      this.withdraw(operation);
      this.results.set(operation, cancellation.isLoop ? "0:closed" : "context canceled");
    }
  }

  /** Removes a waiting operation without a result. */
  withdraw(operation: number): void {
    this.waiting = this.waiting.filter((waiting) => waiting.operation !== operation);
  }

  /** Replaces a closed channel by a new, open one. */
  renew(channel: number): void {
    this.channels[channel] = open(this.#state(channel).capacity);
  }

  /** The operations that wait to send or receive, the longest waiting first; a select is listed once for each of its cases. */
  queue(kind: Case["kind"], channel: number): number[] {
    const queue: number[] = [];
    for (const { operation, cases } of this.waiting) {
      for (const selectCase of cases) if (isCase(selectCase, kind, channel)) queue.push(operation);
    }
    return queue;
  }

  // "A send on an unbuffered channel can proceed if a receiver is ready. A send on a buffered channel can proceed if there is
  // room in the buffer. A send on a closed channel proceeds by causing a run-time panic." Nil channels are never ready.
  #canProceed({ kind, channel }: Case): boolean {
    if (channel === null) return false;
    const { buffer, capacity, closed } = this.#state(channel);
    if (closed) return true;
    if (kind === "send") return buffer.length < capacity || this.#first("receive", channel) !== undefined;
    return buffer.length > 0 || this.#first("send", channel) !== undefined;
  }

  #proceed(operation: number, cases: readonly Case[], chosen: number): void {
    const selectCase = cases[chosen] as Case;
    const result = selectCase.kind === "send" ? this.#send(selectCase) : this.#receive(selectCase);
    this.results.set(operation, result === "panics" ? sendOnClosed : `${chosen}:${result}`);
  }

  #send({ channel, value }: Case & { kind: "send" }): string {
    const { buffer, closed } = this.#state(channel);
    if (closed) return "panics";
    if (this.#first("receive", channel)) this.#wake("receive", channel, String(value));
    else buffer.push(value);
    return "send";
  }

  // The value of the first sender is appended to the buffer: at any capacity, the value that has waited longest comes first.
  #receive({ channel }: Case): string {
    const { buffer } = this.#state(channel);
    if (this.#first("send", channel))
      buffer.push((this.#wake("send", channel, "send") as Case & { kind: "send" }).value);
    const value = buffer.shift();
    return value === undefined ? "closed" : String(value);
  }

  #first(kind: Case["kind"], channel: number | null): Waiting | undefined {
    return this.waiting.find(({ cases }) => cases.some((selectCase) => isCase(selectCase, kind, channel)));
  }

  /** Completes the first waiting operation, which must exist, and returns the chosen case. */
  #wake(kind: Case["kind"], channel: number | null, result: string): Case {
    const { operation, cases } = this.#first(kind, channel) as Waiting;
    const chosen = this.#choose(operation, cases, matching(cases, kind, channel));
    this.withdraw(operation);
    this.results.set(operation, result === "panics" ? sendOnClosed : `${chosen}:${result}`);
    return cases[chosen] as Case;
  }

  #state(channel: number | null): State {
    return this.channels[channel as number] as State;
  }
}

/** Go's message for a send on a closed channel. */
export const sendOnClosed = "send on closed channel";

function open(capacity: number): State {
  return { capacity, buffer: [], closed: false };
}

function matching(cases: readonly Case[], kind: Case["kind"], channel: number | null): number[] {
  return indices(cases, (selectCase) => isCase(selectCase, kind, channel));
}

function isCase(selectCase: Case, kind: Case["kind"], channel: number | null): boolean {
  return selectCase.kind === kind && selectCase.channel === channel;
}

function indices(cases: readonly Case[], is: (selectCase: Case) => boolean): number[] {
  return [...cases.keys()].filter((index) => is(cases[index] as Case));
}
