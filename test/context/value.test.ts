import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import { type Context, context, type ReceiveChannel } from "goro";
import { realClock } from "../../src/runtime/timer.ts";
import { children } from "../support/contexts.ts";

const { background, key, withCancel, withCancelCause, withTimeout, withValue, withoutCancel } = context;
const hour = 3_600_000;

let alarms = 0;

beforeEach(() => {
  alarms = realClock.size;
});

// R110. A timeout that is left behind would also prevent the test runner from exiting.
afterEach(() => {
  expect(realClock.size).toBe(alarms);
});

// R112
describe("value", () => {
  test.each([null, undefined, 0, "", false])("may be %p, and hides a value of an ancestor", (nothing) => {
    const ctx = withValue(withValue(background(), "k", "outer"), "k", nothing);
    expect(ctx.value("k")).toBe(nothing);
    expect(withCancel(ctx)[0].value("k")).toBe(nothing);
  });

  test("is looked up by the identity of its key: keys with equal names are distinct", () => {
    const a = key<string>("name");
    const b = key<string>("name");
    const symbol = Symbol("name");
    const object = { name: "name" };
    let ctx = background();
    for (const [k, v] of [
      [a, "a"],
      [b, "b"],
      [symbol, "symbol"],
      [object, "object"],
      ["name", "string"],
    ] as const) {
      ctx = withValue(ctx, k as unknown, v);
    }
    const values: unknown[] = [a, b, symbol, object, "name", { name: "name" }, Symbol("name")].map((k) => ctx.value(k));
    expect(values).toEqual(["a", "b", "symbol", "object", "string", undefined, undefined]);
    expect(a.name).toBe("name");
  });

  test("is visible through every kind of context", () => {
    const id = key<number>("id");
    const top = withValue(background(), id, 7);
    const [canceled, cancel] = withCancel(top);
    const [caused] = withCancelCause(canceled);
    const [timed] = withTimeout(caused, hour);
    const lowest = withValue(withoutCancel(timed), "k", 1);
    const value: number | undefined = lowest.value(id);
    expect(value).toBe(7);
    cancel();
    for (const ctx of [canceled, caused, timed, lowest]) expect(ctx.value(id)).toBe(7);
  });

  test("has the type of its key, also in a context of the program, which needs one signature for all keys", () => {
    class Logged implements Context {
      readonly keys: unknown[] = [];
      readonly inner: Context;
      constructor(inner: Context) {
        this.inner = inner;
      }
      done(): ReceiveChannel<never> {
        return this.inner.done();
      }
      err(): Error | undefined {
        return this.inner.err();
      }
      deadline(): number | undefined {
        return this.inner.deadline();
      }
      value: Context["value"] = (key) => {
        this.keys.push(key);
        return this.inner.value(key);
      };
      get signal(): AbortSignal {
        return this.inner.signal;
      }
    }
    const id = key<number>("id");
    const tags = key<readonly string[]>("tags");
    const logged = new Logged(withValue(withValue(background(), id, 7), "k", "v"));
    const ctx: Context = withCancel(logged)[0];
    const number: number | undefined = ctx.value(id);
    const either: number | readonly string[] | undefined = ctx.value(id);
    const unknown: unknown = ctx.value("k");
    // @ts-expect-error: the value of a key without a type is unknown
    const wrong: string | undefined = ctx.value("k");
    // @ts-expect-error: the values of the key are numbers
    const text: string | undefined = ctx.value(id);
    expect([number, either, unknown, wrong, text, ctx.value(tags)]).toEqual([7, 7, "v", "v", 7, undefined]);
    // The context also looked up a key of the library, when the child was derived.
    expect(logged.keys.slice(-6)).toEqual([id, id, "k", "k", id, tags]);
  });

  test("is returned unchanged, also if it is a promise", () => {
    const thenable = { then: () => undefined };
    expect(withValue(background(), "k", thenable).value("k")).toBe(thenable);
  });

  // R101
  test("changes no other property of the parent", () => {
    const [parent, cancel] = withTimeout(background(), hour);
    const ctx = withValue(parent, "k", 1);
    expect(ctx.done()).toBe(parent.done());
    expect(ctx.deadline()).toBe(parent.deadline());
    expect(ctx.signal).toBe(parent.signal);
    expect(ctx.err()).toBeUndefined();
    cancel();
    expect(ctx.err()).toBe(parent.err());
    expect(parent.value("k")).toBeUndefined();
  });

  // R115
  test("never prevents a context from being printed", () => {
    for (const value of [Object.create(null) as object, Symbol("s"), null, undefined, () => 1]) {
      expect(String(withValue(background(), "k", value))).toMatch(/^context\.Background\.WithValue\(k, /);
      expect(String(withValue(background(), value ?? "k", 1))).toMatch(/^context\.Background\.WithValue\(.*, 1\)$/);
    }
  });
});

// R120
describe("withoutCancel", () => {
  test("keeps only the values, also when the parent is canceled", async () => {
    const [parent, cancel] = withTimeout(withValue(background(), "k", "v"), hour);
    const ctx = withoutCancel(parent);
    const [child, cancelChild] = withCancel(ctx);
    expect(children(parent)).toBe(0);
    cancel();
    expect(ctx.value("k")).toBe("v");
    expect(ctx.err()).toBeUndefined();
    expect(ctx.deadline()).toBeUndefined();
    expect(context.cause(ctx)).toBeUndefined();
    expect(ctx.signal.aborted).toBe(false);
    expect(ctx.done().tryReceive()).toBeUndefined();
    expect(String(ctx)).toBe(`${String(parent)}.WithoutCancel`);

    expect(child.err()).toBeUndefined();
    expect(child.value("k")).toBe("v");
    cancelChild();
    expect(child.err()).toBeInstanceOf(context.Canceled);
    expect(ctx.err()).toBeUndefined();
  });

  test("derives an active context from a canceled one", () => {
    const [parent, cancel] = withCancelCause(background());
    cancel(new Error("over"));
    const ctx = withValue(withoutCancel(parent), "k", 1);
    expect(ctx.err()).toBeUndefined();
    expect(context.cause(ctx)).toBeUndefined();
    const [child, cancelChild] = withTimeout(ctx, hour);
    expect(child.err()).toBeUndefined();
    cancelChild();
    expect(context.cause(child)).toBe(child.err());
  });
});

describe("JSON.stringify", () => {
  test("of a context with children, values and a deadline is its name", () => {
    const [parent, cancel] = withTimeout(background(), hour);
    const child = withValue(withCancel(parent)[0], "k", 1);
    expect(JSON.parse(JSON.stringify({ parent, child, root: background() }))).toEqual({
      parent: String(parent),
      child: String(child),
      root: "context.Background",
    });
    cancel();
  });
});

describe("a parent that is not a context", () => {
  test.each([
    [new AbortController().signal, "parent must be a context, got an AbortSignal; pass context.fromSignal(parent)"],
    [{}, "parent must be a context, got [object Object]"],
    [5, "parent must be a context, got 5"],
  ])("is refused: %p", (parent, message) => {
    const wrong = parent as never;
    for (const derive of [
      () => withCancel(wrong),
      () => withCancelCause(wrong),
      () => withTimeout(wrong, 1),
      () => withValue(wrong, "k", 1),
      () => withoutCancel(wrong),
      () => context.notifyContext(wrong, "SIGINT"),
    ]) {
      expect(derive).toThrow(TypeError);
      expect(derive).toThrow(message);
    }
    for (const ask of [() => context.afterFunc(wrong, () => undefined), () => context.cause(wrong)]) {
      expect(ask).toThrow(TypeError);
      expect(ask).toThrow(message.replaceAll("parent", "ctx"));
    }
  });
});
