// The rows of Broadcast, which is imported here, because versions before 0.11.0 do not have it.

import type { Subscription } from "goro";
import { BUFFER, SUBSCRIBERS } from "../rows/broadcast.ts";
import type { Program } from "../rows/row.ts";

const waiting: Program = async (n) => {
  const { Broadcast, WaitGroup } = await import("goro");
  const numbers = new Broadcast<number>();
  const wg = new WaitGroup();
  let sum = 0;
  for (let i = 0; i < SUBSCRIBERS; i++) {
    const subscription = numbers.subscribe({ capacity: BUFFER, overflow: "wait" });
    wg.go(async () => {
      const received = await sumOf(subscription);
      sum += received;
    });
  }
  for (let i = 0; i < n; i++) await numbers.send(i);
  numbers.close();
  await wg.wait();
  return sum;
};

const sliding: Program = async (n) => {
  const { Broadcast } = await import("goro");
  const numbers = new Broadcast<number>();
  const subscriptions = Array.from({ length: SUBSCRIBERS }, () => numbers.subscribe({ capacity: BUFFER }));
  for (let i = 0; i < n; i++) await numbers.send(i);
  numbers.close();
  let sum = 0;
  for (const subscription of subscriptions) sum += await sumOf(subscription);
  return sum;
};

async function sumOf(subscription: Subscription<number>): Promise<number> {
  let sum = 0;
  for await (const value of subscription) sum += value;
  return sum;
}

export const broadcast: Readonly<Record<string, Program>> = { broadcast: waiting, "broadcast-sliding": sliding };
