// The WebSocket of the package ws, which has both addEventListener and on.

import assert from "node:assert/strict";
import { test } from "node:test";
import { fromEvents } from "goro";
import WebSocket, { WebSocketServer } from "ws";

const listening = () =>
  new Promise((resolve) => {
    const server = new WebSocketServer({ port: 0, host: "127.0.0.1" }, () => resolve(server));
  });

test("messages arrive, and the end of the socket closes the channel", async () => {
  const server = await listening();
  server.on("connection", (socket) => {
    for (const text of ["one", "two"]) socket.send(text);
    socket.close();
  });
  const socket = new WebSocket(`ws://127.0.0.1:${server.address().port}`);
  const got = [];
  for await (const message of fromEvents(socket, "message", { endEvent: "close", capacity: 8 }))
    got.push(String(message.data ?? message));
  assert.deepEqual(got, ["one", "two"]);
  server.close();
});

test("an error reaches onError", async () => {
  const server = await listening();
  const { port } = server.address();
  await new Promise((resolve) => server.close(resolve));
  const errors = [];
  const socket = new WebSocket(`ws://127.0.0.1:${port}`);
  const messages = fromEvents(socket, "message", { onError: (error) => errors.push(error.code), endEvent: "close" });
  assert.equal((await messages.receive()).ok, false);
  assert.deepEqual(errors, ["ECONNREFUSED"]);
});
