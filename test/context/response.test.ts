// Contexts of requests, with real servers on the loopback interface.

import { once } from "node:events";
import http, { type ServerResponse } from "node:http";
import http2, { type ClientHttp2Session, type Http2ServerResponse } from "node:http2";
import { type AddressInfo, connect, type Server } from "node:net";
import { afterEach, describe, expect, test } from "@jest/globals";
import { context } from "goro";
import { LeakDetector } from "goro/testing";
import { children, isOver } from "../support/contexts.ts";

const { background, cause, fromResponse, ResponseClosed, withCancelCause } = context;

type ServerSide = ServerResponse | Http2ServerResponse;

/** A request that the server has got, and how its client goes. */
interface Exchange {
  readonly response: ServerSide;
  go(): void;
}

const ends: (() => void)[] = [];

afterEach(() => {
  for (const end of ends.splice(0)) end();
});

async function listen(server: Server | http2.Http2Server): Promise<number> {
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  ends.push(() => server.close());
  return (server.address() as AddressInfo).port;
}

/** The response of the next request that `server` gets. */
async function nextResponse(server: Server | http2.Http2Server): Promise<ServerSide> {
  const [, response] = (await once(server, "request")) as [unknown, ServerSide];
  return response;
}

async function requestByHttp(): Promise<Exchange> {
  const server = http.createServer();
  const port = await listen(server);
  const received = nextResponse(server);
  const socket = connect(port, "127.0.0.1");
  socket.on("error", () => undefined);
  socket.resume().write("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
  ends.push(() => socket.destroy());
  return { response: await received, go: () => socket.destroy() };
}

async function connectHttp2(): Promise<[http2.Http2Server, ClientHttp2Session]> {
  const server = http2.createServer();
  const client = http2.connect(`http://127.0.0.1:${await listen(server)}`);
  client.on("error", () => undefined);
  ends.push(() => client.destroy());
  return [server, client];
}

async function requestByHttp2(): Promise<Exchange> {
  const [server, client] = await connectHttp2();
  const received = nextResponse(server);
  const stream = client.request({ ":path": "/" });
  stream.on("error", () => undefined);
  stream.resume().end();
  return { response: await received, go: () => stream.close(http2.constants.NGHTTP2_CANCEL) };
}

async function requestOfSession(): Promise<Exchange> {
  const [server, client] = await connectHttp2();
  const received = nextResponse(server);
  client.request({ ":path": "/" }).on("error", () => undefined);
  return { response: await received, go: () => client.destroy() };
}

function sendPart(response: { write(data: string): unknown }): void {
  response.write("a part");
}

function closed(response: ServerSide): Promise<unknown> {
  return once(response, "close");
}

describe.each([
  ["http", requestByHttp],
  ["http2", requestByHttp2],
  ["http2, whose session ends", requestOfSession],
])("the context of a response of %s", (_, request) => {
  test("is canceled with a ResponseClosed when the client goes before the end", async () => {
    const { response, go } = await request();
    const before = response.listenerCount("close");
    const ctx = fromResponse(response);
    const end = closed(response);
    sendPart(response);
    expect(ctx.err()).toBeUndefined();
    go();
    await end;
    expect(ctx.err()).toBeInstanceOf(context.Canceled);
    expect(cause(ctx)).toBeInstanceOf(ResponseClosed);
    expect(cause(ctx)).toMatchObject({
      name: "AbortError",
      message: "the response was closed before it was finished",
    });
    expect([isOver(ctx), ctx.signal.reason === cause(ctx), response.listenerCount("close")]).toEqual([
      true,
      true,
      before,
    ]);
  });

  test("is canceled without a ResponseClosed when the response is complete", async () => {
    const { response } = await request();
    const before = response.listenerCount("close");
    const [parent] = withCancelCause(background());
    const ctx = fromResponse(response, { ctx: parent });
    const end = closed(response);
    expect([ctx.err(), children(parent)]).toEqual([undefined, 1]);
    response.end("everything");
    expect(ctx.err()).toBeUndefined();
    await end;
    expect(cause(ctx)).toEqual(new context.Canceled());
    expect(cause(ctx)).not.toBeInstanceOf(ResponseClosed);
    expect([children(parent), response.listenerCount("close")]).toEqual([0, before]);
  });

  test("is canceled with its parent, and removes its listener", async () => {
    const { response } = await request();
    const before = response.listenerCount("close");
    const [parent, cancel] = withCancelCause(context.withValue(background(), "key", 1));
    const ctx = fromResponse(response, { ctx: parent });
    expect([response.listenerCount("close"), ctx.value("key")]).toEqual([before + 1, 1]);
    cancel(new Error("shutdown"));
    expect([cause(ctx)?.message, response.listenerCount("close")]).toEqual(["shutdown", before]);
    response.end();
  });

  test("keeps the cause of the first of two ends, in both orders", async () => {
    for (const isParentFirst of [true, false]) {
      const { response, go } = await request();
      const [parent, cancel] = withCancelCause(background());
      const ctx = fromResponse(response, { ctx: parent });
      const end = closed(response);
      if (isParentFirst) cancel(new Error("shutdown"));
      go();
      await end;
      cancel(new Error("shutdown"));
      expect(cause(ctx) instanceof ResponseClosed).toBe(!isParentFirst);
    }
  });

  test("is canceled at once if the response has been closed or the parent has been canceled", async () => {
    const { response, go } = await request();
    const [parent, cancel] = withCancelCause(background());
    cancel(new Error("shutdown"));
    const before = response.listenerCount("close");
    expect(cause(fromResponse(response, { ctx: parent }))?.message).toBe("shutdown");
    const end = closed(response);
    go();
    await end;
    expect(cause(fromResponse(response))).toBeInstanceOf(ResponseClosed);
    expect(response.listenerCount("close")).toBeLessThanOrEqual(before);
  });
});

test("an open context is reported as a listener that is left, until its response is closed", async () => {
  const { response } = await requestByHttp();
  const leaks = new LeakDetector();
  fromResponse(response);
  await expect(leaks.check()).rejects.toThrow("close");
  leaks.stop();
  response.end();
});

test("its name says what it is", () => {
  const response = { writableEnded: false, writableFinished: false, on: () => 1, off: () => 1 };
  const [parent, cancel] = withCancelCause(background());
  expect(String(fromResponse(response, { ctx: parent }))).toBe("context.Background.WithCancel.FromResponse");
  cancel();
});

test.each<[unknown, unknown, string]>([
  [undefined, undefined, "response must be a response of a server, got undefined"],
  [new Response(), undefined, "response must be a response of a server, got [object Response]"],
  [{ on() {}, off() {}, writableEnded: false }, undefined, "response must be a response of a server"],
  ["response", {}, 'response must be a response of a server, got "response"'],
  [null, { signal: 1 }, "write ctx: context.fromSignal(signal) instead"],
  [null, { ctx: 1 }, "ctx must be a context, got 1"],
])("%p with %p is an error", (value, options, message) => {
  const response = value ?? { writableEnded: false, writableFinished: false, on: () => 1, off: () => 1 };
  const call = (): unknown => Reflect.apply(fromResponse, undefined, [value === undefined ? value : response, options]);
  expect(call).toThrow(TypeError);
  expect(call).toThrow(`context.fromResponse: `);
  expect(call).toThrow(message);
});
