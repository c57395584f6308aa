// The watch of a connection to Redis, in virtual time.

import { expect, test } from "@jest/globals";
import { time } from "goro";
import { bubble, now } from "goro/testing";
import { ResponseWatch } from "../../src/bullmq/response-watch.ts";

class Client {
  stream: Stream | null = new Stream();
  setSocketTimeout = (): void => {
    throw new Error("the timer of the client is set");
  };
}

class Stream {
  bytesRead = 0;
  destroyedAt: number | undefined;
  error: Error | undefined;

  destroy(error: Error): void {
    this.destroyedAt ??= now();
    this.error ??= error;
  }
}

/** Watches a client with a timeout of one second, for ten seconds; `act` is called every 100 ms with the time since the start. */
function watch(isWaiting: () => boolean, act: (ms: number, client: Client) => void): Promise<Client> {
  return bubble(async () => {
    const client = new Client();
    const { stream } = client;
    const start = now();
    const responses = new ResponseWatch(client, 1000, isWaiting);
    for (let ms = 0; ms < 10_000; ms += 100) {
      act(ms, client);
      await time.sleep(100);
    }
    responses.stop();
    if (stream?.destroyedAt !== undefined) stream.destroyedAt -= start;
    return client;
  });
}

test("a server that never responds is noticed after the timeout, and at most half of it later", async () => {
  const { stream } = await watch(
    () => true,
    () => undefined,
  );
  expect(stream?.destroyedAt).toBe(1500);
  expect(stream?.error?.message).toBe("Redis has not responded for 1000 ms");
});

test("a server that stops to respond is noticed", async () => {
  const { stream } = await watch(
    () => true,
    (ms, { stream }) => {
      if (stream !== null && ms < 5000) stream.bytesRead++;
    },
  );
  expect(stream?.destroyedAt).toBeGreaterThanOrEqual(5900);
  expect(stream?.destroyedAt).toBeLessThanOrEqual(6500);
});

test.each<[string, () => boolean, (ms: number, client: Client) => void]>([
  [
    "responds",
    () => true,
    (_, { stream }) => {
      if (stream !== null) stream.bytesRead++;
    },
  ],
  ["has no request", () => false, () => undefined],
  [
    "is away",
    () => true,
    (_, client) => {
      client.stream = null;
    },
  ],
  [
    "has a new connection twice in the timeout",
    () => true,
    (ms, client) => {
      if (ms % 400 === 0) client.stream = new Stream();
    },
  ],
])("a connection that %s stays", async (_name, isWaiting, act) => {
  const first: (Stream | null)[] = [];
  const client = await watch(isWaiting, (ms, client) => {
    act(ms, client);
    first.push(client.stream);
  });
  expect(first.filter((stream) => stream?.destroyedAt !== undefined)).toEqual([]);
  client.setSocketTimeout();
});

test("requests that are answered between two looks are not one that waits", async () => {
  let isWaiting = false;
  const { stream } = await watch(
    () => isWaiting,
    (ms) => {
      isWaiting = ms % 1000 === 500;
    },
  );
  expect(stream?.destroyedAt).toBeUndefined();
});
