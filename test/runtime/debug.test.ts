// Debug mode, as `goro/debug` starts it.

import { expect, test } from "@jest/globals";
import { Channel, go } from "goro";
import { waitUntilBlocked, bubble } from "goro/testing";
import "../../src/debug/debug.ts";
import { globalRegistry, startTracking } from "../../src/runtime/goroutine-tracking.ts";

test("it lists each goroutine with its call sites, and a second start changes nothing", async () => {
  const registry = globalRegistry;
  startTracking();
  expect(globalRegistry).toBe(registry);
  const ch = new Channel<number>();
  go(async function stuck() {
    await ch.receive();
  });
  await Promise.resolve();
  expect(registry?.report()).toMatch(/\[chan receive\]: stuck\n\tat .*debug\.test\.ts/);
  ch.close();
  await bubble(() => waitUntilBlocked());
});
