// easyts: an operation that does not have to wait returns no promise, so a buffered operation costs only the `await`.

import { Chan, type ReadCase, selectChan } from "@king011/easyts/lib/es2022/channel.js";
import { WaitGroup } from "@king011/easyts/lib/es2022/sync/waitgroup.js";
import type { Implementation, RangeAdapter, SelectAdapter, TryAdapter, WaitGroupAdapter } from "./implementation.ts";
import { mutex, programs } from "./easyts-more.ts";

const channels: TryAdapter<Chan<number>, number | undefined> & RangeAdapter<Chan<number>, number | undefined> = {
  make: (capacity) => new Chan<number>(capacity),
  send: (ch, value) => ch.write(value),
  receive: (ch) => ch.read(),
  value: (received) => received,
  close: (ch) => ch.close(),
  range: (ch) => ch,
  trySend: (ch, value) => ch.tryWrite(value),
  tryReceive: (ch) => ch.tryRead()?.value as number | undefined,
};

const select: SelectAdapter<Chan<number>, readonly Chan<number>[], ReadCase<number>> = {
  channels,
  prepare: (chans) => chans,
  select: (chans) => selectChan(...chans.map((ch) => ch.readCase())) as Promise<ReadCase<number>>,
  value: (selected) => selected.read(),
};

const waitGroup: WaitGroupAdapter<WaitGroup> = {
  make: () => new WaitGroup(),
  go: (wg, f) => {
    wg.add(1);
    void f().then(() => wg.done());
  },
  wait: (wg) => wg.wait(),
};

export const implementation: Implementation = {
  name: "easyts",
  package: "@king011/easyts",
  adapters: {
    channels,
    tries: channels,
    ranges: channels,
    select,
    waitGroup,
    mutex,
    module: "@king011/easyts",
    channelImport: '{ Chan, selectChan } from "@king011/easyts/lib/es2022/channel.js"',
  },
  programs,
};
