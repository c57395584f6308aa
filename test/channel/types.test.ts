// Code that must compile, and code that must not. The compiler checks this file, in `npm run types`: an expected error
// that does not occur is an error. The test runner only checks that the same lines do no harm.

/* eslint-disable @typescript-eslint/no-unsafe-class-instance-assignment,
   @typescript-eslint/await-thenable -- what these rules find is what must not compile. */

import { describe, expect, test } from "@jest/globals";
import {
  Channel,
  type Context,
  context,
  receive,
  type ReceiveCase,
  type ReceiveChannel,
  type ReceiveResult,
  select,
  type SelectResult,
  send,
  type SendCase,
  type SendChannel,
} from "goro";

class Animal {
  name = "";
}

class Dog extends Animal {
  barks = true;
}

/** Compiles if `value` is assignable to `T`. */
function accept<T>(value: T): void {
  expect(value).toBe(value);
}

/** Type-checks `code` without calling it. */
function notRun(code: () => unknown): void {
  expect(code).toBeInstanceOf(Function);
}

type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;

type StringKeys<E> = Extract<keyof E, string>;

/** Compiles if the two types are identical. */
function expectSame<A, B>(same: Same<A, B>): void {
  expect(same).toBe(true);
}

describe("the ends of a channel", () => {
  const ch = new Channel<number>(1);
  const sends: SendChannel<number> = ch;
  const receives: ReceiveChannel<number> = ch;

  // R6
  test("are both types of the channel, and neither is assignable to the channel or to the other end", () => {
    accept<SendChannel<number>>(ch);
    accept<ReceiveChannel<number>>(ch);
    // @ts-expect-error: an end is not a channel
    accept<Channel<number>>(sends);
    // @ts-expect-error: an end is not a channel
    accept<Channel<number>>(receives);
    // @ts-expect-error: an end is not the other end
    accept<ReceiveChannel<number>>(sends);
    // @ts-expect-error: an end is not the other end
    accept<SendChannel<number>>(receives);
  });

  test("are not implemented by an object with the same methods, which would throw at runtime", () => {
    const { send, trySend, close, receive, tryReceive, length, capacity } = ch;
    const methods = { send, trySend, close, receive, tryReceive, length, capacity };
    // @ts-expect-error: an imitation
    accept<SendChannel<number>>(methods);
    // @ts-expect-error: an imitation
    accept<ReceiveChannel<number>>({ ...methods, [Symbol.asyncIterator]: () => ch[Symbol.asyncIterator]() });
    // @ts-expect-error: `done` must return an end of a channel
    accept<Context>({ ...context.background(), done: () => methods });
  });

  // R7
  test("have the operations of their direction and no others", () => {
    expectSame<StringKeys<SendChannel<number>>, "send" | "trySend" | "close" | "length" | "capacity">(true);
    expectSame<StringKeys<ReceiveChannel<number>>, "receive" | "tryReceive" | "values" | "length" | "capacity">(true);
    // @ts-expect-error: length and capacity are read-only
    notRun((): number => (sends.length = 1));
    // @ts-expect-error: length and capacity are read-only
    notRun((): number => (ch.capacity = 1));
  });

  // R7
  test("create the cases of their direction and no others", () => {
    accept<ReceiveCase<number>>(receive(receives));
    accept<SendCase>(send(sends, 1));
    // @ts-expect-error: nothing can be received from this end
    accept(receive(sends));
    // @ts-expect-error: nothing can be sent to this end
    accept(send(receives, 1));
    notRun(async () => {
      // @ts-expect-error: nothing can be received from this end
      for await (const value of sends) accept(value);
    });
  });

  test("accept only values of the element type", () => {
    // @ts-expect-error: a string is not a number
    notRun(() => ch.trySend("1"));
    // @ts-expect-error: a string is not a number
    notRun(() => sends.send("1"));
    // @ts-expect-error: a string is not a number
    notRun(() => send(ch, "1"));
    // @ts-expect-error: undefined is not a number
    notRun(() => ch.send());
  });
});

