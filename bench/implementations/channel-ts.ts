// channel-ts: one receiver, and a send that never waits, for the buffer has no end. So it does the rows that need no back-pressure.

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
