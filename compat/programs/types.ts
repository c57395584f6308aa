// Each expected error is checked, so that no type is `any`.

import { Channel, receive, select, WorkerPool } from "goro";

const ch = new Channel<string>(1);
for await (const value of ch) takesNumber(value);
const step = await ch[Symbol.asyncIterator]().next();
if (step.done !== true) takesNumber(step.value);
const pool = new WorkerPool(async (_ctx, n: number) => n);
for await (const result of pool.map([1])) takesString(result);
const s = await select({ word: receive(ch), default: true });
if (s.case === "word" && s.ok) takesNumber(s.value);

function takesNumber(value: number): void {
  console.log(value);
}

function takesString(value: string): void {
  console.log(value);
}
