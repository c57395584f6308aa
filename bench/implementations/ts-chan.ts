// ts-chan with its default settings: every wait yields to macrotasks.

import { tsChan } from "./ts-chan-adapters.ts";
import type { Implementation } from "./implementation.ts";

export const implementation: Implementation = {
  name: "ts-chan",
  package: "ts-chan",
  adapters: { ...tsChan(false), module: "ts-chan", channelImport: '{ Chan } from "ts-chan"' },
};