describe("channels of animals and dogs", () => {
  const animals = new Channel<Animal>(1);
  const dogs = new Channel<Dog>(1);

  // R6
  test("are assignable where every value has the right type", () => {
    accept<ReceiveChannel<Animal>>(dogs);
    accept<SendChannel<Dog>>(animals);
    accept<SendCase>(send(animals, new Dog()));
  });

  // R6
  test("are not assignable where a value of a wrong type could pass", () => {
    // @ts-expect-error: a cat could be sent to the channel of dogs
    accept<SendChannel<Animal>>(dogs);
    // @ts-expect-error: a cat could be received from the channel of animals
    accept<ReceiveChannel<Dog>>(animals);
    // @ts-expect-error: a cat could be sent to the channel of dogs
    accept<Channel<Animal>>(dogs);
    // @ts-expect-error: a cat could be received from the channel of animals
    accept<Channel<Dog>>(animals);
    // @ts-expect-error: an animal may be a cat
    notRun(() => send(dogs, new Animal()));
  });
});

describe("a received value", () => {
  // R24
  test("has the element type only after ok has been checked", async () => {
    const ch = new Channel<string>(1);
    ch.trySend("abc");
    const r = await ch.receive();
    expectSame<typeof r, ReceiveResult<string>>(true);
    expectSame<typeof r.value, string | undefined>(true);
    if (r.ok) expectSame<typeof r.value, string>(true);
    else expectSame<typeof r.value, undefined>(true);
    const { value, ok } = r;
    // @ts-expect-error: the value may be undefined
    accept<string>(value);
    expect(ok && value.length).toBe(3);
  });

  test("may be missing if the receive does not wait", () => {
    const ch = new Channel<string>();
    const r = ch.tryReceive();
    expectSame<typeof r, ReceiveResult<string> | undefined>(true);
    // @ts-expect-error: the value may be undefined
    notRun(() => r.ok);
    expect(r).toBeUndefined();
  });

  // R8
  test("of a channel of void is undefined, and is sent without an argument", async () => {
    const ch = new Channel<void>(1);
    await ch.send();
    const r = await ch.receive();
    expectSame<typeof r, ReceiveResult<void>>(true);
    expect(r).toEqual({ value: undefined, ok: true });
    // @ts-expect-error: a channel of void takes no value
    notRun(() => ch.send(1));
  });

  test("in a loop is the bare value", async () => {
    const ch = new Channel<"a" | "b">(1);
    ch.trySend("a");
    ch.close();
    for await (const value of ch) {
      accept<"a" | "b">(value);
      expectSame<typeof value, "a" | "b">(true);
    }
  });
});

