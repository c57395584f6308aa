// The state of one channel. Changed only by synchronous calls; does not use promises or timers, and never calls user code.
//
// Invariants, whenever no method is on the stack:
//   1. Senders or receivers is empty, unless one select is queued in both.
//   2. If the buffer holds a value, no receiver is queued.
//   3. If the buffer has room, no sender is queued.
//   4. If the channel is closed, both queues are empty.
//   5. The buffer holds at most `capacity` values.
// Therefore each operation below is a straight line: is a peer queued? has the buffer room, or a value? If not, the operation would wait.

import { hooks } from "../runtime/hooks.ts";
import { PanicError } from "../runtime/panic.ts";
import { currentRealm, type Realm, realmLookup } from "../runtime/realm.ts";
import type { Waiter } from "../runtime/waiter.ts";
import { escapeControlChars } from "../util/inspect.ts";
import { RingBuffer } from "../util/ring-buffer.ts";
import { type Listener, notify, WaitQueue } from "../util/wait-queue.ts";

/**
 * The timer behind a timer's channel. It is scheduled only while a receiver waits, and is otherwise evaluated when the channel is
 * accessed. So a timer without a receiver keeps no process alive, and can be collected like any other object.
 */
export interface TimerSource {
  /** Called before the channel is checked for a value: sends the timer's value if it is due. */
  poll(): void;

  /** Called when a receiver has been queued. */
  arm(): void;

  /** Called when the last receiver has left its queue without a value. */
  disarm(): void;

  /** Whether `length` and `capacity` show the buffer; as in Go, they do not for timers. */
  readonly showsBuffer?: boolean;
}

/** The state of a channel: `hchan` of runtime/chan.go. */
export class ChannelState<T> {
  readonly capacity: number;

  /** The name of the channel in reports; "" if it has none. */
  readonly name: string;
  readonly buffer: RingBuffer<T> = new RingBuffer<T>();
  readonly senders: WaitQueue<Waiter<T>> = new WaitQueue<Waiter<T>>();
  readonly receivers: WaitQueue<Waiter<T>> = new WaitQueue<Waiter<T>>();
  closed = false;

  /** Whether the channel will never be ready. Its waiters are counted and not queued, so that it keeps none of them in memory. */
  isNever = false;
  source: TimerSource | null = null;

  /** Notified when the channel has been closed; they run no user code. Null before the first. */
  closeListeners: WaitQueue<Listener> | null = null;

  /** The receive case that was made last for this channel; after a select with it, until the next turn of the event loop. */
  cachedReceiveCase: Waiter<T> | null = null;

  /** The realm in which the channel was created; null if all realms share it. */
  realm: Realm | undefined | null = currentRealm();

  constructor(capacity: number, name: string = "") {
    this.capacity = capacity;
    this.name = name;
    if (hooks !== null) hooks.channelCreated(this);
  }

  /** The channel as a report shows it. */
  toString(): string {
    const name = this.name === "" ? "a channel" : escapeControlChars(this.name);
    if (this.closed) return `${name} (closed)`;
    return this.capacity === 0 || this.isTimer ? name : `${name} (${this.buffer.length} of ${this.capacity})`;
  }

  /** The state for `console.log`, such as `Channel(jobs) 2/10, 1 receiver waiting`. */
  describe(): string {
    const name = this.name === "" ? "" : `(${escapeControlChars(this.name)})`;
    const buffer = this.capacity === 0 ? " unbuffered" : ` ${this.buffer.length}/${this.capacity}`;
    const receivers = countWaiting(this.receivers.count(), "receiver");
    const senders = countWaiting(this.senders.count(), "sender");
    return `Channel${name}${this.isTimer ? "" : buffer}${this.closed ? ", closed" : ""}${receivers}${senders}`;
  }

  /** Whether only code of the caller's realm can wake a waiter of this channel. */
  get isDurable(): boolean {
    return realmLookup === null || this.realm === null || this.realm === realmLookup();
  }

  /** Whether a receiver waits, or a listener for its closing. */
  get isAwaited(): boolean {
    return this.receivers.first !== null || (this.closeListeners !== null && this.closeListeners.first !== null);
  }

  /** Whether it is the channel of a timer, whose buffer is hidden. */
  get isTimer(): boolean {
    return this.source !== null && this.source.showsBuffer !== true;
  }

  /** Whether a send would not wait. On a closed channel it would panic. */
  get canSend(): boolean {
    return this.receivers.first !== null || this.buffer.length < this.capacity || this.closed;
  }

  /** Whether there is a value to receive. */
  get canReceive(): boolean {
    if (this.source !== null) this.source.poll();
    return this.buffer.length > 0 || this.senders.first !== null;
  }

  /** Like {@link sendNow}, and panics if the channel is closed. */
  sendIfReady(value: T): boolean {
    if (this.closed) throw new PanicError("send on closed channel");
    return this.sendNow(value);
  }

  /** Like {@link sendIfReady}, and returns false also for a value that was dropped. */
  trySend(value: T): boolean {
    return this.sendIfReady(value);
  }

  /**
   * Sends `value` to the first receiver or otherwise to the buffer, of a channel that is not closed; returns false if the send would wait.
   *
   * The receiver leaves all its queues before a hook is called, and is woken afterwards: a hook that uses the channel finds it in a
   * valid state.
   */
  sendNow(value: T): boolean {
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

  /** Receives the oldest value, which must exist: see {@link canReceive}. The value of the first sender enters the buffer in the same step. */
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
  pushReceiver(receiver: Waiter<T>): void {
    if (this.isNever) return;
    this.receivers.push(receiver);
    if (this.source !== null) this.source.arm();
  }

  /** Removes `waiter` from its queue without serving it. */
  removeWaiter(waiter: Waiter<T>): void {
    waiter.queue?.remove(waiter);
    if (this.source !== null && this.receivers.first === null) this.source.disarm();
  }

  /** Closes the channel and wakes all waiters; panics if it is closed. */
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
    if (this.closeListeners !== null) this.closeListeners.drain(notify);
  }

  /** Notifies `listener` when the channel is closed; immediately if it is. A listener that waits can leave its queue. */
  onClose(listener: Listener): void {
    if (this.closed) listener.notify();
    else (this.closeListeners ??= new WaitQueue<Listener>()).push(listener);
  }
}

function countWaiting(count: number, noun: string): string {
  return count === 0 ? "" : `, ${count} ${noun}${count === 1 ? "" : "s"} waiting`;
}
