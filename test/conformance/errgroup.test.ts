// Go's own tests and examples of errgroup, golang.org/x/sync/errgroup, under their names in Go.

import { describe, expect, test } from "@jest/globals";
import { Channel, context, type Context, ErrGroup, go, PanicError, receive, select, send, time } from "goro";
import { waitUntilBlocked } from "goro/testing";
import { children, inBubble, isOver } from "../support/contexts.ts";

const seeds = [1, 2, 3, 4, 5];

/** The error with which `wait` ends; null if there is none. */
async function waited(group: ErrGroup): Promise<unknown> {
  try {
    await group.wait();
    return null;
  } catch (error) {
    return error;
  }
}

// T-E01; R145, R146
describe("TestZeroGroup", () => {
  const err1 = new Error("errgroup_test: 1");
  const err2 = new Error("errgroup_test: 2");

  test.each<[string, (Error | null)[]]>([
    ["none", []],
    ["[nil]", [null]],
    ["[1]", [err1]],
    ["[1 nil]", [err1, null]],
    ["[1 nil 2]", [err1, null, err2]],
  ])("TestZeroGroup: each wait gives the first error so far, of %s", (_, errs) =>
    inBubble(async () => {
      const group = new ErrGroup();
      expect(await waited(group)).toBeNull();
      let first: Error | null = null;
      for (const err of errs) {
        await group.go(() => err);
        first ??= err;
        expect(await waited(group)).toBe(first);
        expect(await waited(group)).toBe(first);
      }
    }),
  );
});

const doom = new Error("group_test: doomed");

const outcomes: [string, (Error | null)[], Error | null][] = [
  ["nothing", [], null],
  ["[nil]", [null], null],
  ["[doom]", [doom], doom],
  ["[doom nil]", [doom, null], doom],
];

// T-E02; R146, R147
test.each(outcomes)("TestWithContext: the context is over after wait, whatever was returned: %s", (_, errs, want) =>
  inBubble(async () => {
    const [parent, cancel] = context.withCancel(context.background());
    const [group, ctx] = ErrGroup.withContext(parent);
    for (const err of errs) await group.go(() => err);
    expect(await waited(group)).toBe(want);
    expect(isOver(ctx)).toBe(true);
    expect(ctx.err()).toBeInstanceOf(context.Canceled);
    expect([children(parent), parent.err()]).toEqual([0, undefined]);
    cancel();
  }),
);

// T-E05; R146, R148
test.each(outcomes)("TestCancelCause: its cause is the first error, or else Canceled: %s", (_, errs, want) =>
  inBubble(async () => {
    const [group, ctx] = ErrGroup.withContext(context.background());
    for (const err of errs) expect(group.tryGo(() => err)).toBe(true);
    expect(await waited(group)).toBe(want);
    if (want === null) expect(context.cause(ctx)).toBeInstanceOf(context.Canceled);
    else expect(context.cause(ctx)).toBe(want);
  }),
);

// R149, R150, R151
test.each(seeds)("TestTryGo: it says no as long as the limit is reached, also after wait (seed %i)", (seed) =>
  inBubble(
    async () => {
      const group = new ErrGroup();
      const n = 42;
      group.setLimit(n);
      const ch = new Channel<undefined>();
      const fn = (): Promise<void> => ch.send(undefined);
      const take = (count: number): void =>
        go(async () => {
          for (let i = 0; i < count; i++) await ch.receive();
        });

      for (let i = 0; i < n; i++) expect(group.tryGo(fn)).toBe(true);
      expect(group.tryGo(fn)).toBe(false);
      take(n);
      await group.wait();

      expect(group.tryGo(fn)).toBe(true);
      take(1);
      await group.wait();

      group.setLimit(1);
      expect(group.tryGo(fn)).toBe(true);
      expect(group.tryGo(fn)).toBe(false);
      take(1);
      await group.wait();

      group.setLimit(0);
      for (let i = 0; i < 1024; i++) expect(group.tryGo(fn)).toBe(false);
      await group.wait();
    },
    { seed },
  ),
);

