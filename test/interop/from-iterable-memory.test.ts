// An unreachable channel is collected, together with its pump and its source.

import { expect, test } from "@jest/globals";
import { Channel, context, fromEvents, fromIterable, toReadableStream, toWritableStream } from "goro";
import { ignoreLeaks } from "goro/testing";
import { children } from "../support/contexts.ts";
import { heapInUse, isCollected } from "../support/memory.ts";

function* numbers(): Generator<number> {
  for (let n = 0; ; n++) yield n;
}

test("20,000 channels that were dropped after one value keep no memory", async () => {
  ignoreLeaks();
  const before = await heapInUse();
  for (let n = 0; n < 20_000; n++) expect((await fromIterable(numbers()).receive()).value).toBe(0);
  expect(((await heapInUse()) - before) / 20_000).toBeLessThan(200);
});

test("a source is collected with its channel", async () => {
  ignoreLeaks();
  let ref!: WeakRef<object>;
  await (async () => {
    const source = numbers();
    ref = new WeakRef(source);
    await fromIterable(source).receive();
  })();
  expect(await isCollected(ref)).toBe(true);
});

test("channels and streams that have ended leave no listener on a context that lives longer", async () => {
  const [ctx, cancel] = context.withCancel(context.background());
  const emitter = new EventTarget();
  for (let n = 0; n < 100; n++) {
    const ch = new Channel<number>(1);
    fromEvents(emitter, "tick", { ctx, endEvent: "end" });
    emitter.dispatchEvent(new Event("end"));
    const reader = toReadableStream(ch, { ctx }).getReader();
    const read = reader.read();
    await reader.cancel();
    await read;
    await toWritableStream(ch, { ctx, preventClose: true }).getWriter().close();
    await toWritableStream(ch, { ctx, preventClose: true }).getWriter().abort();
    await toReadableStream(ch, { ctx }).cancel();
    const closing = toReadableStream(ch, { ctx }).getReader();
    await toWritableStream(ch, { ctx }).getWriter().close();
    expect((await closing.read()).done).toBe(true);
    await expect(toWritableStream(ch, { ctx }).getWriter().write(1)).rejects.toThrow("send on closed channel");
  }
  expect(children(ctx)).toBe(0);
  cancel();
});
