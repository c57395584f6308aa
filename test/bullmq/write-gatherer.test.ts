// The gathering of writes, with requests from all phases of a turn of the event loop.

import { expect, test } from "@jest/globals";
import fc from "fast-check";
import { Writable } from "node:stream";
import { setImmediate } from "node:timers/promises";
import { WriteGatherer } from "../../src/bullmq/write-gatherer.ts";

/** A stream that keeps what it has been given, by writes. */
class Socket extends Writable {
  readonly writes: string[][] = [];

  constructor() {
    super({ decodeStrings: false });
  }

  override _write(text: string, _encoding: string, callback: () => void): void {
    this.writes.push([text]);
    callback();
  }

  override _writev(chunks: { chunk: string }[], callback: () => void): void {
    this.writes.push(chunks.map(({ chunk }) => chunk));
    callback();
  }
}

/** When a request is made: in the same function, in a tick, or in a microtask. */
const phases = {
  call: (act: () => void) => act(),
  tick: (act: () => void) => process.nextTick(act),
  microtask: (act: () => void) => queueMicrotask(act),
};

/** A request, and those that are made after it. */
interface Request {
  readonly phase: keyof typeof phases;
  readonly stream: number;
  readonly inFlight: number;
  readonly next: readonly Request[];
}

const request: fc.Memo<Request> = fc.memo((depth) =>
  fc.record({
    phase: fc.constantFrom("call" as const, "tick" as const, "microtask" as const),
    stream: fc.nat({ max: 1 }),
    inFlight: fc.integer({ min: 1, max: 80 }),
    next: depth === 1 ? fc.constant([]) : fc.array(request(depth - 1), { maxLength: 3 }),
  }),
);

function make(gatherer: WriteGatherer, sockets: readonly Socket[], { phase, stream, inFlight, next }: Request): void {
  phases[phase](() => {
    const socket = sockets[stream] as Socket;
    gatherer.add(socket, inFlight);
    // As BullMQ does.
    queueMicrotask(() => void socket.write("request"));
    for (const request of next) make(gatherer, sockets, request);
  });
}

function count({ next }: Request): number {
  return next.reduce((sum, request) => sum + count(request), 1);
}

test("writes all requests of a turn, in whatever phases they are made", async () => {
  const turn = fc.array(request(4), { minLength: 1, maxLength: 4 });
  await fc.assert(
    fc.asyncProperty(turn, async (requests) => {
      const sockets = [new Socket(), new Socket()];
      const gatherer = new WriteGatherer();
      for (const request of requests) make(gatherer, sockets, request);
      await setImmediate();
      expect(sockets.map((socket) => socket.writableCorked)).toEqual([0, 0]);
      const written = sockets.flatMap((socket) => socket.writes.flat());
      expect(written).toHaveLength(requests.reduce((sum, request) => sum + count(request), 0));
    }),
    { numRuns: 500 },
  );
});

async function writesOf(inFlight: number, requests: number): Promise<number[]> {
  const socket = new Socket();
  const gatherer = new WriteGatherer();
  for (let n = 0; n < requests; n++) make(gatherer, [socket], { phase: "microtask", stream: 0, inFlight, next: [] });
  await setImmediate();
  return socket.writes.map((write) => write.length);
}

test("writes at most a quarter of the requests in flight at once", async () => {
  expect(await writesOf(20, 20)).toEqual([4, 5, 5, 5, 1]);
  expect(await writesOf(20, 8)).toEqual([4, 4]);
});

test("gathers nothing while few requests are in flight", async () => {
  expect(await writesOf(16, 3)).toEqual([1, 1, 1]);
});
