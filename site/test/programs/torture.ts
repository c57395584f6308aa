// Every construct in which an async function resumes. Three goroutines run all of them, in an order that the seed gives, and each line that
// is printed begins with the name of the goroutine that prints it. In the trace, these must be the goroutines of the events.

import { Channel, defer, gosched, main, WaitGroup } from "goro";

type Note = (text: string) => void;

/** Waits, so that another goroutine runs. */
async function pause<T>(value: T): Promise<T> {
  await gosched();
  return value;
}

async function fail(message: string): Promise<never> {
  await gosched();
  throw new Error(message);
}

function resource(note: Note, name: string): Disposable & AsyncDisposable {
  return {
    [Symbol.dispose]() {
      note(`disposes of ${name}`);
    },
    async [Symbol.asyncDispose]() {
      await pause(null);
      note(`has disposed of ${name}`);
    },
  };
}

async function expressions(note: Note): Promise<void> {
  note(`template ${await pause(1)} ${await pause(await pause(2))}`);
  const { a = await pause(3), b } = { b: await pause(4) } as { a?: number; b: number };
  note(`destructuring ${a} ${b}`);
  const list = [...(await pause([5, 6])), await pause(7)];
  note(`spread ${list.join(" ")}`);
  let lazy: number | undefined;
  lazy ??= await pause(8);
  lazy += await pause(1);
  note(`assignment ${lazy} ${(await pause({ c: 1 }))?.c}`);
  const arrow = async (): Promise<number> => await pause(9);
  const curried = (x: number) => async (y: number) => x + (await pause(y));
  note(`arrows ${await arrow()} ${await curried(1)(2)}`);
  note((await pause(true)) ? `then ${await pause(10)}` : "otherwise");
  if ((await pause(false)) || (await pause(true))) note("condition");
  switch (await pause("x")) {
    case await pause("y"):
      note("wrong case");
      break;
    case await pause("x"):
      note("case");
  }
  const tag = (strings: TemplateStringsArray, ...values: number[]): string => strings.join("|") + values.join();
  note(tag`tag ${await pause(1)} ${await pause(2)}`);
  class Base {
    static async create(): Promise<Base> {
      return await pause(new this());
    }
    #secret = 11;
    async secret(): Promise<number> {
      await gosched();
      return this.#secret;
    }
    get later(): Promise<number> {
      return pause(12);
    }
  }
  class Derived extends (await pause(Base)) {
    [await pause("name")](): string {
      return "computed";
    }
    override async secret(): Promise<number> {
      return 100 + (await super.secret());
    }
  }
  const object = (await Derived.create()) as Derived & { name(): string };
  note(`class ${await object.secret()} ${await object.later} ${object.name()}`);
  note(`sequence ${(await pause(0), await pause(13))}`);
}

async function loops(note: Note): Promise<void> {
  for (let i = await pause(0); i < (await pause(2)); i += await pause(1)) note(`for ${i}`);
  let n = 0;
  while ((await pause(n)) < 2) note(`while ${n++}`);
  do note(`do ${n--}`);
  while ((await pause(n)) > 0);
  for (const x of await pause([1, 2])) note(`of ${await pause(x)}`);
  for (const key in await pause({ p: 1, q: 2 })) note(`in ${await pause(key)}`);
}

async function forAwait(note: Note): Promise<void> {
  const channel = new Channel<number>();
  const sender = (async () => {
    for (let i = 0; i < 3; i++) await channel.send(i);
    channel.close();
  })();
  for await (const x of channel) note(`channel ${x}`);
  note("channel closed");
  await sender;
  for await (const x of [pause(1), 2, pause(3)]) note(`iterable ${x}`);
  const chosen = (text: string): string => {
    note(`default of ${text}`);
    return text;
  };
  const target = {
    set field(value: number | undefined) {
      note(`setter ${value}`);
    },
  };
  for await (const { a = chosen("a"), ...others } of [pause<{ a?: string; b: number }>({ b: 1 })]) {
    note(`pattern ${a} ${others.b}`);
  }
  for await (target.field of [pause(1), pause(2)]) note("after the setter");
  for await ([target.field] of [pause([3])]) note("after the pattern");
  outer: for await (const x of [pause(1), pause(2), pause(3)]) {
    inner: for await (const y of [pause(10), pause(20)]) {
      note(`labels ${x} ${y}`);
      if (x === 1) continue outer;
      if (x === 2) break inner;
      break outer;
    }
    note(`after the inner loop ${x}`);
  }
  note("after the outer loop");
  const find = async (): Promise<number> => {
    for await (const x of numbers(note, 3)) if (x === 1) return x;
    return -1;
  };
  note(`found ${await find()}`);
  try {
    for await (const x of numbers(note, 3)) if (x === 1) throw new Error("left");
  } catch (error) {
    note(`loop threw ${(error as Error).message}`);
  }
  try {
    for await (const x of failing()) note(`before the failure ${x}`);
  } catch ({ message, cause = chosen("cause") }: any) {
    note(`iterator threw ${message} ${cause}`);
  }
}

async function* numbers(note: Note, count: number): AsyncGenerator<number, string> {
  try {
    for (let i = 0; i < count; i++) {
      await gosched();
      note(`generates ${i}`);
      yield i;
      note(`resumes after ${i}`);
      yield pause(i + 100);
    }
    return "end";
  } finally {
    note("generator ends");
    await gosched();
    note("generator has ended");
  }
}

async function* failing(): AsyncGenerator<number> {
  yield 1;
  await fail("no more");
}

