// The examples of Go's package context, from example_test.go, which print what Go's do.

import { beforeEach, expect, test } from "@jest/globals";
import { Channel, context, defer, go, numGoroutine, type ReceiveChannel, receive, select, send, time } from "goro";
import { now, waitUntilBlocked } from "goro/testing";
import { children, inBubble } from "../support/contexts.ts";

type Context = context.Context;

const { afterFunc, background, key, withCancel, withCancelCause, withDeadline, withTimeout, withValue } = context;
const shortDuration = 1 * time.millisecond;

let output: string[] = [];

beforeEach(() => {
  output = [];
});

function println(...words: unknown[]): void {
  output.push(words.map(String).join(" "));
}

// T-X25; R100
test("ExampleWithCancel: a generator ends when nobody reads it any more", () =>
  inBubble(async () => {
    const before = numGoroutine();
    function gen(ctx: Context): ReceiveChannel<number> {
      const dst = new Channel<number>();
      go(async () => {
        for (let n = 1; ; n++) {
          const s = await select({ done: receive(ctx.done()), dst: send(dst, n) });
          if (s.case === "done") return;
        }
      });
      return dst;
    }

    {
      const [ctx, cancel] = withCancel(background());
      using _ = defer(cancel);
      for await (const n of gen(ctx)) {
        println(n);
        if (n === 5) break;
      }
      expect(numGoroutine()).toBe(before + 1);
    }
    await waitUntilBlocked();
    expect(numGoroutine()).toBe(before);
    expect(output).toEqual(["1", "2", "3", "4", "5"]);
  }));

// T-X25; R107, R109, R111
test.each<[string, () => [Context, context.CancelFunc]]>([
  ["ExampleWithDeadline", () => withDeadline(background(), now() + shortDuration)],
  ["ExampleWithTimeout", () => withTimeout(background(), shortDuration)],
])("%s: who waits for what never comes gives up", (_, make) =>
  inBubble(async () => {
    const start = now();
    const neverReady = new Channel<void>();
    const [ctx, cancel] = make();
    using _2 = defer(cancel);
    const s = await select({ ready: receive(neverReady), done: receive(ctx.done()) });
    switch (s.case) {
      case "ready":
        println("ready");
        break;
      case "done":
        println(ctx.err()?.message);
    }
    expect(output).toEqual(["context deadline exceeded"]);
    expect(now() - start).toBe(shortDuration);
  }),
);

// T-X25; R112
test("ExampleWithValue: a value is found by its key, and by no other", () => {
  function f(ctx: Context, k: context.Key<string>): void {
    const v = ctx.value(k);
    if (v !== undefined) println("found value:", v);
    else println("key not found:", k);
  }
  const k = key<string>("language");
  const ctx = withValue(background(), k, "Go");
  f(ctx, k);
  f(ctx, key<string>("color"));
  expect(output).toEqual(["found value: Go", "key not found: color"]);
});

/** A connection on which nothing ever arrives. */
class SilentConn {
  readDeadline: number | undefined;
  readonly #changed = new Channel<void>(1);

  setReadDeadline(at: number | undefined): void {
    this.readDeadline = at;
    this.#changed.trySend();
  }

  async read(): Promise<Error> {
    while (this.readDeadline === undefined || this.readDeadline > now()) await this.#changed.receive();
    return new Error("i/o timeout");
  }
}

// R121, R122
test("ExampleAfterFunc_connection: a read that knows nothing of contexts is stopped by one", () =>
  inBubble(async () => {
    async function readFromConn(ctx: Context, conn: SilentConn): Promise<Error | undefined> {
      const stopped = new Channel<never>();
      const stop = afterFunc(ctx, () => {
        conn.setReadDeadline(now());
        stopped.close();
      });
      const err = await conn.read();
      if (!stop()) {
        // It has been started: wait for it, and put the deadline back.
        await stopped.receive();
        conn.setReadDeadline(undefined);
        return ctx.err();
      }
      return err;
    }

    const conn = new SilentConn();
    const [ctx, cancel] = withTimeout(background(), shortDuration);
    using _ = defer(cancel);
    println((await readFromConn(ctx, conn))?.message);
    expect(output).toEqual(["context deadline exceeded"]);
    expect(conn.readDeadline).toBeUndefined();

    const [patient, cancelPatient] = withCancel(background());
    conn.setReadDeadline(now());
    expect((await readFromConn(patient, conn))?.message).toBe("i/o timeout");
    expect(children(patient)).toBe(0);
    cancelPatient();
  }));

// T-X25; R117, R121, R122
test.each([2, 1])("ExampleAfterFunc_merge: the end of context %d is that of the merged one, with its cause", (which) =>
  inBubble(async () => {
    /** A context with the values of `ctx` that ends when either ends. */
    function mergeCancel(ctx: Context, cancelCtx: Context): [Context, () => void] {
      const [merged, cancel] = withCancelCause(ctx);
      const stop = afterFunc(cancelCtx, () => cancel(context.cause(cancelCtx)));
      return [
        merged,
        () => {
          stop();
          cancel();
        },
      ];
    }

    const [ctx1, cancel1] = withCancelCause(withValue(background(), "key", "of ctx1"));
    const [ctx2, cancel2] = withCancelCause(withValue(background(), "key", "of ctx2"));
    const [mergedCtx, mergedCancel] = mergeCancel(ctx1, ctx2);
    (which === 1 ? cancel1 : cancel2)(new Error(`ctx${which} canceled`));
    await mergedCtx.done().receive();
    println(context.cause(mergedCtx)?.message);
    expect(output).toEqual([`ctx${which} canceled`]);
    expect(mergedCtx.value("key")).toBe("of ctx1");
    mergedCancel();
    expect([ctx1, ctx2].map(children)).toEqual([0, 0]);
  }),
);
