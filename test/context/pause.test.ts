// The pause between attempts and for a rate: it ends by its time or by its context, and leaves nothing.

import { expect, test } from "@jest/globals";
import { Channel, context, type ReceiveChannel, time } from "goro";
import { bubble, waitUntilBlocked } from "goro/testing";
import { pause } from "../../src/context/pause.ts";
import { currentClock, RuntimeTimer } from "../../src/runtime/timer.ts";
import { waitSelect } from "../../src/runtime/wait-reasons.ts";
import { children, inBubble, Wrapper } from "../support/contexts.ts";

const { background, withCancel } = context;

test("it ends when its time has passed", () =>
  inBubble(async () => {
    const [ctx] = withCancel(background());
    const start = time.now();
    const ended = pause(500, ctx);
    expect([children(ctx), waitSelect.waiting]).toEqual([1, 1]);
    expect(await ended).toBe(true);
    expect([time.since(start), children(ctx), waitSelect.waiting]).toEqual([500, 0, 0]);
  }));

test("it ends when its context is canceled", () =>
  inBubble(async () => {
    const [ctx, cancel] = withCancel(background());
    const start = time.now();
    const ended = pause(500, ctx);
    await time.sleep(100);
    cancel();
    expect([children(ctx), waitSelect.waiting, currentClock().labels]).toEqual([0, 0, []]);
    expect(await ended).toBe(false);
    expect(time.since(start)).toBe(100);
  }));

test.each([
  ["cancel first", false],
  ["the time first", true],
])("the first of both counts when they come at one instant: %s", (_, isDue) =>
  inBubble(async () => {
    const [ctx, cancel] = withCancel(background());
    // The timers of one instant fire in the order in which they were set.
    const set = (): void => new RuntimeTimer("cancel", cancel).start(500);
    if (!isDue) set();
    const ended = pause(500, ctx);
    if (isDue) set();
    expect(await ended).toBe(isDue);
    await waitUntilBlocked();
    expect(waitSelect.waiting).toBe(0);
  }),
);

test("it does not wait for a time of 0, nor with a context that is canceled already", () =>
  inBubble(async () => {
    const [ctx, cancel] = withCancel(background());
    const start = time.now();
    expect(await pause(0, ctx)).toBe(true);
    cancel();
    expect(await pause(500, ctx)).toBe(false);
    expect(await pause(0, ctx)).toBe(false);
    expect([time.since(start), waitSelect.waiting]).toEqual([0, 0]);
  }));

test("an infinite pause ends with its context alone", () =>
  inBubble(async () => {
    const [ctx, cancel] = withCancel(background());
    const ended = pause(Infinity, ctx);
    await waitUntilBlocked();
    expect([currentClock().labels, waitSelect.waiting]).toEqual([[], 1]);
    cancel();
    expect(await ended).toBe(false);
  }));

test("a context from outside of a bubble can end it", async () => {
  const [ctx, cancel] = withCancel(background());
  ctx.done();
  await bubble(async () => {
    const ended = pause(Infinity, ctx);
    setTimeout(cancel);
    expect(await ended).toBe(false);
  });
});

/** A context of the user's with any object as its channel. */
class Ended extends Wrapper {
  readonly channel: object;

  constructor(channel: object) {
    super(background());
    this.channel = channel;
  }

  override done(): ReceiveChannel<never> {
    return this.channel as ReceiveChannel<never>;
  }
}

const fake = { tryReceive: (): undefined => undefined };

test("it follows a context of the user's", () =>
  inBubble(async () => {
    const channel = new Channel<never>();
    const ctx = new Ended(channel);
    expect(await pause(1, ctx)).toBe(true);
    const ended = pause(Infinity, ctx);
    ctx.err = () => new context.Canceled();
    channel.close();
    expect(await ended).toBe(false);
  }));

test("it rejects if `done()` is not a channel, and leaves nothing", () =>
  inBubble(async () => {
    await expect(pause(1, new Ended(fake))).rejects.toThrow(
      "context: done() must return a Channel, got [object Object]",
    );
    expect(waitSelect.waiting).toBe(0);
  }));

test("it follows a context that calls functions when it ends, without a channel", () =>
  inBubble(async () => {
    let end = (): void => undefined;
    const ctx = Object.assign(new Ended(fake), {
      afterFunc(f: () => void): () => boolean {
        end = f;
        return () => true;
      },
    });
    const ended = pause(Infinity, ctx);
    ctx.err = () => new context.Canceled();
    end();
    expect(await ended).toBe(false);
  }));
