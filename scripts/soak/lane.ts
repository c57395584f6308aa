// A channel under load: many senders and receivers of all kinds, and every value is accounted for.

import {
  Channel,
  context,
  type Context,
  gosched,
  PanicError,
  type ReceiveResult,
  receive,
  select,
  send,
  time,
  WaitGroup,
} from "goro";
import type { Prng } from "../../src/util/prng.ts";
import { type Load, pick, type Round } from "./round.ts";

const capacities = [0, 1, 2, 64];
const perSender = 2 ** 20;

type Sender = (lane: Lane, value: number) => Promise<void>;
type Receiver = (lane: Lane, other: Lane, chance: Prng) => Promise<void>;

// Those of the second list end with the context, so that nobody has to close the channel.
const plainSenders: readonly Sender[] = [sendPlainly, sendFast];
const boundSenders: readonly Sender[] = [sendSelecting, sendTrying, sendOrReceive];
const plainReceivers: readonly Receiver[] = [receivePlainly, range];
const boundReceivers: readonly Receiver[] = [receiveSelecting, receiveTrying, receiveFromBoth];

/** Two channels, since some receive from both. */
export const lanes: Load = (round, chance) => {
  const first = new Lane(round, chance);
  const second = new Lane(round, chance);
  first.start(second);
  second.start(first);
  return () => {
    first.check();
    second.check();
  };
};

class Lane {
  readonly round: Round;
  readonly channel: Channel<number>;
  readonly ctx: Context;
  readonly #cancel: () => void;
  readonly #isTimed: boolean;
  readonly #isClosed: boolean;
  readonly #senders: number;
  readonly #receivers: number;
  readonly #went = new Set<number>();
  readonly #came = new Set<number>();
  #attempts = 0;
  #sent = 0;
  #received = 0;
  #refused = 0;
  #withdrawn = 0;
  #declined = 0;

