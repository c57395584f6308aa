// The adapters of ts-chan for its two settings. A loop creates its select once and reuses it, as the documentation recommends.

import { Chan, recv, Select, type SelectCaseReceiver } from "ts-chan";
import type { Adapters, RangeAdapter, SelectAdapter, TryAdapter } from "./implementation.ts";

type Received = IteratorResult<number, number | undefined>;
type Selector = Select<readonly SelectCaseReceiver<number>[]>;

export function tsChan(unsafe: boolean): Partial<Adapters> {
  const channels: TryAdapter<Chan<number>, Received> & RangeAdapter<Chan<number>, Received> = {
    make: (capacity) => new Chan<number>(capacity).setUnsafe(unsafe),
    send: (ch, value) => ch.send(value),
    receive: (ch) => ch.recv(),
    value: (received) => (received.done ? undefined : received.value),
    close: (ch) => ch.close(),
    range: (ch) => ch,
    trySend: (ch, value) => ch.trySend(value),
    tryReceive: (ch) => ch.tryRecv()?.value,
  };
  const select: SelectAdapter<Chan<number>, Selector, number> = {
    channels,
    prepare: (chans) => new Select(chans.map((ch) => recv(ch))).setUnsafe(unsafe),
    select: (selector) => selector.wait(),
    value: (index, selector) => selector.recv(selector.cases[index] as SelectCaseReceiver<number>).value,
  };
  return { channels, tries: channels, ranges: channels, select };
}
