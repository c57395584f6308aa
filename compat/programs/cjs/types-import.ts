// A CommonJS file for compilers that do not accept the require of an ES module.

import type { Channel } from "goro" with { "resolution-mode": "import" };

export async function first(ch: Channel<string>): Promise<string> {
  const { receive, select } = await import("goro");
  const s = await select({ word: receive(ch) });
  return s.value ?? "";
}
