// Tests that need a real server. Where it is missing they are skipped by name, and the last lines of the run list them. They fail instead if
// the environment variable GORO_REQUIRE_SERVERS names the server, such as "redis,postgres".

import { describe, test } from "@jest/globals";
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
    describe(suite, define);
  } else if (required.includes(name)) {
    test(suite, () => {
      throw new Error(`GORO_REQUIRE_SERVERS has ${name}, but ${missing}`);
    });
  } else {
    describe.skip(`${suite}, skipped because ${missing}`, define);
  }
}
