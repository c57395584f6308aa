import { describe, expect, test } from "@jest/globals";
import { ChannelState, type TimerSource } from "../../src/channel/channel-state.ts";
import { PanicError } from "../../src/runtime/panic.ts";
import { Listener, type WaitQueue } from "../../src/util/wait-queue.ts";
import { below, seed } from "../../src/runtime/realm.ts";
import { Waiter } from "../../src/runtime/waiter.ts";
import { capacities } from "../support/promises.ts";

/** A named waiter that writes its result to a log. The two cases of a select share a name. */
class Party extends Waiter<number> {
  readonly name: number;
  twin: Party | null = null;

  constructor(core: ChannelState<number>, name: number, log: string[], value?: number) {
    super((party: Party) => {
      if (party.twin?.queue) core.removeWaiter(party.twin);
      log.push(`${name}: ${String(party.ok)} ${String(party.value)}`);
    }, value);
    this.name = name;
  }
}

/** The simplest model of a channel. It writes the same log. */
class Model {
  readonly buffer: number[] = [];
  senders: { name: number; value: number }[] = [];
  receivers: { name: number }[] = [];
  closed = false;
  readonly capacity: number;
  readonly log: string[];

  constructor(capacity: number, log: string[]) {
    this.capacity = capacity;
    this.log = log;
  }

  get takes(): boolean {
    return this.closed || this.receivers.length > 0 || this.buffer.length < this.capacity;
  }

  get holds(): boolean {
    return this.buffer.length > 0 || this.senders.length > 0;
  }

  offer(value: number): boolean {
    const [receiver] = this.receivers;
    if (receiver) this.#serve(receiver.name, true, value);
    else if (this.buffer.length < this.capacity) this.buffer.push(value);
    else return false;
    return true;
  }

  take(): number {
    const [sender] = this.senders;
    if (sender) {
      this.buffer.push(sender.value);
      this.#serve(sender.name, true, sender.value);
    }
    return this.buffer.shift() as number;
  }

  close(): void {
    this.closed = true;
    for (const { name } of [...this.receivers]) this.#serve(name, false, undefined);
    for (const { name, value } of [...this.senders]) this.#serve(name, false, value);
  }

  leave(name: number): void {
    this.senders = this.senders.filter((party) => party.name !== name);
    this.receivers = this.receivers.filter((party) => party.name !== name);
  }

  #serve(name: number, ok: boolean, value: number | undefined): void {
    this.leave(name);
    this.log.push(`${name}: ${String(ok)} ${String(value)}`);
  }
}

/** A random sequence of operations that is applied to a channel state and to the model. */
class History {
  readonly core: ChannelState<number>;
  readonly model: Model;
  readonly log: string[] = [];
  readonly expected: string[] = [];
  readonly #parties = new Map<number, Party[]>();

  /** The number of sends among 10 operations. */
  readonly #sends = 2 + below(7);
  #last = 0;

  constructor(capacity: number) {
    this.core = new ChannelState<number>(capacity);
    this.model = new Model(capacity, this.expected);
  }

  step(): void {
    const kind = below(20);
    if (kind === 0) this.#leave();
    else if (kind <= 2) this.#select();
    else if (below(10) < this.#sends) this.#send(kind % 4 > 0);
    else this.#receive(kind % 4 > 0);
  }

  close(): void {
    this.core.close();
    this.model.close();
  }

  #send(mayWait: boolean): void {
    const value = ++this.#last;
    if (this.model.closed) {
      expect(() => this.core.trySend(value)).toThrow(PanicError);
      return;
    }
    const sent = this.core.trySend(value);
    expect(sent).toBe(this.model.offer(value));
    if (!sent && mayWait) this.#park(value, true, false);
  }