// R149
test.each(seeds)("TestGoLimit: there are never more than the limit, and as many when there is work (seed %i)", (seed) =>
  inBubble(
    async () => {
      const limit = 10;
      const group = new ErrGroup();
      group.setLimit(limit);
      let active = 0;
      let most = 0;
      let calls = 0;
      for (let i = 0; i <= 1024; i++) {
        await group.go(async () => {
          calls++;
          const n = ++active;
          most = Math.max(most, n);
          if (n > limit) throw new Error(`saw ${n} active goroutines; want at most ${limit}`);
          await time.sleep(time.microsecond);
          active--;
        });
      }
      await group.wait();
      expect([calls, most, active]).toEqual([1025, limit, 0]);
    },
    { seed },
  ),
);

type Search = (ctx: Context, query: string) => Promise<string>;

/** Searches that need `ms` milliseconds for it. */
function fakeSearch(kind: string, ms: number): Search {
  return async (ctx, query) => {
    const s = await select({ found: receive(time.after(ms)), done: receive(ctx.done()) });
    if (s.case === "done") throw context.cause(ctx) as Error;
    return `${kind} result for "${query}"`;
  };
}

// T-E06; R145, R146
test("ExampleGroup_justErrors: one that cannot be fetched is the error of all, once all are over", () =>
  inBubble(async () => {
    const urls = ["http://www.golang.org/", "http://www.google.com/", "http://www.somestupidname.com/"];
    const noHost = new Error("no such host");
    const fetched: string[] = [];
    const fetchAll = async (urls: readonly string[]): Promise<unknown> => {
      const group = new ErrGroup();
      for (const [i, url] of urls.entries()) {
        await group.go(async () => {
          await time.sleep(30 - 10 * i);
          if (url.includes("stupid")) throw noHost;
          fetched.push(url);
        });
      }
      return waited(group);
    };
    expect(await fetchAll(urls)).toBe(noHost);
    expect(fetched).toEqual([urls[1], urls[0]]);
    expect(await fetchAll(urls.slice(0, 2))).toBeNull();
  }));

// T-E06; R146, R147
describe("ExampleGroup_parallel", () => {
  async function google(searches: readonly Search[], query: string): Promise<string[]> {
    const [group, ctx] = ErrGroup.withContext(context.background());
    const results = new Array<string>(searches.length).fill("");
    for (const [i, search] of searches.entries()) {
      await group.go(async () => {
        results[i] = await search(ctx, query);
      });
    }
    await group.wait();
    return results;
  }

  test.each(seeds)("ExampleGroup_parallel: results are in the order of the searches (seed %i)", (seed) =>
    inBubble(
      async () => {
        const start = time.now();
        const searches = [fakeSearch("web", 30), fakeSearch("image", 10), fakeSearch("video", 20)];
        expect(await google(searches, "golang")).toEqual([
          'web result for "golang"',
          'image result for "golang"',
          'video result for "golang"',
        ]);
        expect(time.since(start)).toBe(30);
      },
      { seed },
    ),
  );

  test.each(seeds)("ExampleGroup_parallel: the first that fails ends the others (seed %i)", (seed) =>
    inBubble(
      async () => {
        const start = time.now();
        const failing: Search = async () => {
          await time.sleep(10);
          throw doom;
        };
        await expect(google([fakeSearch("web", 30), failing, fakeSearch("video", 20)], "golang")).rejects.toBe(doom);
        expect(time.since(start)).toBe(10);
      },
      { seed },
    ),
  );
});

