// A CommonJS file: each import becomes the require of an ES module.

import { Channel, receive, select } from "goro";
import * as debug from "goro/debug";
import { pipeline } from "goro/pipeline";
import { bubble } from "goro/testing";
import * as testing from "goro/testing/preload";
import { record } from "goro/trace";
import * as trace from "goro/trace/preload";

export const modules: readonly unknown[] = [debug, pipeline, bubble, testing, record, trace];

export async function first(ch: Channel<string>): Promise<string> {
  const s = await select({ word: receive(ch) });
  return s.value ?? "";
}
