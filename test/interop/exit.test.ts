// Channels of events and streams when the process ends.

import { expect, test } from "@jest/globals";
import { runSource } from "../support/programs.ts";

const program = `
import { PassThrough } from "node:stream";
import { Channel, context, fromEvents, fromIterable, fromReadableStream, toReadableStream, toWritableStream } from "goro";

const [ctx, cancel] = context.withCancel(context.background());
const onError = (error: Error): void => console.log(String(error));
async function* silent(): AsyncGenerator<number> {
  await new Promise(() => undefined);
  yield 1;
}
const channels = [
  fromIterable([1, 2], { ctx, onError }),
  fromIterable(silent(), { ctx, onError }),
  fromIterable(new PassThrough(), { ctx, onError }),
  fromReadableStream(new ReadableStream(), { ctx, onError }),
  fromEvents(process, "message", { ctx, onError, endEvent: "exit" }),
];
const written = new Channel<number>();
const read = toReadableStream(new Channel<number>(), { ctx }).getReader().read();
const write = toWritableStream(written, { ctx }).getWriter().write(1);
for (const promise of [read, write]) promise.catch(() => undefined);
channels.push(written);
`;

const isClosed = "channels.every((ch) => { ch.tryReceive(); return ch.tryReceive()?.ok === false; })";

test.each([
  ["the channel stays open", `process.on("exit", () => console.log("ended"));`, "ended\n"],
  [
    "its context is canceled at the exit of the process",
    `process.on("exit", () => { cancel(); console.log(${isClosed}); });`,
    "true\n",
  ],
  [
    "its context is canceled at beforeExit",
    `process.once("beforeExit", () => { cancel(); console.log(${isClosed}); });`,
    "true\n",
  ],
])("a source that waits neither keeps the process alive nor fails when %s", async (_, end, stdout) => {
  expect(await runSource(program + end)).toMatchObject({ code: 0, stdout });
});