  constructor(round: Round, chance: Prng) {
    this.round = round;
    this.channel = new Channel(pick(chance, capacities));
    this.#isTimed = chance.randomInt(2) === 0;
    this.#isClosed = chance.randomInt(4) !== 0;
    this.#senders = 1 + chance.randomInt(5);
    this.#receivers = chance.randomInt(5);
    [this.ctx, this.#cancel] = this.#isTimed
      ? context.withTimeout(round.ctx, chance.randomInt(12))
      : context.withCancel(round.ctx);
  }

  start(other: Lane): void {
    const { round } = this;
    const group = new WaitGroup();
    for (let id = 0; id < this.#senders; id++) {
      group.add(1);
      round.go(async (chance) => {
        const kinds = this.#isClosed ? [...plainSenders, ...boundSenders] : boundSenders;
        const count = 1 + chance.randomInt(60);
        try {
          for (let i = 0; i < count && (this.#isClosed || this.ctx.err() === undefined); i++) {
            const isOpen = await this.#attempt(pick(chance, kinds), id * perSender + i);
            if (!isOpen && chance.randomInt(2) === 0) return;
            if (chance.randomInt(32) === 0) await gosched();
          }
        } finally {
          group.done();
        }
      });
    }
    for (let id = 0; id < this.#receivers; id++) {
      round.go((chance) => {
        const kinds = this.#isClosed ? [...plainReceivers, ...boundReceivers] : boundReceivers;
        return pick(chance, kinds)(this, other, chance);
      });
    }
    if (!this.#isTimed) {
      round.go(async (chance) => {
        await time.sleep(chance.randomInt(12));
        this.#cancel();
      });
    }
    if (this.#isClosed) this.#close(group);
  }

  // By the closer of Go's books, who waits for the senders, or by somebody who does not.
  #close(group: WaitGroup): void {
    const finished = new Channel<never>();
    this.round.go(async () => {
      await group.wait();
      finished.close();
      this.round.tally.waits++;
    });
    this.round.go(async (chance) => {
      const late = time.after(chance.randomInt(16));
      await select(chance.randomInt(4) === 0 ? [receive(late)] : [receive(late), receive(finished)]);
      this.channel.close();
      this.round.tally.closes++;
    });
  }

  /** False, if the channel is closed: who knows that need not go on. */
  async #attempt(kind: Sender, value: number): Promise<boolean> {
    this.#attempts++;
    try {
      await kind(this, value);
      return true;
    } catch (error) {
      if (!(error instanceof PanicError) || error.message !== "send on closed channel") throw error;
      this.#refused++;
      return false;
    }
  }

  sent(value: number): void {
    this.#sent++;
    this.#went.add(value);
  }

  withdrawn(): void {
    this.#withdrawn++;
  }

  declined(): void {
    this.#declined++;
  }

  /** Takes note of what one receiver was given; `last` is what it was given of each sender before. */
  received(value: number, last: Map<number, number>): void {
    this.#received++;
    this.#arrived(value);
    const sender = Math.floor(value / perSender);
    if ((last.get(sender) ?? -1) >= value) this.round.faults.push(`value ${value} came out of order`);
    last.set(sender, value);
  }

  #arrived(value: number): void {
    if (this.#came.has(value)) this.round.faults.push(`value ${value} came twice`);
    this.#came.add(value);
  }

  check(): void {
    const { round, channel } = this;
    const { tally } = round;
    this.#cancel();
    const buffered = channel.length;
    let left = 0;
    for (let next = channel.tryReceive(); next?.ok === true; next = channel.tryReceive()) {
      left++;
      this.#arrived(next.value);
    }
    const where = `channel of capacity ${channel.capacity}`;
    round.equal(`${where}: left in the buffer`, left, buffered);
    round.equal(`${where}: received + left`, this.#received + left, this.#sent);
    const ended = this.#sent + this.#refused + this.#withdrawn + this.#declined;
    round.equal(`${where}: sent + refused + withdrawn + declined`, ended, this.#attempts);
    for (const value of this.#went) {
      if (!this.#came.has(value)) round.faults.push(`${where}: value ${value} was sent and never came`);
    }
    round.equal(`${where}: values that came`, this.#came.size, this.#went.size);
    tally.attempts += this.#attempts;
    tally.sent += this.#sent;
    tally.received += this.#received;
    tally.left += left;
    tally.refused += this.#refused;
    tally.withdrawn += this.#withdrawn;
    tally.declined += this.#declined;
  }
}

async function sendPlainly(lane: Lane, value: number): Promise<void> {
  await lane.channel.send(value);
  lane.sent(value);
}

async function sendFast(lane: Lane, value: number): Promise<void> {
  if (!lane.channel.trySend(value)) await lane.channel.send(value);
  lane.sent(value);
}

async function sendSelecting(lane: Lane, value: number): Promise<void> {
  const s = await select({ sent: send(lane.channel, value), done: receive(lane.ctx.done()) });
  if (s.case === "sent") lane.sent(value);
  else lane.withdrawn();
}

async function sendTrying(lane: Lane, value: number): Promise<void> {
  if (lane.channel.trySend(value)) {
    lane.sent(value);
  } else {
    lane.declined();
    await gosched();
  }
}

async function sendOrReceive(lane: Lane, value: number): Promise<void> {
  const { channel, ctx } = lane;
  const s = await select({ sent: send(channel, value), got: receive(channel), done: receive(ctx.done()) });
  if (s.case === "sent") {
    lane.sent(value);
    return;
  }
  lane.withdrawn();
  if (s.case === "got" && s.ok) lane.received(s.value, new Map());
}

async function receivePlainly(lane: Lane): Promise<void> {
  const last = new Map<number, number>();
  for (let got = await lane.channel.receive(); got.ok; got = await lane.channel.receive()) {
    lane.received(got.value, last);
  }
}

async function range(lane: Lane, _: Lane, chance: Prng): Promise<void> {
  const last = new Map<number, number>();
  for await (const value of lane.channel) {
    lane.received(value, last);
    if (chance.randomInt(100) === 0) break;
  }
}

async function receiveSelecting(lane: Lane): Promise<void> {
  const last = new Map<number, number>();
  for (;;) {
    const s = await select({ got: receive(lane.channel), done: receive(lane.ctx.done()) });
    if (s.case === "done" || !s.ok) return;
    lane.received(s.value, last);
  }
}

async function receiveTrying(lane: Lane): Promise<void> {
  const last = new Map<number, number>();
  while (lane.ctx.err() === undefined) {
    const got: ReceiveResult<number> | undefined = lane.channel.tryReceive();
    if (got === undefined) await gosched();
    else if (got.ok) lane.received(got.value, last);
    else return;
  }
}

async function receiveFromBoth(lane: Lane, other: Lane): Promise<void> {
  const ends = [lane, other].map((from) => ({ from, last: new Map<number, number>() }));
  while (ends.length > 0) {
    const s = await select([receive(lane.ctx.done()), ...ends.map(({ from }) => receive(from.channel))]);
    const end = ends[s.case - 1];
    if (end === undefined) return;
    if (s.ok) end.from.received(s.value, end.last);
    else ends.splice(s.case - 1, 1);
  }
}
