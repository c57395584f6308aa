// Recording the values that are sent: whatever they are, no code of theirs runs, and no operation is disturbed.

import { describe, expect, test } from "@jest/globals";
import { Channel, context, receive, type ReceiveResult, select, send } from "goro";
import { bubble } from "goro/testing";
import { record } from "goro/trace";
import { addHooks, type Hooks } from "../../src/runtime/hooks.ts";
import { previewValue } from "../../src/trace/preview.ts";
import { capacities, quiet } from "../support/promises.ts";
import { replace } from "../support/replace.ts";

const traps = Reflect.ownKeys(Reflect).filter((name) => typeof name === "string" && name !== "toString") as string[];

interface HostileValue {
  readonly name: string;
  readonly value: object;
  readonly calls: () => number;
}

/** Proxies that throw in one trap each and count that, and a revoked one. */
function hostileValues(): HostileValue[] {
  const proxies = traps.map((name) => {
    let calls = 0;
    const trap = (): never => {
      calls++;
      throw new Error(`trap ${name}`);
    };
    return { name, value: new Proxy(name === "apply" ? Array : {}, { [name]: trap }), calls: () => calls };
  });
  const { proxy, revoke } = Proxy.revocable({}, {});
  revoke();
  return [...proxies, { name: "revoked", value: proxy, calls: () => 0 }];
}

/** A way for a value to get from a sender to a receiver; each is tried at all capacities. */
const ways: Readonly<Record<string, (ch: Channel<unknown>, value: unknown) => Promise<ReceiveResult<unknown>>>> = {
  "send to a waiting receiver": async (ch, value) => {
    const received = ch.receive();
    await ch.send(value);
    return received;
  },
  "trySend to a waiting receiver": async (ch, value) => {
    const received = ch.receive();
    expect(ch.trySend(value)).toBe(true);
    return received;
  },
  "receive from a waiting sender": async (ch, value) => {
    const fillers = Array.from({ length: ch.capacity }, () => ch.trySend("filler"));
    const sent = ch.send(value);
    for (const _ of fillers) expect((await ch.receive()).value).toBe("filler");
    const received = await ch.receive();
    await sent;
    return received;
  },
  "tryReceive from a waiting sender": async (ch, value) => {
    const sent = ch.send(value);
    const received = ch.tryReceive();
    await sent;
    return received as ReceiveResult<unknown>;
  },
  "select that waits to receive": async (ch, value) => {
    const other = new Channel<unknown>();
    const selected = select({ ch: receive(ch), other: receive(other) });
    ch.trySend(value);
    const s = await selected;
    expect(other.trySend(0)).toBe(false);
    return s;
  },
  "select that waits to send": async (ch, value) => {
    const fillers = Array.from({ length: ch.capacity }, () => ch.trySend("filler"));
    const other = new Channel<unknown>();
    const selected = select({ ch: send(ch, value), other: send(other, value) });
    for (const _ of fillers) await ch.receive();
    const received = await ch.receive();
    expect((await selected).case).toBe("ch");
    expect(other.tryReceive()).toBeUndefined();
    return received;
  },
  "select with a default": async (ch, value) => {
    const received = ch.receive();
    expect((await select({ ch: send(ch, value), default: true })).case).toBe("ch");
    return received;
  },
  "a step of for await": async (ch, value) => {
    const step = ch[Symbol.asyncIterator]().next();
    await ch.send(value);
    return { value: (await step).value, ok: true };
  },
  "close after a send": async (ch, value) => {
    const sent = ch.trySend(value);
    const received = ch.receive();
    if (!sent) ch.trySend(value);
    ch.close();
    return received;
  },
};

describe("a value whose traps throw is delivered, and none of its traps is called", () => {
  test.each(Object.keys(ways))("%s", async (way) => {
    const hand = ways[way] as (typeof ways)[string];
    const expectDelivery = async (capacity: number, { name, value, calls }: HostileValue): Promise<void> => {
      using recording = record({ values: true });
      const ch = new Channel<unknown>(capacity);
      const received = await hand(ch, value);
      expect([name, received.ok, received.value === value, calls()]).toEqual([name, true, true, 0]);
      await quiet();
      const sends = recording.stop().events.filter((event) => event.type === "send");
      expect(sends.map(({ text }) => text)).toContain(name === "apply" ? "a function" : "a Proxy");
    };
    for (const capacity of capacities) for (const hostile of hostileValues()) await expectDelivery(capacity, hostile);
  });
});

