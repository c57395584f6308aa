// Go's own tests of WaitGroup.

import { expect, test } from "@jest/globals";
import { Channel, defer, go, gosched, PanicError, time, WaitGroup } from "goro";
import { bubble, now } from "goro/testing";
import { inBubble } from "../support/contexts.ts";

const seeds = [1, 2, 3, 4, 5];

// T-W01; R75, R77, R78
test.each(seeds)(
  "TestWaitGroup: two groups form a barrier that all goroutines pass, none early, eight times (seed %i)",
  (seed) =>
    inBubble(
      async () => {
        const wg1 = new WaitGroup();
        const wg2 = new WaitGroup();
        for (let round = 0; round < 8; round++) {
          const n = 16;
          wg1.add(n);
          wg2.add(n);
          const exited = new Channel<boolean>(n);
          for (let i = 0; i < n; i++) {
            go(async () => {
              wg1.done();
              await wg2.wait();
              await exited.send(true);
            });
          }
          await wg1.wait();
          for (let i = 0; i < n; i++) {
            await gosched();
            expect(exited.tryReceive()).toBeUndefined();
            wg2.done();
          }
          for (let i = 0; i < n; i++) expect(await exited.receive()).toEqual({ value: true, ok: true });
          expect(exited.tryReceive()).toBeUndefined();
        }
      },
      { seed },
    ),
);

// T-W02; R76
test("TestWaitGroupMisuse: more calls of done than were added panic", () => {
  const wg = new WaitGroup();
  wg.add(1);
  wg.done();
  expect(() => wg.done()).toThrow(new PanicError("sync: negative WaitGroup counter"));
  expect(() => wg.done()).toThrow(PanicError);
});

// T-W03; R71, R77
test.each(seeds)("TestWaitGroupRace: wait returns after both of two, 1,000 times (seed %i)", (seed) =>
  inBubble(
    async () => {
      for (let i = 0; i < 1_000; i++) {
        const wg = new WaitGroup();
        let n = 0;
        for (const yields of [0, i % 3]) {
          wg.add(1);
          go(async () => {
            for (let j = 0; j < yields; j++) await gosched();
            n++;
            wg.done();
          });
        }
        await wg.wait();
        expect(n).toBe(2);
      }
    },
    { seed },
  ),
);

// R74, R75
test("TestWaitGroupAlign: a group in an object counts for all users of the object", async () => {
  class X {
    readonly x = 1;
    readonly wg = new WaitGroup();
  }
  const x = new X();
  x.wg.add(1);
  go((x: X) => x.wg.done(), x);
  await x.wg.wait();
  await x.wg.wait();
});

// T-W04; R74, R80
test("TestWaitGroupGo: wait waits for the functions that go has started", async () => {
  const wg = new WaitGroup();
  let i = 0;
  wg.go(() => i++);
  expect(i).toBe(0);
  await wg.wait();
  expect(i).toBe(1);
});

// T-W04; R80
test.each(seeds)("TestWaitGroupRacingAdds: go may be called 100 times concurrently (seed %i)", (seed) =>
  inBubble(
    async () => {
      const wg = new WaitGroup();
      const starters = new WaitGroup();
      let n = 0;
      for (let i = 0; i < 100; i++) starters.go(() => wg.go(() => n++));
      await starters.wait();
      await wg.wait();
      expect(n).toBe(100);
    },
    { seed },
  ),
);

// Go fetches pages; a fetch is a sleep here.
const urls = ["http://www.golang.org/", "http://www.google.com/", "http://www.example.com/"];

// R77, R80
test("ExampleWaitGroup: all pages have been fetched, at the same time", () =>
  bubble(async () => {
    const wg = new WaitGroup();
    const start = now();
    const fetched: string[] = [];
    for (const url of urls) {
      wg.go(async () => {
        await time.sleep(time.second);
        fetched.push(url);
      });
    }
    await wg.wait();
    expect([...fetched].sort()).toEqual([...urls].sort());
    expect(now() - start).toBe(time.second);
  }));

// R75, R77
test("ExampleWaitGroup_addAndDone: the same with add and done", () =>
  bubble(async () => {
    const wg = new WaitGroup();
    const start = now();
    const fetched: string[] = [];
    for (const url of urls) {
      wg.add(1);
      go(async (url: string) => {
        using _ = defer(() => wg.done());
        await time.sleep(time.second);
        fetched.push(url);
      }, url);
    }
    await wg.wait();
    expect([...fetched].sort()).toEqual([...urls].sort());
    expect(now() - start).toBe(time.second);
  }));
