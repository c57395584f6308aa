// The real channels of a history, and its contexts: how operations that the model knows as selects are called in the library.

import { Channel, context, type Context, receive, type ReceiveChannel, select, send } from "goro";
import { channelStateOf } from "../../src/channel/channel.ts";
import type { ChannelState } from "../../src/channel/channel-state.ts";
import type { Case } from "./channels.ts";
import { assertInvariants, partiesOf } from "./invariants.ts";
import type { Form } from "./histories.ts";
import type { Register } from "./ledger.ts";

/** What an operation of a channel or a select answers. */
interface Answer {
  readonly case?: number | string;
  readonly value?: number | undefined;
  readonly ok?: boolean;
  readonly done?: boolean;
}

export class Stage {
  readonly channels: Channel<number>[];
  readonly #contexts: [Context, () => void][];
  readonly #register: Register;
  readonly #ranges = new Map<number, AsyncIterator<number>>();

  constructor(capacities: readonly number[], contexts: number, register: Register) {
    this.channels = capacities.map((capacity) => new Channel<number>(capacity));
    this.#contexts = Array.from({ length: contexts }, () => context.withCancel(context.background()));
    this.#register = register;
  }

  /** Calls an operation of the library. Answers its promise; or, in the model's words, what it was told at once. */
  communicate(operation: number, form: Form, cases: readonly Case[], hasDefault: boolean): Promise<unknown> | string {
    const [one] = cases;
    if (form === "select" || one === undefined) return this.#select(cases, hasDefault);
    const channel = this.channels[one.channel as number] as Channel<number>;
    if (form === "try") return told(() => tryOnce(channel, one));
    if (one.kind === "send") return channel.send(one.value);
    if (form === "plain") return channel.receive();
    const range = channel[Symbol.asyncIterator]();
    this.#ranges.set(operation, range);
    return range.next();
  }

  close(channel: number): string {
    return told(() => {
      this.channels[channel]?.close();
      return "close";
    });
  }

  /** Cancels a context, and puts a new one in its place. */
  cancel(index: number): void {
    const [, cancel] = this.#contexts[index] as [Context, () => void];
    cancel();
    this.#contexts[index] = context.withCancel(context.background());
  }

  /** Lets an operation that waits wait no longer. What it is told: the step of a range, that its range has been left. */
  giveUp(operation: number): string | undefined {
    const range = this.#ranges.get(operation);
    if (range === undefined) {
      this.#register.withdraw(operation);
      return undefined;
    }
    void range.return?.();
    return "0:closed";
  }

  /** All that can be seen of a channel, by its number or that of a done channel. It asserts the invariants. */
  look(index: number): string {
    const core = channelStateOf(this.#receivable(index)) as ChannelState<number>;
    assertInvariants(core);
    return `${core.buffer.length} of ${core.capacity}, ${this.#names(core.senders)} > ${this.#names(core.receivers)}`;
  }

  #names(line: ChannelState<number>["senders"]): string {
    return partiesOf(line)
      .map((party) => this.#register.numberOf(party))
      .join();
  }

  #select(cases: readonly Case[], hasDefault: boolean): Promise<unknown> {
    const made = cases.map((one) => this.#case(one));
    if (!hasDefault) return select(made);
    const named = Object.fromEntries(made.map((each, index) => [`case${index}`, each]));
    return select({ ...named, default: true });
  }

  #case(one: Case): ReturnType<typeof send> | ReturnType<typeof receive<number>> {
    if (one.kind === "receive") return receive(one.channel === null ? null : this.#receivable(one.channel));
    return send(one.channel === null ? null : this.channels[one.channel], one.value);
  }

  #receivable(index: number): ReceiveChannel<number> {
    return this.channels[index] ?? (this.#contexts[index - this.channels.length]?.[0] as Context).done();
  }
}

/** What an operation of the library answers or fails with, in the words of the model. */
export function wordOf(result: unknown): string {
  if (result instanceof Error) return result.message;
  const { case: chosen = 0, value, done, ok = done === undefined ? undefined : !done } = (result ?? {}) as Answer;
  if (chosen === "default") return "default";
  const told = ok === undefined ? "send" : ok ? String(value) : `closed${value ?? ""}`;
  return `${String(chosen).replace("case", "")}:${told}`;
}

function tryOnce(channel: Channel<number>, one: Case): string {
  if (one.kind === "send") return channel.trySend(one.value) ? "0:send" : "default";
  const received = channel.tryReceive();
  return received === undefined ? "default" : wordOf(received);
}

function told(call: () => string): string {
  try {
    return call();
  } catch (error) {
    return wordOf(error);
  }
}
