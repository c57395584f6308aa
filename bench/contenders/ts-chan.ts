// ts-chan as it comes: every wait lets the macrotasks have a turn.

import { tsChan } from "./ts-chan-kits.ts";
import type { Contender } from "./contender.ts";

export const contender: Contender = {
  name: "ts-chan",
  package: "ts-chan",
  kits: { ...tsChan(false), module: "ts-chan", channelImport: '{ Chan } from "ts-chan"' },
};
