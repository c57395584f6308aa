// The timer behind the channel of a Timer or a Ticker, due once or periodically. It is scheduled on the clock only while a receiver
// waits; otherwise it is evaluated when the channel is accessed. So a timer without a receiver costs no host timer, an unread tick can be
// withdrawn, and an unreachable timer is collected like any other object.
//
// Invariants, whenever no method is on the stack:
//   1. It is scheduled if and only if it is active, a receiver waits for its channel, and it is due at a finite time.
//   2. Its channel holds at most one value: ticks that a slow receiver misses are dropped.
//
// See `maybeRunChan` and `blockTimerChan` of runtime/time.go, Go 1.23 and later.

import { RuntimeTimer } from "../runtime/timer.ts";
import type { Clock } from "../runtime/timer-queue.ts";
import { Channel, channelStateOf } from "../channel/channel.ts";
import type { ChannelState, TimerSource } from "../channel/channel-state.ts";

/** A channel that a timer sends to. */
export class TimerChannel implements TimerSource {
  readonly channel: Channel<number>;
  readonly #state: ChannelState<number>;
  readonly #timer = new RuntimeTimer("time.Timer", () => this.#fire());
  #active = false;
  #dueAt = 0;
  #period = 0;

  // The wall time at 0 of the monotonic clock. It is changed only when the clocks disagree with it, so that ticks are exactly one period
  // apart.
  #wallOffset = 0;

  /** Starts a timer that is due in `delay` milliseconds and, if `period` is above 0, every `period` milliseconds after that. */
  constructor(delay: number, period: number) {
    this.channel = new Channel<number>(1, { name: period > 0 ? "time.Ticker" : "time.Timer" });
    this.#state = channelStateOf(this.channel) as ChannelState<number>;
    this.#state.source = this;
    this.#start(delay, period);
  }

  /** Stops and restarts it. Returns what `stop` returns. */
  reset(delay: number, period: number): boolean {
    const pending = this.stop();
    this.#start(delay, period);
    return pending;
  }

  #start(delay: number, period: number): void {
    const { now, wall } = bothTimes(this.#timer.clock);
    this.#active = true;
    this.#dueAt = now + Math.max(delay, 0);
    this.#period = period;
    this.#wallOffset = wall - now;
    if (this.#state.receivers.first !== null) this.arm();
  }

  /** Stops it and withdraws an unreceived value. Returns whether it was active or held a value. */
  stop(): boolean {
    const { buffer } = this.#state;
    const pending = this.#active || buffer.length > 0;
    this.#active = false;
    this.#timer.cancel();
    if (buffer.length > 0) buffer.shift();
    return pending;
  }

  poll(): void {
    if (this.#active && !this.#timer.isSet && this.#dueAt <= this.#timer.clock.now()) this.#fire();
  }

  arm(): void {
    if (this.#active && !this.#timer.isSet && this.#dueAt < Infinity) this.#timer.clock.set(this.#timer, this.#dueAt);
  }

  disarm(): void {
    this.#timer.cancel();
  }

  #fire(): void {
    const when = this.#dueAt;
    const { now, wall } = bothTimes(this.#timer.clock);
    if (this.#period > 0) {
      this.#dueAt = when + this.#period * (1 + Math.floor((now - when) / this.#period));
    } else {
      this.#active = false;
    }
    // The wall clock may have been set, or the machine suspended.
    if (Math.abs(wall - now - this.#wallOffset) >= precision) this.#wallOffset = wall - now;
    this.#state.trySend(Math.min(Math.round(this.#wallOffset + when), wall));
    if (this.#state.receivers.first !== null) this.arm();
  }
}

/** The difference between two readings of {@link bothTimes}, in milliseconds: the wall clock is rounded to 1 ms, and a reading takes up to 1 ms. */
const precision = 2;

/** Reads both clocks at one instant. Repeats the reading, up to 8 times, if the process was interrupted in between. */
function bothTimes(clock: Clock): { readonly now: number; readonly wall: number } {
  let now = clock.now();
  let before: number;
  let wall: number;
  let tries = 0;
  do {
    before = now;
    wall = clock.wall();
    now = clock.now();
  } while (now - before >= 1 && ++tries < 8);
  return { now, wall };
}
