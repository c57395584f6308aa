// The real channels and contexts of a history. It maps the selects of the model to operations of the library.

import { Channel, context, type Context, receive, type ReceiveChannel, select, send } from "goro";
import { channelStateOf } from "../../src/channel/channel.ts";
import type { ChannelState } from "../../src/channel/channel-state.ts";
import type { Case } from "./channels.ts";
import { assertInvariants, waitersOf } from "./invariants.ts";
import type { Form } from "./operations.ts";
import type { WaiterRegister } from "./bookkeeping.ts";

/** The result of an operation of a channel or of a select. */
interface Answer {
  readonly case?: number | string;
  readonly value?: number | undefined;
  readonly ok?: boolean;
  readonly done?: boolean;
}

export class SystemUnderTest {
  readonly channels: Channel<number>[];
  readonly #contexts: [Context, () => void][];
  readonly #register: WaiterRegister;
  readonly #ranges = new Map<number, AsyncIterator<number>>();

  constructor(capacities: readonly number[], contexts: number, register: WaiterRegister) {
    this.channels = capacities.map((capacity) => new Channel<number>(capacity));
    this.#contexts = Array.from({ length: contexts }, () => context.withCancel(context.background()));
    this.#register = register;
  }

  /** Calls an operation of the library. Returns its promise, or its immediate result in the notation of the model. */
  communicate(
    operation: number,
    form: Form,
    cases: readonly Case[],
    hasDefault: boolean,
    contextIndex: number | null,
  ): Promise<unknown> | string {
    const [selectCase] = cases;
    if (form === "select" || selectCase === undefined) return this.#select(cases, hasDefault);
    const channel = this.channels[selectCase.channel as number] as Channel<number>;
    if (form === "try") return resultOf(() => tryCommunication(channel, selectCase));
    const options =
      contextIndex === null ? undefined : { ctx: (this.#contexts[contextIndex] as [Context, () => void])[0] };
    if (selectCase.kind === "send") return channel.send(selectCase.value, options);
    if (form === "plain") return channel.receive(options);
    const range = channel.values(options);
    this.#ranges.set(operation, range);
    return range.next();
  }

  close(channel: number): string {
    return resultOf(() => {
      this.channels[channel]?.close();
      return "close";
    });
  }

  /** Cancels a context, and replaces it by a new one. */
  cancel(index: number): void {
    const [, cancel] = this.#contexts[index] as [Context, () => void];
    cancel();
    this.#contexts[index] = context.withCancel(context.background());
  }

  /** Ends a waiting operation. Returns its result: a step of a range ends as after a close, other operations get no result. */
  withdraw(operation: number): string | undefined {
    const range = this.#ranges.get(operation);
    if (range === undefined) {
      this.#register.withdraw(operation);
      return undefined;
    }
    void range.return?.();
    return "0:closed";
  }

  /** Describes the state of a channel or of a done channel, by its number. It asserts the invariants. */
  describeChannel(index: number): string {
    const core = channelStateOf(this.#receivable(index)) as ChannelState<number>;
    assertInvariants(core);
    return `${core.buffer.length} of ${core.capacity}, ${this.#operationsOf(core.senders)} > ${this.#operationsOf(core.receivers)}`;
  }

  #operationsOf(queue: ChannelState<number>["senders"]): string {
    return waitersOf(queue)
      .map((party) => this.#register.numberOf(party))
      .join();
  }

  #select(cases: readonly Case[], hasDefault: boolean): Promise<unknown> {
    const list = cases.map((selectCase) => this.#case(selectCase));
    if (!hasDefault) return select(list);
    const named = Object.fromEntries(list.map((selectCase, index) => [`case${index}`, selectCase]));
    return select({ ...named, default: true });
  }

  #case(selectCase: Case): ReturnType<typeof send> | ReturnType<typeof receive<number>> {
    if (selectCase.kind === "receive")
      return receive(selectCase.channel === null ? null : this.#receivable(selectCase.channel));
    return send(selectCase.channel === null ? null : this.channels[selectCase.channel], selectCase.value);
  }

  #receivable(index: number): ReceiveChannel<number> {
    return this.channels[index] ?? (this.#contexts[index - this.channels.length]?.[0] as Context).done();
  }
}

/** Formats the result or the error of an operation of the library in the notation of the model. */
export function formatResult(result: unknown): string {
  if (result instanceof Error) return result.message;
  const { case: chosen = 0, value, done, ok = done === undefined ? undefined : !done } = (result ?? {}) as Answer;
  if (chosen === "default") return "default";
  const text = ok === undefined ? "send" : ok ? String(value) : `closed${value ?? ""}`;
  return `${String(chosen).replace("case", "")}:${text}`;
}

function tryCommunication(channel: Channel<number>, selectCase: Case): string {
  if (selectCase.kind === "send") return channel.trySend(selectCase.value) ? "0:send" : "default";
  const received = channel.tryReceive();
  return received === undefined ? "default" : formatResult(received);
}

function resultOf(call: () => string): string {
  try {
    return call();
  } catch (error) {
    return formatResult(error);
  }
}
