import assert from "node:assert/strict";
import { before, describe, test } from "node:test";
import { AsyncLocalStorage, AsyncResource, bind, get, installContexts } from "../run/context.ts";

describe("context", () => {
  before(installContexts);

  test("a store is set inside run, and the one of the caller after it", () => {
    const storage = new AsyncLocalStorage<number>();
    const seen: unknown[] = [];
    storage.run(1, () => {
      storage.run(2, () => seen.push(storage.getStore()));
      seen.push(storage.getStore());
      storage.exit(() => seen.push(storage.getStore()));
      assert.throws(() => storage.run(3, () => assert.fail("expected")), /expected/);
      seen.push(storage.getStore());
    });
    assert.deepEqual([...seen, storage.getStore()], [2, 1, undefined, 1, undefined]);
  });

  test("two stores are independent of each other", () => {
    const [a, b] = [new AsyncLocalStorage<number>(), new AsyncLocalStorage<number>()];
    a.run(1, () => b.run(2, () => a.exit(() => assert.deepEqual([a.getStore(), b.getStore()], [undefined, 2]))));
  });

  test("disable removes the store everywhere, until the next run", () => {
    const storage = new AsyncLocalStorage<number>();
    storage.run(1, () => {
      storage.disable();
      assert.equal(storage.getStore(), undefined);
      storage.run(2, () => assert.equal(storage.getStore(), 2));
    });
  });

  test("callbacks of promises and microtasks have the context in which they are added", async () => {
    const storage = new AsyncLocalStorage<string>();
    const seen: unknown[] = [];
    const note = (): unknown => seen.push(storage.getStore());
    const done = storage.run("a", () => {
      queueMicrotask(note);
      return Promise.all([Promise.resolve().then(note).finally(note), Promise.reject(new Error()).catch(note)]);
    });
    storage.run("b", () => void Promise.resolve().then(note));
    await done;
    assert.deepEqual(seen.sort(), ["a", "a", "a", "a", "b"]);
  });

  test("a resource runs functions in the context in which it was made, and shows it as Node 24 does", () => {
    const storage = new AsyncLocalStorage<number>();
    const resource = storage.run(1, () => new AsyncResource());
    assert.equal(
      resource.runInAsyncScope((x: number) => x + (storage.getStore() ?? 0), undefined, 1),
      2,
    );
    const [symbol] = Object.getOwnPropertySymbols(resource);
    assert.equal(symbol?.description, "context_frame");
    assert.ok((resource as unknown as Record<symbol, unknown>)[symbol] instanceof Map);
    assert.equal(get(), undefined);
  });

  test("bind keeps this and the arguments", () => {
    const object = {
      n: 1,
      add: bind(function (this: { n: number }, x: number) {
        return this.n + x;
      }),
    };
    assert.equal(object.add(2), 3);
  });
});
