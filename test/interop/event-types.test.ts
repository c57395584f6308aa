// Code that must compile, and code that must not; see channel/types.test.ts.

import type { ChildProcess } from "node:child_process";
import { EventEmitter } from "node:events";
import type { Server, Socket } from "node:net";
import { describe, expect, test } from "@jest/globals";
import { type EventChannel, fromEvents } from "goro";

interface Events {
  data: [string];
  moved: [x: number, y: number];
  drained: [];
  maybe: [Error?];
  anything: [any]; // eslint-disable-line @typescript-eslint/no-explicit-any
}

/** Type-checks `code` without calling it. */
function notRun(code: (...args: never) => unknown): void {
  expect(code).toBeInstanceOf(Function);
}

type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;

/** Compiles if the channel is one of `T`. */
function expectEvents<T>() {
  return <C>(channel: EventChannel<C>, same: Same<T, C>): void => {
    expect([channel, same]).toHaveLength(2);
  };
}

describe("the type of an event", () => {
  test("is that of the first argument in the map of an EventEmitter", () => {
    notRun(() => {
      const emitter = new EventEmitter<Events>();
      expectEvents<string>()(fromEvents(emitter, "data"), true);
      expectEvents<number>()(fromEvents(emitter, "moved"), true);
      expectEvents<undefined>()(fromEvents(emitter, "drained"), true);
      expectEvents<string>()(fromEvents(new EventEmitter<Record<string, [string]>>(), "any"), true);
      fromEvents(emitter, "moved", { onDrop: (x) => x.toFixed() });
      expectEvents<Error | undefined>()(fromEvents(emitter, "maybe"), true);
      // @ts-expect-error: the argument is a string
      const wrong: EventChannel<number> = fromEvents(emitter, "data");
      return wrong;
    });
  });

  test("is that of the overload of `on` for the event", () => {
    notRun((socket: Socket, server: Server, child: ChildProcess) => {
      expectEvents<Buffer<ArrayBuffer>>()(fromEvents(socket, "data"), true);
      expectEvents<boolean>()(fromEvents(socket, "close"), true);
      expectEvents<Error>()(fromEvents(socket, "error", { errorEvent: false }), true);
      expectEvents<undefined>()(fromEvents(socket, "timeout"), true);
      expectEvents<Socket>()(fromEvents(server, "connection"), true);
      expectEvents<number | null>()(fromEvents(child, "exit"), true);
      expectEvents<NodeJS.Signals>()(fromEvents(process, "SIGINT"), true);
      expectEvents<Error>()(fromEvents(process, "warning"), true);
    });
  });

  test("is that of the handler of a DOM target, also if the target has `on` too", () => {
    interface Both extends EventTarget {
      onmessage: ((event: MessageEvent) => void) | null;
      on(name: "message", listener: (data: string) => void): this;
      on(name: "ping", listener: (data: Uint8Array) => void): this;
      off(name: string, listener: (...args: unknown[]) => void): this;
    }
    notRun((both: Both, signal: AbortSignal) => {
      expectEvents<MessageEvent>()(fromEvents(both, "message"), true);
      expectEvents<unknown>()(fromEvents(both, "ping"), true);
      expectEvents<Event>()(fromEvents(signal, "abort"), true);
    });
  });

  test("is unknown for an event that is not declared, or is declared as any, and can be chosen", () => {
    class Subclass extends EventEmitter<Events> {}
    notRun(() => {
      const emitter = new EventEmitter<Events>();
      expectEvents<unknown>()(fromEvents(emitter, "other"), true);
      expectEvents<unknown>()(fromEvents(emitter, "anything"), true);
      expectEvents<Error>()(fromEvents<Error>(emitter, "anything"), true);
      expectEvents<unknown>()(fromEvents(new EventEmitter(), "data"), true);
      expectEvents<unknown>()(fromEvents(new EventEmitter(), "length"), true);
      expectEvents<unknown>()(fromEvents(new Subclass(), "data"), true);
      const chosen: EventChannel<string> = fromEvents(new Subclass(), "data");
      return chosen;
    });
  });
});
