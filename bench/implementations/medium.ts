// medium: puts and takes on plain objects. Its channels are thenable, so an async function must not return one.

import { any, type Chan, chan, CLOSED, close, put, take } from "medium";
import type { ChannelAdapter, Implementation, SelectAdapter } from "./implementation.ts";

type Received = number | typeof CLOSED;

const channels: ChannelAdapter<Chan, Received> = {
  make: (capacity) => (capacity === 0 ? chan() : chan(capacity)),
  send: put,
  receive: take,
  value: (received) => (received === CLOSED ? undefined : received),
  // The result is not returned: it is the channel, and awaiting a channel would take a value.
  close: (ch) => void close(ch),
};

const select: SelectAdapter<Chan, readonly Chan[], readonly [Received, Chan]> = {
  channels,
  prepare: (chans) => chans,
  select: (chans) => any(...chans),
  value: ([received]) => channels.value(received),
};

export const implementation: Implementation = {
  name: "medium",
  package: "medium",
  adapters: {
    channels,
    select,
    module: "medium",
    channelImport: '{ any, chan, CLOSED, close, put, take } from "medium"',
  },
};
