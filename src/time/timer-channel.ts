// The state behind the channel of a Timer or a Ticker: when it is due, once or periodically. It is set on the clock only while a
// receiver waits; otherwise it compares the time when it is asked. So a timer without a receiver costs no time, an unread tick can be
// taken back, and a forgotten timer is garbage like any other object.
//
// Invariants, whenever no method is on the stack:
//   1. It is set on the clock if and only if it is active, a receiver waits for its channel, and it is due at a finite time.
//   2. Its channel holds at most one value: ticks that a slow receiver misses are not kept.
//
// Mirrors the timers of Go 1.23 and later: `maybeRunChan` and `blockTimerChan` of runtime/time.go.

import { RuntimeTimer } from "../runtime/timer.ts";
import type { Clock } from "../runtime/timer-queue.ts";
import { Channel, channelStateOf } from "../channel/channel.ts";
import type { ChannelState, TimerSource } from "../channel/channel-state.ts";

export class TimerChannel implements TimerSource {
  readonly channel: Channel<number>;
  readonly #state: ChannelState<number>;
  readonly #timer = new RuntimeTimer("time.Timer", () => this.#fire());
  #active = false;
  #dueAt = 0;
  #period = 0;

  // The epoch by the monotonic clock. It is kept for as long as the clocks agree with it, so that ticks are exactly one period apart.
  #wallOffset = 0;

  /** Is due in `delay` milliseconds and, if `period` is above 0, every `period` milliseconds from then on. */
  constructor(delay: number, period: number) {
    this.channel = new Channel<number>(1, { name: period > 0 ? "time.Ticker" : "time.Timer" });
    this.#state = channelStateOf(this.channel) as ChannelState<number>;
    this.#state.source = this;
    this.#start(delay, period);
  }

  /** Stops and starts anew; answers what `stop` answers. */
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

  /** Stops, takes back a value that nobody has received, and tells whether there was something to stop. */
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

/** By how many milliseconds two readings of {@link bothTimes} may differ: the wall clock has whole ones, and reading takes up to one. */
const precision = 2;

/** The times of both clocks at one instant: they are read again if the process was interrupted in between. */
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
