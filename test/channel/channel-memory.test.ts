import { expect, test } from "@jest/globals";
import { Channel, go, receive, select } from "goro";
import { ignoreLeaks } from "goro/testing";
import { areCollected, isCollected } from "../support/memory.ts";
import { capacities } from "../support/promises.ts";

/** Returns a channel whose buffer is full of 0, 1, 2 and so on. */
function full(capacity: number): Channel<number> {
  const ch = new Channel<number>(capacity);
  for (let i = 0; i < capacity; i++) ch.trySend(i);
  return ch;
}

// R35
test.each(["send", "receive", "select", "loop"])(
  "a channel is collected together with its waiters: %s",
  async (operation) => {
    ignoreLeaks();
    const abandon = (capacity: number): WeakRef<object> => {
      const ch = full(capacity);
      if (operation !== "send") while (ch.tryReceive());
      go(async () => {
        if (operation === "send") await ch.send(1);
        else if (operation === "receive") await ch.receive();
        else if (operation === "select") await select([receive(ch)]);
        else for await (const _ of ch);
        ch.close();
      });
      return new WeakRef(ch);
    };
    for (const capacity of capacities) expect(await isCollected(abandon(capacity))).toBe(true);
  },
);

// R35
test("a channel does not retain values that it has delivered or refused", async () => {
  for (const capacity of capacities) {
    const ch = new Channel<object>(capacity);
    const pass = async (): Promise<WeakRef<object>[]> => {
      const values = Array.from({ length: 3 }, () => ({}));
      const waiting = ch.receive();
      ch.trySend(values[0] as object);
      await waiting;
      const sending = ch.send(values[1] as object);
      await ch.receive();
      await sending;
      while (ch.trySend({}));
      const refused = ch.send(values[2] as object);
      ch.close();
      await refused.catch(() => undefined);
      return values.map((value) => new WeakRef(value));
    };
    const refs = await pass();
    expect(await areCollected(refs)).toEqual(refs.map(() => true));
    expect(ch.length).toBe(capacity);
  }
});
