// The model of a Broadcast: it computes the result of each call from the calls before it. Values are numbers.

import fc, { type Arbitrary } from "fast-check";

export type Policy = "wait" | "drop-oldest" | "drop-newest";

/** A call. `of` selects a subscription or a cancelable send by its number, counted over again when there are fewer. */
export type Call =
  | { readonly method: "subscribe"; readonly capacity: number; readonly overflow: Policy }
  | { readonly method: "send"; readonly by: "nothing" | "ctx" | "signal" }
  | { readonly method: "trySend" | "close" }
  | { readonly method: "settle" }
  | { readonly method: "receive" | "tryReceive" | "unsubscribe" | "cancel"; readonly of: number };

const of = fc.nat(5);
const call = (method: Call["method"]): Arbitrary<Call> => fc.record({ method: fc.constant(method), of }) as never;

const subscribe: Arbitrary<Call> = fc.record({
  method: fc.constant("subscribe"),
  capacity: fc.nat(3),
  overflow: fc.constantFrom<Policy[]>("wait", "drop-oldest", "drop-newest"),
});
const send: Arbitrary<Call> = fc.record({
  method: fc.constant("send"),
  by: fc.constantFrom("nothing", "ctx", "signal"),
});

/** Calls, and between some of them a "settle", at which all goroutines run until they are blocked. */
export const calls: Arbitrary<Call[]> = fc.array(
  fc.oneof(
    { weight: 3, arbitrary: subscribe },
    { weight: 8, arbitrary: send },
    { weight: 2, arbitrary: call("trySend") },
    { weight: 6, arbitrary: call("receive") },
    { weight: 2, arbitrary: call("tryReceive") },
    { weight: 2, arbitrary: call("unsubscribe") },
    { weight: 4, arbitrary: call("cancel") },
    { weight: 4, arbitrary: call("settle") },
    { weight: 1, arbitrary: call("close") },
  ),
  { maxLength: 40, size: "max" },
);

interface ModelSend {
  readonly id: number;
  readonly value: number;
  readonly waitsFor: Set<ModelSubscription>;
}

interface ModelSubscription {
  readonly capacity: number;
  readonly overflow: Policy;
  readonly buffer: number[];
  readonly senders: ModelSend[];
  readonly receivers: number[];
  dropped: number;
  hasEnded: boolean;
}

export class BroadcastModel {
  /** The results of the calls that have one, by the number of the call. */
  readonly results: Map<number, string> = new Map<number, string>();
  readonly subscriptions: ModelSubscription[] = [];
  readonly sends: ModelSend[] = [];
  readonly #replay: number;
  readonly #last: number[] = [];
  #isClosed = false;

  constructor(replay: number) {
    this.#replay = replay;
  }

  subscribe(capacity: number, overflow: Policy): void {
    const size = overflow === "wait" ? capacity : Math.max(1, capacity);
    const buffer = this.#last.slice(Math.max(0, this.#last.length - size));
    const hasEnded = this.#isClosed;
    const subscription = { capacity: size, overflow, buffer, senders: [], receivers: [], dropped: 0, hasEnded };
    this.subscriptions.push(subscription);
  }

  send(id: number, value: number): void {
    const sending: ModelSend = { id, value, waitsFor: new Set() };
    this.sends.push(sending);
    if (this.#isClosed) {
      this.results.set(id, "panic");
      return;
    }
    this.#last.push(value);
    if (this.#last.length > this.#replay) this.#last.shift();
    for (const subscription of this.#open()) this.#offer(subscription, sending);
    if (sending.waitsFor.size === 0) this.results.set(id, "sent");
  }

  trySend(value: number): string {
    if (this.#isClosed) return "panic";
    const isFull = ({ overflow, receivers, buffer, capacity }: ModelSubscription): boolean =>
      overflow === "wait" && receivers.length === 0 && buffer.length === capacity;
    if (this.#open().some(isFull)) return "false";
    this.send(-1, value);
    return "true";
  }

  receive(id: number, subscription: ModelSubscription): void {
    const result = this.tryReceive(subscription);
    if (result === "nothing") subscription.receivers.push(id);
    else this.results.set(id, result);
  }

  tryReceive(subscription: ModelSubscription): string {
    const { buffer, senders, hasEnded } = subscription;
    const sender = senders.shift();
    if (sender !== undefined) {
      buffer.push(sender.value);
      this.#delivered(sender, subscription);
    }
    const value = buffer.shift();
    if (value !== undefined) return String(value);
    return hasEnded ? "ended" : "nothing";
  }

  unsubscribe(subscription: ModelSubscription): void {
    subscription.buffer.length = 0;
    for (const sender of subscription.senders.splice(0)) this.#delivered(sender, subscription);
    this.#end(subscription);
  }

  cancel(sending: ModelSend): void {
    this.#fail(sending, "canceled");
  }

  close(): string {
    if (this.#isClosed) return "panic";
    const open = this.#open();
    this.#isClosed = true;
    for (const sending of this.sends) this.#fail(sending, "panic");
    for (const subscription of open) this.#end(subscription);
    return "undefined";
  }

  /** The lengths of the buffers, and the numbers of dropped values. */
  get state(): unknown {
    return this.subscriptions.map(({ buffer, dropped }) => [buffer.length, dropped]);
  }

  /** The number of subscriptions that are open, and the number of sends that wait. */
  get counts(): [number, number] {
    return [this.#open().length, this.sends.filter(({ waitsFor }) => waitsFor.size > 0).length];
  }

  #open(): ModelSubscription[] {
    return this.subscriptions.filter(({ hasEnded }) => !hasEnded);
  }

  #offer(subscription: ModelSubscription, sending: ModelSend): void {
    const { receivers, buffer, capacity, overflow, senders } = subscription;
    const receiver = receivers.shift();
    if (receiver !== undefined) {
      this.results.set(receiver, String(sending.value));
    } else if (buffer.length < capacity) {
      buffer.push(sending.value);
    } else if (overflow === "wait") {
      senders.push(sending);
      sending.waitsFor.add(subscription);
    } else {
      subscription.dropped++;
      if (overflow === "drop-oldest") buffer.splice(0, buffer.length, ...buffer.slice(1), sending.value);
    }
  }

  #delivered(sending: ModelSend, subscription: ModelSubscription): void {
    sending.waitsFor.delete(subscription);
    if (sending.waitsFor.size === 0) this.results.set(sending.id, "sent");
  }

  #fail(sending: ModelSend, result: string): void {
    if (sending.waitsFor.size === 0) return;
    for (const { senders } of sending.waitsFor) senders.splice(senders.indexOf(sending), 1);
    sending.waitsFor.clear();
    this.results.set(sending.id, result);
  }

  #end(subscription: ModelSubscription): void {
    subscription.hasEnded = true;
    for (const receiver of subscription.receivers.splice(0)) this.results.set(receiver, "ended");
  }
}