  #receive(mayWait: boolean): void {
    if (this.core.canReceive) expect(this.core.receiveNow()).toBe(this.model.take());
    else if (!this.core.closed && mayWait) this.#park(++this.#last, false, true);
  }

  #select(): void {
    const value = ++this.#last;
    const { core, model } = this;
    const ready = [core.canSend && "send", (core.canReceive || core.closed) && "receive"].filter(Boolean);
    const chosen = ready[below(Math.max(ready.length, 1))];
    if (chosen === undefined) this.#park(value, true, true);
    else if (model.closed) return;
    else if (chosen === "send") expect(core.trySend(value)).toBe(model.offer(value));
    else expect(core.receiveNow()).toBe(model.take());
  }

  #park(name: number, sends: boolean, receives: boolean): void {
    const sender = sends ? new Party(this.core, name, this.log, name) : null;
    const receiver = receives ? new Party(this.core, name, this.log) : null;
    if (sender) {
      sender.twin = receiver;
      this.core.senders.push(sender);
      this.model.senders.push({ name, value: name });
    }
    if (receiver) {
      receiver.twin = sender;
      this.core.pushReceiver(receiver);
      this.model.receivers.push({ name });
    }
    this.#parties.set(
      name,
      [sender, receiver].filter((party) => party !== null),
    );
  }

  // A waiter is removed, as when its context is canceled or its loop exits.
  #leave(): void {
    const queued = [...this.#parties.values()].filter(([party]) => party?.queue);
    const parties = queued[below(Math.max(queued.length, 1))];
    if (parties === undefined) return;
    for (const party of parties) this.core.removeWaiter(party);
    this.model.leave((parties[0] as Party).name);
  }
}

function names(queue: WaitQueue<Waiter<number>>): number[] {
  const result: number[] = [];
  for (let party = queue.first; party !== null; party = party.next) {
    if (party instanceof Party) result.push(party.name);
  }
  return result;
}

/** Returns the numbers of the invariants of channel-state.ts that do not hold. */
function broken(core: ChannelState<number>): number[] {
  const { buffer, capacity, closed } = core;
  const [sending, receiving] = [names(core.senders), names(core.receivers)];
  const oneSelect = sending.length === 1 && receiving.length === 1 && sending[0] === receiving[0];
  const holds = [
    sending.length === 0 || receiving.length === 0 || oneSelect,
    buffer.length === 0 || receiving.length === 0,
    buffer.length === capacity || sending.length === 0,
    !closed || (sending.length === 0 && receiving.length === 0),
    buffer.length <= capacity,
  ];
  return holds.flatMap((is, number) => (is ? [] : [number + 1]));
}

function expectAsModelled({ core, model, log, expected }: History): void {
  expect({
    broken: broken(core),
    length: core.buffer.length,
    senders: names(core.senders),
    receivers: names(core.receivers),
    takes: core.canSend,
    holds: core.canReceive,
    closed: core.closed,
    log: log.splice(0),
  }).toEqual({
    broken: [],
    length: model.buffer.length,
    senders: model.senders.map((party) => party.name),
    receivers: model.receivers.map((party) => party.name),
    takes: model.takes,
    holds: model.holds,
    closed: model.closed,
    log: expected.splice(0),
  });
}

// R3, R11, R14, R15, R19, R20, R25, R28, R29, R31, R32, R33, R53
describe.each(capacities)("the state of a channel of capacity %i", (capacity) => {
  test.each([1, 2, 3, 4])("keeps its invariants and agrees with the model (seed %i)", (start) => {
    seed(start);
    for (let histories = 0; histories < 4; histories++) {
      const history = new History(capacity);
      const closing = 20 + below(180);
      for (let step = 0; step < closing + 10; step++) {
        if (step === closing) history.close();
        else history.step();
        expectAsModelled(history);
      }
      while (history.core.canReceive) expect(history.core.receiveNow()).toBe(history.model.take());
      expect(history.model.holds).toBe(false);
    }
  });

  test("panics when closed twice, and keeps its buffered values", () => {
    const core = new ChannelState<number>(capacity);
    for (let i = 0; i < capacity; i++) core.trySend(i);
    core.close();
    expect(() => core.close()).toThrow(new PanicError("close of closed channel"));
    expect(() => core.trySend(1)).toThrow(new PanicError("send on closed channel"));
    expect(core.buffer.length).toBe(capacity);
  });

  test("does not change when a waiter is removed that has already been served", () => {
    const core = new ChannelState<number>(capacity);
    const log: string[] = [];
    const [served, waits] = [new Party(core, 1, log), new Party(core, 2, log)];
    core.receivers.push(served);
    core.receivers.push(waits);
    core.trySend(7);
    core.removeWaiter(served);
    expect(log).toEqual(["1: true 7"]);
    expect(names(core.receivers)).toEqual([2]);
  });
});

