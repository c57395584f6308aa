// Tests that need a real server. Where it is missing they are skipped by name, and the last lines of the run list them. They fail instead if
// the environment variable GORO_REQUIRE_SERVERS names the server, such as "redis,postgres".

import { setTimeout as sleep } from "node:timers/promises";
import { afterEach, beforeEach, describe, test } from "@jest/globals";
import { realClock } from "../../src/runtime/timer.ts";
import type { TestEngine } from "./servers.ts";

const required = (process.env["GORO_REQUIRE_SERVERS"] ?? "").split(",");

/**
 * Defines the tests of one engine.
 *
 * @param title the name of the suite, to which that of the engine is appended
 */
export function describeOn(engine: TestEngine, title: string, define: () => void): void {
  const { name, missing } = engine;
  const suite = title === "" ? `on ${name}` : `${title} on ${name}`;
  if (missing === undefined) {
    describe(suite, () => {
      waitForConnections();
      define();
    });
  } else if (required.includes(name)) {
    test(suite, () => {
      throw new Error(`GORO_REQUIRE_SERVERS has ${name}, but ${missing}`);
    });
  } else {
    describe.skip(`${suite}, skipped because ${missing}`, define);
  }
}

/** How long the connections of a test may take to close in the background, in milliseconds. */
const closePatience = 5000;

/**
 * Waits after each test until the connections that it has opened are closed, and their timers have ended. Otherwise a busy machine would close
 * them in the next test, or after the end of the file.
 */
function waitForConnections(): void {
  let before = 0;
  beforeEach(() => {
    before = openHandles();
  });
  afterEach(async () => {
    const deadline = performance.now() + closePatience;
    do await sleep(1);
    while (openHandles() > before && performance.now() < deadline);
  });
}

function openHandles(): number {
  const sockets = process.getActiveResourcesInfo().filter((name) => /^TCPSocket|^GetAddrInfo/.test(name));
  return sockets.length + realClock.labels.filter((label) => label === "goro/bullmq").length;
}
