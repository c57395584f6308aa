// channel-ts: one receiver and an unbounded buffer. A send never waits, so it does only rows without back-pressure.

import { SimpleChannel } from "channel-ts";
import type { ChannelAdapter, Implementation } from "./implementation.ts";

const channels: ChannelAdapter<SimpleChannel<number>, number> = {
  make: () => new SimpleChannel<number>(),
  send: (ch, value) => ch.send(value),
  receive: (ch) => ch.receive(),
  value: (received) => received,
  close: (ch) => ch.close(),
};

const noBackPressure = "send never waits";

export const implementation: Implementation = {
  name: "channel-ts",
  package: "channel-ts",
  adapters: { channels, module: "channel-ts", channelImport: '{ SimpleChannel } from "channel-ts"' },
  cannot: {
    unbuffered: noBackPressure,
    buffered: noBackPressure,
    "buffered-4-4": noBackPressure,
    "pool-channels": noBackPressure,
  },
};