describe("the state of a timer's channel", () => {
  function timed(): { core: ChannelState<number>; calls: string[]; due: (value: number) => void } {
    const core = new ChannelState<number>(1);
    const calls: string[] = [];
    let next: number | undefined;
    const source: TimerSource = {
      poll() {
        calls.push("refresh");
        if (next !== undefined) core.trySend(next);
        next = undefined;
      },
      arm: () => void calls.push("awaited"),
      disarm: () => void calls.push("abandoned"),
    };
    core.source = source;
    return { core, calls, due: (value) => (next = value) };
  }

  // R136
  test("polls its source for a due value whenever the channel is checked", () => {
    const { core, calls, due } = timed();
    expect(core.canReceive).toBe(false);
    due(5);
    expect(core.canReceive).toBe(true);
    expect(core.receiveNow()).toBe(5);
    expect(core.canReceive).toBe(false);
    expect(calls).toEqual(["refresh", "refresh", "refresh"]);
  });

  // R143
  test("arms its source for each receiver that waits, and disarms it only after the last one has left", () => {
    const { core, calls } = timed();
    const [first, second] = [new Party(core, 1, []), new Party(core, 2, [])];
    for (const party of [first, second]) {
      core.pushReceiver(party);
    }
    core.removeWaiter(first);
    expect(calls).toEqual(["awaited", "awaited"]);
    core.removeWaiter(second);
    expect(calls).toEqual(["awaited", "awaited", "abandoned"]);
  });

  test("delivers a value to a waiting receiver without disarming the source", () => {
    const { core, calls } = timed();
    const log: string[] = [];
    core.receivers.push(new Party(core, 1, log));
    core.trySend(9);
    expect(log).toEqual(["1: true 9"]);
    expect(core.buffer.length).toBe(0);
    expect(calls).toEqual([]);
  });
});

describe("a woken waiter", () => {
  function wakeUps(capacity: number, use: (core: ChannelState<number>, waiter: Waiter<number>) => void): unknown[] {
    const flags: unknown[] = [];
    const waiter = new Waiter<number>((_: Waiter<number>, isDeferred?: boolean) => void flags.push(isDeferred), 1);
    const core = new ChannelState<number>(capacity);
    while (core.buffer.length < capacity && core.trySend(0));
    use(core, waiter);
    return flags;
  }

  test.each([
    [0, false],
    [1, true],
    [2, true],
  ])("at capacity %i may be deferred: %s", (capacity, isDeferred) => {
    const sent = wakeUps(capacity, (core, waiter) => {
      core.senders.push(waiter);
      core.receiveNow();
    });
    const received = wakeUps(capacity, (core, waiter) => {
      while (core.canReceive) core.receiveNow();
      core.receivers.push(waiter);
      core.trySend(1);
    });
    expect([sent, received]).toEqual([[isDeferred], [isDeferred]]);
  });
});

test("a channel without a name prints as a channel", () => {
  expect([String(new ChannelState(0)), String(new ChannelState(2))]).toEqual(["a channel", "a channel (0 of 2)"]);
});

test("a channel is awaited while a receiver or a listener for its closing is queued", () => {
  class CountingListener extends Listener {
    calls = 0;

    notify(): void {
      this.calls++;
    }
  }
  const state = new ChannelState<number>(0);
  expect(state.isAwaited).toBe(false);
  const receiver = new Party(state, 1, []);
  state.pushReceiver(receiver);
  expect(state.isAwaited).toBe(true);
  state.removeWaiter(receiver);
  expect(state.isAwaited).toBe(false);
  const [removed, kept] = [new CountingListener(), new CountingListener()];
  state.onClose(removed);
  expect(state.isAwaited).toBe(true);
  removed.queue?.remove(removed);
  expect(state.isAwaited).toBe(false);
  state.onClose(kept);
  state.close();
  expect([state.isAwaited, removed.calls, kept.calls]).toEqual([false, 0, 1]);
});