// R146, R147, R148, R169
describe("ExampleGroup_pipeline", () => {
  interface Sum {
    readonly path: string;
    readonly sum: number;
  }

  const digesters = 20;

  /** What stands for a tree of files. */
  const files = new Map(Array.from({ length: 100 }, (_, i) => [`dir/${i}`, `the content of file ${i}`]));

  function digest(text: string): number {
    let sum = 0;
    for (const character of text) sum = (Math.imul(sum, 31) + (character.codePointAt(0) as number)) >>> 0;
    return sum;
  }

  async function sumAll(parent: Context, read: (path: string) => Promise<string>): Promise<Map<string, number>> {
    const [group, ctx] = ErrGroup.withContext(parent);
    const paths = new Channel<string>();
    await group.go(async () => {
      try {
        for (const path of files.keys()) {
          const s = await select({ sent: send(paths, path), done: receive(ctx.done()) });
          if (s.case === "done") throw ctx.err() as Error;
        }
      } finally {
        paths.close();
      }
    });

    const sums = new Channel<Sum>();
    for (let i = 0; i < digesters; i++) {
      await group.go(async () => {
        for await (const path of paths) {
          const sum = digest(await read(path));
          const s = await select({ sent: send(sums, { path, sum }), done: receive(ctx.done()) });
          if (s.case === "done") throw ctx.err() as Error;
        }
      });
    }
    go(async () => {
      await waited(group);
      sums.close();
    });

    const all = new Map<string, number>();
    for await (const { path, sum } of sums) all.set(path, sum);
    await group.wait();
    return all;
  }

  async function read(path: string): Promise<string> {
    await time.sleep(1 + (digest(path) % 5));
    return files.get(path) as string;
  }

  test.each(seeds)("ExampleGroup_pipeline: twenty who digest have the sum of every file (seed %i)", (seed) =>
    inBubble(
      async () => {
        const sums = await sumAll(context.background(), read);
        expect(sums).toEqual(new Map([...files].map(([path, text]) => [path, digest(text)])));
      },
      { seed },
    ),
  );

  test.each(seeds)("ExampleGroup_pipeline: a file that cannot be read ends all stages (seed %i)", (seed) =>
    inBubble(
      async () => {
        const failing = async (path: string): Promise<string> => {
          if (path === "dir/50") throw new Error("permission denied");
          return read(path);
        };
        await expect(sumAll(context.background(), failing)).rejects.toThrow("permission denied");
      },
      { seed },
    ),
  );

  test.each(seeds)("ExampleGroup_pipeline: the end of the context from outside ends all stages (seed %i)", (seed) =>
    inBubble(
      async () => {
        const [ctx, cancel] = context.withCancel(context.background());
        time.afterFunc(7, cancel);
        await expect(sumAll(ctx, read)).rejects.toThrow(context.Canceled);
      },
      { seed },
    ),
  );
});

// T-E08; R151
test("SetLimit: it panics while goroutines of the group are active, and leaves them alone", () =>
  inBubble(async () => {
    const group = new ErrGroup();
    group.setLimit(3);
    for (const ms of [1, 2]) await group.go(() => time.sleep(ms));
    const complaint = (n: number): PanicError =>
      new PanicError(`errgroup: modify limit while ${n} goroutines in the group are still active`);
    for (const n of [5, 3, 0, -1]) expect(() => group.setLimit(n)).toThrow(complaint(2));
    await time.sleep(1);
    await waitUntilBlocked();
    expect(() => group.setLimit(5)).toThrow(complaint(1));
    expect([group.tryGo(() => time.sleep(1)), group.tryGo(() => time.sleep(1))]).toEqual([true, true]);
    expect(group.tryGo(() => undefined)).toBe(false);
    await group.wait();
    group.setLimit(5);
    for (let i = 0; i < 5; i++) expect(group.tryGo(() => time.sleep(1))).toBe(true);
    expect(group.tryGo(() => undefined)).toBe(false);
    await group.wait();
  }));

// T-E08; R149
test.each([-1, -42])("SetLimit: a limit of %i is none", (n) =>
  inBubble(async () => {
    const group = new ErrGroup();
    group.setLimit(1);
    group.setLimit(n);
    for (let i = 0; i < 100; i++) expect(group.tryGo(() => time.sleep(1))).toBe(true);
    await group.wait();
  }),
);

// T-E08; R147, R152
test.each(seeds)(
  "Go: a panic in f is the error of the group, for here nobody can tell one from the other (seed %i)",
  (seed) =>
    inBubble(
      async () => {
        const [group, ctx] = ErrGroup.withContext(context.background());
        const ch = new Channel<number>();
        ch.close();
        let others = 0;
        for (let i = 0; i < 3; i++) {
          await group.go(async () => {
            await ctx.done().receive();
            others++;
          });
        }
        await group.go(() => {
          ch.close();
        });
        const error = await waited(group);
        expect(error).toEqual(new PanicError("close of closed channel"));
        expect(context.cause(ctx)).toBe(error);
        expect(others).toBe(3);
      },
      { seed },
    ),
);
