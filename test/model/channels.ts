// The model: what the Go specification says of channels, so simple that a reader believes it at sight. There are only arrays,
// everybody who waits stands in one of them, and whoever is looked for is searched for.

/** One communication of a select. A channel is known by its number; null is the nil channel. */
export type Case =
  | { readonly kind: "send"; readonly channel: number | null; readonly value: number }
  | { readonly kind: "receive"; readonly channel: number | null };

/** An operation that waits. */
export interface Waiting {
  readonly operation: number;
  readonly cases: readonly Case[];
}

/** Which of `options`, indices of `cases`, happens: it is chance in Go, and here the model follows what really happened. */
export type Choose = (operation: number, cases: readonly Case[], options: readonly number[]) => number;

interface State {
  readonly capacity: number;
  readonly buffer: number[];
  closed: boolean;
}

/**
 * Channels, and all who wait for them. Every communication is a select: a plain one has one case, and one that tries has a
 * default as well. What operations are told goes into `told`, by their number: the index of the case, and "send", the value
 * or "closed"; or "default", "close", or the sentence of the panic.
 */
export class Model {
  readonly channels: State[];

  /** Who waits, the longest first. */
  waiting: Waiting[] = [];
  readonly told: Map<number, string> = new Map<number, string>();
  readonly #choose: Choose;

  constructor(capacities: readonly number[], choose: Choose) {
    this.channels = capacities.map(open);
    this.#choose = choose;
  }

  // "If one or more of the communications can proceed, a single one that can proceed is chosen via a uniform pseudo-random
  // selection. Otherwise, if there is a default case, that case is chosen. If there is no default case, the select statement
  // blocks until at least one of the communications can proceed."
  select(operation: number, cases: readonly Case[], hasDefault: boolean): void {
    const ready = indices(cases, (one) => this.#canProceed(one));
    if (ready.length > 0) this.#proceed(operation, cases, this.#choose(operation, cases, ready));
    else if (hasDefault) this.told.set(operation, "default");
    else this.waiting.push({ operation, cases });
  }

  // "After calling close, and after any previously sent values have been received, receive operations will return the zero
  // value for the channel's type without blocking." As closechan does it, receivers hear of it before senders: that counts for
  // a select that is both.
  close(operation: number, channel: number): void {
    const state = this.#state(channel);
    if (state.closed) {
      this.told.set(operation, "close of closed channel");
      return;
    }
    state.closed = true;
    this.told.set(operation, "close");
    while (this.#first("receive", channel)) this.#wake("receive", channel, "closed");
    while (this.#first("send", channel)) this.#wake("send", channel, "panics");
  }

  /** The operation waits no longer, and has not happened. */
  giveUp(operation: number): void {
    this.waiting = this.waiting.filter((one) => one.operation !== operation);
  }

  /** Puts a new, open channel in the place of a closed one. */
  renew(channel: number): void {
    this.channels[channel] = open(this.#state(channel).capacity);
  }

  /** The numbers of those who wait to send or receive, the longest first; a select, as often as it waits. */
  line(kind: Case["kind"], channel: number): number[] {
    const line: number[] = [];
    for (const { operation, cases } of this.waiting) {
      for (const one of cases) if (isOne(one, kind, channel)) line.push(operation);
    }
    return line;
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
    const one = cases[chosen] as Case;
    const told = one.kind === "send" ? this.#send(one) : this.#receive(one);
    this.told.set(operation, told === "panics" ? sendOnClosed : `${chosen}:${told}`);
  }

  #send({ channel, value }: Case & { kind: "send" }): string {
    const { buffer, closed } = this.#state(channel);
    if (closed) return "panics";
    if (this.#first("receive", channel)) this.#wake("receive", channel, String(value));
    else buffer.push(value);
    return "send";
  }

  // The first sender moves up behind what is in the buffer: the longest waiting value is the first of all, with any capacity.
  #receive({ channel }: Case): string {
    const { buffer } = this.#state(channel);
    if (this.#first("send", channel))
      buffer.push((this.#wake("send", channel, "send") as Case & { kind: "send" }).value);
    const value = buffer.shift();
    return value === undefined ? "closed" : String(value);
  }

  #first(kind: Case["kind"], channel: number | null): Waiting | undefined {
    return this.waiting.find(({ cases }) => cases.some((one) => isOne(one, kind, channel)));
  }

  /** Tells the first who waits, who must be there, what became of it, and answers which of its cases that was. */
  #wake(kind: Case["kind"], channel: number | null, told: string): Case {
    const { operation, cases } = this.#first(kind, channel) as Waiting;
    const chosen = this.#choose(operation, cases, matching(cases, kind, channel));
    this.giveUp(operation);
    this.told.set(operation, told === "panics" ? sendOnClosed : `${chosen}:${told}`);
    return cases[chosen] as Case;
  }

  #state(channel: number | null): State {
    return this.channels[channel as number] as State;
  }
}

/** What Go prints of a send that can never be received. */
export const sendOnClosed = "send on closed channel";

function open(capacity: number): State {
  return { capacity, buffer: [], closed: false };
}

function matching(cases: readonly Case[], kind: Case["kind"], channel: number | null): number[] {
  return indices(cases, (one) => isOne(one, kind, channel));
}

function isOne(one: Case, kind: Case["kind"], channel: number | null): boolean {
  return one.kind === kind && one.channel === channel;
}

function indices(cases: readonly Case[], is: (one: Case) => boolean): number[] {
  return [...cases.keys()].filter((index) => is(cases[index] as Case));
}
