// thi.ng/csp: a write resolves when its value has been read, also with a buffer.

import { type Channel, channel, select as csp } from "@thi.ng/csp";
import type { Implementation, RangeAdapter, SelectAdapter } from "./implementation.ts";

type Chan = Channel<number>;

const channels: RangeAdapter<Chan, number | undefined> = {
  // The smallest buffer is one. Because a write waits for its reader, this is an unbuffered channel.
  make: (capacity) => channel<number>(Math.max(1, capacity)),
  send: (ch, value) => ch.write(value),
  receive: (ch) => ch.read(),
  value: (received) => received,
  close: (ch) => ch.close(),
  range: (ch) => ch,
};

const select: SelectAdapter<Chan, readonly Chan[], readonly [number | undefined, Chan]> = {
  channels,
  prepare: (chans) => chans,
  select: (chans) => csp(...(chans as [Chan, ...Chan[]])),
  value: ([received]) => received,
};

export const implementation: Implementation = {
  name: "thing-csp",
  package: "@thi.ng/csp",
  adapters: {
    channels,
    ranges: channels,
    select,
    module: "@thi.ng/csp",
    channelImport: '{ channel, select } from "@thi.ng/csp"',
  },
  cannot: {
    wake: "at most 1,024 reads may wait on one channel",
    "parked-heap": "at most 1,024 reads may wait on one channel",
  },
};