async function generators(note: Note): Promise<void> {
  const delegating = async function* (): AsyncGenerator<number> {
    const result = yield* numbers(note, 2);
    note(`delegate returned ${result}`);
    yield await pause(7);
    try {
      yield fail("yielded");
    } catch (error) {
      note(`yield threw ${(error as Error).message}`);
    }
    const sent: unknown = yield 8;
    note(`yield returned ${String(sent)}`);
    note(`awaited yield ${String(await (yield 9))}`);
  };
  const generator = delegating();
  for (let step = await generator.next(); !step.done; step = await generator.next(pause("sent"))) {
    note(`step ${step.value}`);
  }
  const ended = numbers(note, 1);
  await ended.next();
  await ended.return("early");
  note("returned early");
  const thrown = numbers(note, 1);
  await thrown.next();
  await thrown.throw(new Error("thrown")).catch((error: unknown) => note(`generator threw ${String(error)}`));
  const all = await Promise.all([ended.next(), ...[1, 2, 3].map(() => generator.next())]);
  note(`finished ${all.every(({ done }) => done)}`);
  const queued = numbers(note, 2);
  note(`queued ${(await Promise.all([queued.next(), queued.next(), queued.next()])).map(({ value }) => value).join()}`);
  await queued.return("");
}

async function failures(note: Note): Promise<void> {
  try {
    await fail("one");
  } catch (error) {
    note(`catch ${(error as Error).message}`);
  } finally {
    note("finally");
  }
  const overridden = async (): Promise<string> => {
    try {
      return await pause("first");
    } finally {
      note("finally before the return");
      await gosched();
      note("finally after a wait");
    }
  };
  note(await overridden());
  const rethrown = async (): Promise<void> => {
    try {
      try {
        await fail("inner");
      } finally {
        note("inner finally");
      }
    } catch (error) {
      note("inner catch");
      await fail(`outer of ${(error as Error).message}`);
    } finally {
      note("outer finally");
    }
  };
  await rethrown().catch((error: unknown) => note(String(error)));
  label: try {
    await gosched();
    break label;
  } finally {
    note("left by a label");
  }
  for (const i of [1, 2]) {
    try {
      if (i === 1) continue;
      await fail("in a loop");
    } catch {
      note("catch without a parameter");
    }
  }
}

async function promises(note: Note): Promise<void> {
  await pause(1).then((x) => note(`then ${x}`));
  await fail("then").then(undefined, () => note("then rejected"));
  await fail("catch").catch(() => note("catch"));
  await pause(1).finally(() => note("finally"));
  await pause(1).then(async (x) => {
    await gosched();
    note(`async then ${x}`);
  });
  await Promise.all([1, 2].map(async (x) => note(`all ${await pause(x)}`)));
  await Promise.race([pause(1), pause(2)]);
  note("race");
  await Promise.any([fail("a"), pause(2)]);
  note("any");
  await Promise.allSettled([fail("a"), pause(2)]);
  note("allSettled");
  await new Promise<void>((resolve) => {
    queueMicrotask(() => {
      note("microtask");
      resolve();
    });
  });
  await { then: (resolve: (value: number) => void) => void pause(1).then(resolve) };
  note("thenable");
}

async function disposal(note: Note): Promise<void> {
  {
    using _1 = resource(note, "one");
    await using _2 = resource(note, "two");
    await using _3 = null;
    await gosched();
    note("in the block");
  }
  note("after the block");
  const returned = async (): Promise<string> => {
    await using _ = resource(note, "a function");
    using _deferred = defer(() => note("deferred"));
    return await pause("returned");
  };
  note(await returned());
  for (using x of [resource(note, "for of 1"), resource(note, "for of 2")]) note(`of ${typeof (await pause(x))}`);
  for (await using _ of [resource(note, "for of, async")]) await gosched();
  rounds: for await (await using _ of [resource(note, "for await 1"), resource(note, "for await 2")]) {
    note("round");
    await gosched();
    continue rounds;
  }
  try {
    using _1 = defer(() => {
      throw new Error("dispose 1");
    });
    await using _2 = defer(() => fail("dispose 2"));
    await fail("body");
  } catch (error) {
    const { name, error: last, suppressed } = error as SuppressedError & { suppressed: SuppressedError };
    note(`${name} ${String(last)} ${String(suppressed.error)} ${String(suppressed.suppressed)}`);
  }
  const each = function* (): Generator<number> {
    using _ = defer(() => note("generator disposes"));
    yield 1;
    yield 2;
  };
  for (const x of each()) note(`sync generator ${await pause(x)}`);
  const spread = (): number[] => {
    using _ = defer(() => note("function disposes"));
    return [...each()];
  };
  note(spread().join());
}

/**
 * A generator whose `next` is called by all goroutines. Between two values it runs as part of the one that has called, or, if that call was
 * queued, of the one whose call was running: its lines begin with no name.
 */
const noteShared: Note = (text) => console.log(`shared: ${text}`);
const shared = (async function* (): AsyncGenerator<number> {
  for (let i = 0; i < 9; i++) {
    noteShared(`generator ${i}`);
    try {
      yield i;
      noteShared(`after ${i}`);
    } finally {
      noteShared(`finally ${i}`);
    }
  }
})();

async function sharing(note: Note): Promise<void> {
  for (let i = 0; i < 3; i++) {
    const { value } = (await shared.next()) as { value: number };
    note(`got ${value}`);
    await gosched();
  }
}

main(async () => {
  const wg = new WaitGroup();
  for (const name of ["ann", "bob", "eve"]) {
    wg.go(async () => {
      const note = (text: string): void => console.log(`${name}: ${text}`);
      const parts = [expressions, loops, forAwait, generators, failures, promises, disposal, sharing];
      for (const part of parts) await part(note);
    });
  }
  await wg.wait();
});