describe("the result of select", () => {
  const words = new Channel<string>(1);
  const numbers = new Channel<number>(1);

  test("is discriminated by the name of the case", async () => {
    words.trySend("abc");
    const s = await select({ word: receive(words), done: receive(context.background().done()), out: send(numbers, 1) });
    switch (s.case) {
      case "word":
        expectSame<typeof s.value, string | undefined>(true);
        if (s.ok) expectSame<typeof s.value, string>(true);
        break;
      case "done":
        expectSame<typeof s.ok, boolean>(true);
        // A receive from a channel that carries no values completes only when the channel is closed.
        expectSame<typeof s.value, undefined>(true);
        break;
      case "out":
        // @ts-expect-error: a case that sends has no value
        notRun(() => s.value);
        break;
      default:
        expectSame<typeof s, never>(true);
    }
    // @ts-expect-error: a case with that name does not exist
    notRun(() => s.case === "other");
    await select({ drain: receive(numbers), default: true });
  });

  test("can be default if and only if the cases have a default", async () => {
    const s = await select({ word: receive(new Channel<string>()), default: true });
    expectSame<typeof s.case, "word" | "default">(true);
    // @ts-expect-error: the default case has no value
    if (s.case === "default") notRun(() => s.value);
    expect(s.case).toBe("default");
    expectSame<SelectResult<{ word: ReceiveCase<string> }>["case"], "word">(true);
    // The same holds if the type of the cases has optional members.
    expectSame<SelectResult<{ word?: ReceiveCase<string>; default?: true }>["case"], "word" | "default">(true);
    expectSame<
      SelectResult<{ word?: ReceiveCase<string> }>,
      | { readonly case: "word"; readonly value: string; readonly ok: true }
      | { readonly case: "word"; readonly value: undefined; readonly ok: false }
    >(true);
    expectSame<
      SelectResult<{ word: ReceiveCase<string> }>,
      | { readonly case: "word"; readonly value: string; readonly ok: true }
      | { readonly case: "word"; readonly value: undefined; readonly ok: false }
    >(true);
  });

  test("has the index as the name if the cases are an array", async () => {
    numbers.trySend(7);
    const s = await select([receive(new Channel<string>()), receive(numbers), send(new Channel<Dog>(), new Dog())]);
    expectSame<typeof s.case, 0 | 1 | 2>(true);
    if (s.case === 0) expectSame<typeof s.value, string | undefined>(true);
    else if (s.case === 1) expectSame<typeof s.value, number | undefined>(true);
    // @ts-expect-error: a case that sends has no value
    else notRun(() => s.value);
    expect(s).toEqual({ case: 1, value: 7, ok: true });
  });

  test("has any index if the array is created at runtime", async () => {
    const channels = [new Channel<number>(1), new Channel<number>(1)];
    channels[1]?.trySend(7);
    const s = await select(channels.map((ch) => receive(ch)));
    expectSame<typeof s.case, number>(true);
    expectSame<typeof s.value, number | undefined>(true);
    expect(s).toEqual({ case: 1, value: 7, ok: true });
  });

  test("has the index, or default, if an array of cases has a default", async () => {
    const s = await select([receive(words), receive(numbers)], { default: true });
    expectSame<typeof s.case, 0 | 1 | "default">(true);
    if (s.case === 0) expectSame<typeof s.value, string | undefined>(true);
    // @ts-expect-error: the default has no value
    if (s.case === "default") notRun(() => s.value);
    // @ts-expect-error: an object of cases has the default as a case
    await expect(select({ word: receive(words) }, { default: true })).rejects.toThrow(TypeError);
    // @ts-expect-error: default must be true
    await expect(select([receive(words)], { default: false })).rejects.toThrow(TypeError);
  });

  // R49
  test("keeps the type of a case that is off", async () => {
    const off: Channel<string> | null = null as Channel<string> | null;
    const s = await select({ word: receive(off), default: true });
    if (s.case === "word") expectSame<typeof s.value, string | undefined>(true);
    expect(s.case).toBe("default");
  });

  test("does not exist for an invalid set of cases", async () => {
    const wrong = [
      // @ts-expect-error: default must be true
      select({ word: receive(words), default: false }),
      // @ts-expect-error: default must be true
      select({ word: receive(words), default: receive(words) }),
      // @ts-expect-error: a channel is not a case
      select({ word: words }),
      // @ts-expect-error: a channel is not a case
      select([words]),
      // @ts-expect-error: only the name default denotes the default case
      select({ word: receive(words), otherwise: true }),
      // @ts-expect-error: an array cannot contain the default
      select([receive(words), true]),
      // @ts-expect-error: null is not a set of cases
      select(null),
    ];
    for (const refused of wrong) await expect(refused).rejects.toThrow(TypeError);
  });
});

describe("a context", () => {
  const id = context.key<number>("id");
  const ctx: Context = context.withValue(context.background(), id, 1);

  test("returns a value of the type of the key", () => {
    const value = ctx.value(id);
    expectSame<typeof value, number | undefined>(true);
    expectSame<ReturnType<typeof ctx.value>, unknown>(true);
    expect(value).toBe(1);
  });

  test("rejects a value of another type than that of the key", () => {
    // @ts-expect-error: the values of the key are numbers
    accept(context.withValue(ctx, id, "1"));
  });

  test("rejects a key of one type where a key of another type is required", () => {
    // @ts-expect-error: a read with the key would return a number as a string
    accept<context.Key<string>>(id);
    // @ts-expect-error: a write with the key could store a string
    accept<context.Key<number | string>>(id);
  });

  test("has a done channel that can only be received from", () => {
    const done = ctx.done();
    expectSame<typeof done, ReceiveChannel<never>>(true);
    accept<ReceiveChannel<string>>(done);
    // @ts-expect-error: only the context closes its done channel
    accept<SendChannel<never>>(done);
  });
});
