// extra-promise: a channel is read through an iterator; each receiver keeps its iterator.

import { BufferedChannel, Channel, map, Mutex, Semaphore } from "extra-promise";
import type { ChannelAdapter, Implementation, LockAdapter, PoolAdapter } from "./implementation.ts";

interface Ends {
  readonly channel: Channel<number> | BufferedChannel<number>;
  readonly values: AsyncIterator<number>;
}

const channels: ChannelAdapter<Ends, IteratorResult<number>> = {
  make: (capacity) => {
    const channel = capacity === 0 ? new Channel<number>() : new BufferedChannel<number>(capacity);
    return { channel, values: channel.receive()[Symbol.asyncIterator]() };
  },
  send: ({ channel }, value) => channel.send(value),
  receive: ({ values }) => values.next(),
  value: (received) => (received.done === true ? undefined : (received.value as number)),
  close: ({ channel }) => channel.close(),
};

const pool: PoolAdapter = { map: (items, f, workers) => map(items, f, workers) };

const mutex: LockAdapter<Mutex, () => void> = {
  make: () => new Mutex(),
  acquire: (lock) => lock.acquire(),
  release: (_, release) => release(),
};

const semaphore: LockAdapter<Semaphore, () => void> = { ...mutex, make: (units) => new Semaphore(units) };

export const implementation: Implementation = {
  name: "extra-promise",
  package: "extra-promise",
  adapters: {
    channels,
    pool,
    mutex,
    semaphore,
    module: "extra-promise",
    channelImport: '{ BufferedChannel, Channel } from "extra-promise"',
  },
  cannot: {
    "pool-channels": "close drops what is buffered",
  },
};
