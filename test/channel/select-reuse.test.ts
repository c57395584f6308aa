// The case that a channel keeps for the next step of a loop, until the next turn of the event loop.

import { expect, test } from "@jest/globals";
import { Channel, gosched, promise, receive, select } from "goro";
import { channelStateOf } from "../../src/channel/channel.ts";
import { promiseStateOf } from "../../src/channel/promise-state.ts";

function hasCase(ch: Channel<number>): boolean {
  return channelStateOf(ch)?.cachedReceiveCase !== null;
}

test("a step of a loop uses the case of the previous step, and a turn later nothing is left of it", async () => {
  const ch = new Channel<number>(1);
  const pending = new Promise<never>(() => undefined);
  const state = promiseStateOf("test", pending);
  ch.trySend(1);
  await gosched();
  const first = receive(ch);
  const never = promise(pending);
  const selected = select({ first, never });
  // Without an await, which may take a turn.
  expect([receive(ch) === first, promise(pending) === never]).toEqual([true, true]);
  expect((await selected).case).toBe("first");
  await gosched();
  expect([hasCase(ch), state.cachedReceiveCase]).toEqual([false, null]);
  expect(receive(ch)).not.toBe(first);
});

test("of many channels in a turn, the last 1,024 at most keep a case", async () => {
  const chs = Array.from({ length: 1025 }, () => new Channel<number>());
  await gosched();
  for (const ch of chs) void select({ value: receive(ch), default: true });
  expect(chs.map(hasCase)).toEqual(chs.map((_, i) => i === 1024));
  await gosched();
  expect(chs.some(hasCase)).toBe(false);
});