class Canceled extends Error {
  override readonly name = "Canceled";
}

/** Its name and message are getters, which must not be invoked. */
const hostileError = Object.defineProperties(new Error(), {
  name: {
    get() {
      throw new Error("invoked");
    },
  },
  message: { value: { toString: () => "invoked" } },
});

describe("a preview of a value", () => {
  test.each<[string, unknown, string]>([
    ["an error", new Error("it broke"), "Error: it broke"],
    ["an error without a message", new RangeError(), "RangeError"],
    ["an error of a class", new Canceled("gone"), "Canceled: gone"],
    ["an error with fields", Object.assign(new TypeError("no"), { stack: "at home", code: 7 }), "TypeError: no"],
    ["an error with hostile fields", hostileError, "Error"],
    ["a typed array", new Float64Array(100_000), "[100000]"],
    ["a DataView", new DataView(new ArrayBuffer(8)), "{…}"],
    ["an object without a prototype", Object.assign(Object.create(null) as object, { id: 1 }), "{id: 1}"],
    ["an object whose prototype is a proxy", Object.create(hostileValues().at(-1)?.value ?? null), "{…}"],
    ["null", null, "null"],
    ["a symbol", Symbol("a"), "Symbol(a)"],
    ["a function", () => undefined, "a function"],
  ])("of %s", (_, value, text) => {
    expect(previewValue(value)).toBe(text);
  });

  test("reads only a few of many fields", () => {
    const looked: string[] = [];
    const real = Object.getOwnPropertyDescriptor;
    const big = Object.fromEntries(Array.from({ length: 10_000 }, (_, i) => [`k${i}`, i]));
    Object.getOwnPropertyDescriptor = (value: unknown, name: PropertyKey) => {
      looked.push(String(name));
      return real(value, name);
    };
    try {
      expect(previewValue(big)).toBe("{k0: 0, k1: 1, k2: 2, k3:…");
    } finally {
      Object.getOwnPropertyDescriptor = real;
    }
    expect(looked.length).toBeLessThan(100);
  });
});

describe("a listener that throws", () => {
  /** Calls `f` while a listener throws at each event; returns how many errors were reported as uncaught. */
  async function whileListenersThrow(f: () => Promise<void>): Promise<number> {
    let thrown = 0;
    let reported = 0;
    const error = new Error("of a listener");
    const fail = (): never => {
      thrown++;
      throw error;
    };
    const hooks: Record<keyof Hooks, () => never> = {
      go: fail,
      run: fail,
      panic: fail,
      end: fail,
      block: fail,
      unblock: fail,
      channelCreated: fail,
      valueMoved: fail,
      valueDropped: fail,
      close: fail,
      select: fail,
      timer: fail,
      cancel: fail,
      jobEvent: fail,
    };
    // A microtask of its own is what makes an error an uncaught exception, which jest would not let a test see.
    const restore = replace(globalThis, "queueMicrotask", (task) => {
      expect(task).toThrow(error);
      reported++;
    });
    const stop = addHooks(hooks);
    try {
      await f();
      await quiet();
    } finally {
      stop();
      restore();
    }
    expect(reported).toBe(thrown);
    return reported;
  }

  test.each(Object.keys(ways))("changes nothing: %s", async (way) => {
    const reported = await whileListenersThrow(async () => {
      for (const capacity of capacities) {
        const ch = new Channel<unknown>(capacity);
        expect(await (ways[way] as (typeof ways)[string])(ch, way)).toMatchObject({ value: way, ok: true });
      }
    });
    expect(reported).toBeGreaterThan(0);
  });

  test("changes nothing for goroutines, timers, contexts and bubbles", async () => {
    await whileListenersThrow(async () => {
      const results = await bubble(async () => {
        const [ctx, cancel] = context.withTimeout(context.background(), 5);
        const ch = new Channel<string>();
        context.afterFunc(ctx, () => ch.send(String(ctx.err()?.message)));
        const first = await ch.receive();
        cancel();
        return first.value;
      });
      expect(results).toContain("deadline exceeded");
    });
  });
});
