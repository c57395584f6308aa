// Ends that are not a Channel: objects of the library that represent a channel, as a subpath may implement them.

import { expect, test } from "@jest/globals";
import {
  Channel,
  receive,
  type ReceiveChannel,
  type ReceiveResult,
  select,
  send,
  type SendChannel,
  toReadableStream,
} from "goro";
import { channelStateOf, endState } from "../../src/channel/channel.ts";

/** The sending and the receiving end of `channel`, as an object of another class. */
function endOf<T>(channel: Channel<T>): SendChannel<T> & ReceiveChannel<T> {
  const end = {
    [endState]: channelStateOf(channel),
    send: (value: T): Promise<void> => channel.send(value),
    trySend: (value: T): boolean => channel.trySend(value),
    close: (): void => channel.close(),
    receive: (): Promise<ReceiveResult<T>> => channel.receive(),
    tryReceive: (): ReceiveResult<T> | undefined => channel.tryReceive(),
    [Symbol.asyncIterator]: () => channel[Symbol.asyncIterator](),
    length: 0,
    capacity: 1,
  };
  return end as unknown as SendChannel<T> & ReceiveChannel<T>;
}

test("select accepts an end that refers to the state of a channel", async () => {
  const ch = new Channel<number>(1);
  const end = endOf(ch);
  expect(await select({ sent: send(end, 7), received: receive(end) })).toEqual({ case: "sent" });
  expect(await select({ sent: send(end, 8), received: receive(end) })).toEqual({
    case: "received",
    value: 7,
    ok: true,
  });
  const waiting = select({ received: receive(end) });
  await ch.send(9);
  expect(await waiting).toEqual({ case: "received", value: 9, ok: true });
});

test("a stream reads from such an end", async () => {
  const ch = new Channel<number>(2);
  ch.trySend(1);
  ch.close();
  const values: number[] = [];
  for await (const value of toReadableStream(endOf(ch))) values.push(value);
  expect(values).toEqual([1]);
});

test("any other object with the methods of an end is refused by name", () => {
  const { [endState]: _, ...imitation } = endOf(new Channel<number>()) as unknown as Record<typeof endState, unknown>;
  expect(() => receive(imitation as never)).toThrow(
    new TypeError("receive: channel must be a Channel or null, got [object Object]"),
  );
});
