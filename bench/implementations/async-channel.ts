// async-channel: its items are promises, so a received value has already been awaited.

import { BaseChannel } from "async-channel";
import type { Implementation, RangeAdapter } from "./implementation.ts";

const channels: RangeAdapter<BaseChannel<number>, number | undefined> = {
  make: (capacity) => new BaseChannel<number>(capacity),
  send: (ch, value) => ch.push(value),
  receive: (ch) => ch.get(),
  value: (received) => received,
  close: (ch) => ch.close(),
  range: (ch) => ch,
};

/** The workers use the iterator: `get` reports the end of a channel only by an error. */
async function poolOverChannels(n: number): Promise<number> {
  const jobs = new BaseChannel<number>(100);
  const results = new BaseChannel<number>(100);
  const sending = (async () => {
    for (let i = 0; i < n; i++) await jobs.push(i);
    jobs.close();
  })();
  const work = async (): Promise<void> => {
    for await (const job of jobs) await results.push(2 * job);
  };
  const working = Promise.all([work(), work(), work(), work()]).then(() => results.close());
  let sum = 0;
  for await (const result of results) sum += result;
  await sending;
  await working;
  return sum;
}

export const implementation: Implementation = {
  name: "async-channel",
  package: "async-channel",
  adapters: {
    channels,
    ranges: channels,
    module: "async-channel",
    channelImport: '{ BaseChannel } from "async-channel"',
  },
  programs: { "pool-channels": poolOverChannels },
};
