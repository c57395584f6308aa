// The movement behind a Timer's and a Ticker's channel: when it is due, once or again and again. It is wound up on the
// clock only while somebody waits; else it looks at the time when it is asked. So nobody's time passes for nothing, an
// unread tick can be taken back, and a timer that is forgotten costs no more than the object.
//
// Invariants, whenever no method is on the stack:
//   1. It is set on the clock if and only if it is active and somebody waits for its channel.
//   2. At most one value is on the way: what a slow receiver does not take is not kept.
//
// Mirrors the timers of Go 1.23 and later: `maybeRunChan` and `blockTimerChan` of runtime/time.go.

import { Alarm } from "../internal/alarm.ts";
import { Channel, coreOf } from "./channel.ts";
import type { Core, Source } from "./core.ts";

export class Beat implements Source {
  readonly channel: Channel<number>;
  readonly #core: Core<number>;
  readonly #alarm = new Alarm("time.Timer", () => this.#fire());
  #active = false;
  #when = 0;
  #period = 0;

  // The epoch by the monotonic clock, as it was at the start: with it all instants of one timer are exactly apart.
  #epoch = 0;

  /** Is due in `delay` milliseconds and, if `period` is above 0, every `period` milliseconds from then on. */
  constructor(delay: number, period: number) {
    this.channel = new Channel<number>(1, { name: period > 0 ? "time.Ticker" : "time.Timer" });
    this.#core = coreOf(this.channel) as Core<number>;
    this.#core.source = this;
    this.#start(delay, period);
  }

  /** Stops and starts anew; answers what `stop` answers. */
  restart(delay: number, period: number): boolean {
    const pending = this.stop();
    this.#start(delay, period);
    return pending;
  }

  #start(delay: number, period: number): void {
    const { clock } = this.#alarm;
    const now = clock.now();
    this.#active = true;
    this.#when = now + Math.max(delay, 0);
    this.#period = period;
    this.#epoch = clock.wall() - now;
    if (this.#core.receivers.first !== null) this.awaited();
  }

  /** Stops, takes back a value that nobody has received, and tells whether there was something to stop. */
  stop(): boolean {
    const { buffer } = this.#core;
    const pending = this.#active || buffer.length > 0;
    this.#active = false;
    this.#alarm.cancel();
    if (buffer.length > 0) buffer.shift();
    return pending;
  }

  refresh(): void {
    if (this.#active && !this.#alarm.isSet && this.#when <= this.#alarm.clock.now()) this.#fire();
  }

  awaited(): void {
    if (this.#active && !this.#alarm.isSet) this.#alarm.clock.set(this.#alarm, this.#when);
  }

  abandoned(): void {
    this.#alarm.cancel();
  }

  #fire(): void {
    const when = this.#when;
    if (this.#period > 0) {
      const late = this.#alarm.clock.now() - when;
      this.#when = when + this.#period * (1 + Math.floor(late / this.#period));
    } else {
      this.#active = false;
    }
    this.#core.offer(Math.round(this.#epoch + when));
    if (this.#core.receivers.first !== null) this.awaited();
  }
}
