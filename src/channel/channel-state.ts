// The state of one channel, changed only by synchronous calls. It has never heard of promises, and no user code runs in it.
//
// Invariants, whenever no method is on the stack:
//   1. Senders or receivers is empty, unless one single select stands in both lines.
//   2. While a value is in the buffer, nobody stands in receivers.
//   3. While there is room in the buffer, nobody stands in senders.
//   4. A closed channel has nobody in either line.
//   5. The buffer holds at most `capacity` values.
// Because of them each operation below is a straight line: is a peer waiting? is there room, or a value? else it is no.

import { escapeControlChars } from "../util/inspect.ts";
import { PanicError } from "../runtime/panic.ts";
import { WaitQueue } from "../util/wait-queue.ts";
import { RingBuffer } from "../util/ring-buffer.ts";
import { hooks } from "../runtime/hooks.ts";
import type { Waiter } from "../runtime/waiter.ts";
import { currentRealm, realmLookup, type Realm } from "../runtime/realm.ts";

/**
 * What stands behind a timer's channel. The timer runs only while somebody waits for it; else it is looked at when somebody
 * asks. So a timer that nobody waits for keeps no process alive, and can be collected like any other object.
 */
export interface TimerSource {
  /** Somebody asks: if the time has come, the source offers its value now. */
  poll(): void;
  /** Somebody has begun to wait. */
  arm(): void;
  /** Nobody waits any more, and the source has not sent anything. */
  disarm(): void;
  /** Whether the values in the buffer count as those of any channel; the buffer of a timer's channel is hidden, as in Go. */
  readonly showsBuffer?: boolean;
}

export class ChannelState<T> {
  readonly capacity: number;

  /** What people call the channel; "", if they have no name for it. */
  readonly name: string;
  readonly buffer: RingBuffer<T> = new RingBuffer<T>();
  readonly senders: WaitQueue<Waiter<T>> = new WaitQueue<Waiter<T>>();
  readonly receivers: WaitQueue<Waiter<T>> = new WaitQueue<Waiter<T>>();
  closed = false;

  /** It will never be ready: a wait for it is counted, but not queued, so that it retains nothing. */
  isNever = false;
  source: TimerSource | null = null;

  /** Called, in no particular order, when the channel has been closed. They run no user code. Null, if there are none. */
  closeListeners: Set<() => void> | null = null;

  /** The case of a select that was made last to receive from here. */
  cachedReceiveCase: Waiter<T> | null = null;

  /** The world in which it was made; null, if it is every world's. */
  realm: Realm | undefined | null = currentRealm();

  constructor(capacity: number, name: string = "") {
    this.capacity = capacity;
    this.name = name;
    if (hooks !== null) hooks.channelCreated(this);
  }

  /** The channel in a report. */
  toString(): string {
    const name = this.name === "" ? "a channel" : escapeControlChars(this.name);
    if (this.closed) return `${name} (closed)`;
    return this.capacity === 0 || this.isTimer ? name : `${name} (${this.buffer.length} of ${this.capacity})`;
  }

  /** Whether nobody outside of the world that asks can wake whoever waits here. */
  get isDurable(): boolean {
    return realmLookup === null || this.realm === null || this.realm === realmLookup();
  }

  /** Whether it is the channel of a timer, whose buffer is hidden. */
  get isTimer(): boolean {
    return this.source !== null && this.source.showsBuffer !== true;
  }

  /** Whether a send would not wait; on a closed channel it would panic, and that is not waiting either. */
  get canSend(): boolean {
    return this.receivers.first !== null || this.buffer.length < this.capacity || this.closed;
  }

  /** Whether there is a value to take. */
  get canReceive(): boolean {
    if (this.source !== null) this.source.poll();
    return this.buffer.length > 0 || this.senders.first !== null;
  }

  /**
   * Gives `value` to the first receiver or, if there is none, to the buffer; false if neither is possible now.
   *
   * The waiter that is served leaves all its queues before a listener is called, and is told its result afterwards: so a listener
   * that uses the channel finds it in a valid state.
   */
  trySend(value: T): boolean {
    if (this.closed) throw new PanicError("send on closed channel");
    const receiver = this.receivers.shift();
    if (receiver !== null) {
      receiver.value = value;
      receiver.ok = true;
      if (hooks !== null) {
        receiver.leaveQueues();
        hooks.valueMoved(this, value, null, receiver.parkedOperation, this.buffer.length);
      }
      receiver.wake(receiver as never, this.capacity > 0);
      return true;
    }
    if (this.buffer.length === this.capacity) return false;
    this.buffer.push(value);
    if (hooks !== null) hooks.valueMoved(this, value, null, this, this.buffer.length);
    return true;
  }

  /** Takes the oldest value, which must be there: see {@link canReceive}. The first sender moves up in the same step. */
  receiveNow(): T {
    const sender = this.senders.shift();
    if (sender === null) {
      const value = this.buffer.shift();
      if (hooks !== null) hooks.valueMoved(this, value, this, null, this.buffer.length);
      return value;
    }
    const sent = sender.value as T;
    let value = sent;
    sender.ok = true;
    if (this.capacity > 0) {
      value = this.buffer.shift();
      this.buffer.push(sent);
    }
    if (hooks !== null) {
      sender.leaveQueues();
      if (this.capacity > 0) {
        hooks.valueMoved(this, value, this, null, this.capacity - 1);
        hooks.valueMoved(this, sent, sender.parkedOperation, this, this.capacity);
      } else {
        hooks.valueMoved(this, sent, sender.parkedOperation, null, 0);
      }
    }
    sender.wake(sender as never, this.capacity > 0);
    return value;
  }

  /** Queues a receiver. */
  awaitedBy(receiver: Waiter<T>): void {
    if (this.isNever) return;
    this.receivers.push(receiver);
    this.onReceiverParked();
  }

  /** Must be called when a receiver has been queued. */
  onReceiverParked(): void {
    if (this.source !== null) this.source.arm();
  }

  close(): void {
    if (this.closed) throw new PanicError("close of closed channel");
    this.closed = true;
    if (hooks !== null) hooks.close(this);
    for (let receiver = this.receivers.shift(); receiver !== null; receiver = this.receivers.shift()) {
      receiver.value = undefined;
      receiver.ok = false;
      receiver.wake(receiver as never, this.capacity > 0);
    }
    for (let sender = this.senders.shift(); sender !== null; sender = this.senders.shift()) {
      sender.ok = false;
      sender.wake(sender as never, this.capacity > 0);
    }
    if (this.closeListeners !== null) for (const listener of this.closeListeners) listener();
  }

  /** Calls `listener` when the channel is closed; immediately, if it is. Returns a function that removes the listener. */
  onClose(listener: () => void): () => void {
    if (this.closed) {
      listener();
      return () => undefined;
    }
    this.closeListeners ??= new Set();
    this.closeListeners.add(listener);
    return () => this.closeListeners?.delete(listener);
  }

  /** Lets `waiter` go without having been served. */
  removeWaiter(waiter: Waiter<T>): void {
    waiter.queue?.remove(waiter);
    if (this.source !== null && this.receivers.first === null) this.source.disarm();
  }
}
