// effect 4 and goro. The rows are here because effect is large, and a dependency of the benchmarks alone.

import {
  type Cause,
  Context,
  Deferred,
  Effect,
  Fiber,
  PubSub,
  Queue,
  Schedule,
  type Scope,
  Semaphore as TheirSemaphore,
  Stream,
} from "effect";
import {
  Broadcast,
  Channel,
  context,
  LossyChannel,
  mapOrdered,
  onceValue,
  promise,
  ResultGroup,
  retry,
  select,
  Semaphore,
  time,
  waitFor,
  WaitGroup,
} from "goro";
import { debounce, pipeline } from "goro/pipeline";
import type { Table } from "../../test/coming-from/table.ts";
import { errorNameOf, ids, load, messageOf, note, request, sleep } from "../../test/coming-from/work.ts";

/** Runs a program of effect. */
const run = <Eff extends Effect.Effect<any, any, Scope.Scope>, A>(
  program: () => Generator<Eff, A, never>,
): Promise<A> => Effect.runPromise(Effect.scoped(Effect.gen(program)) as Effect.Effect<A>);

const user = (id: number): Effect.Effect<string> => Effect.promise(() => load(id));

async function loop(source: AsyncIterable<unknown>): Promise<void> {
  for await (const value of source) note(value);
}

const runStream = <A>(stream: Stream.Stream<A>): Promise<void> =>
  Effect.runPromise(Stream.runForEach(stream, (value) => Effect.sync(() => note(value))));

export const calls: Table<undefined, undefined> = {
  prepare: { theirs: () => undefined, ours: () => undefined },
  rows: {
    "run a program": {
      theirs: () => Effect.runPromise(user(1)),
      ours: () => load(1),
    },
    "call an async function": {
      theirs: () =>
        run(function* () {
          const name = yield* Effect.promise(() => load(1));

          return name;
        }),
      ours: async () => {
        const name = await load(1);

        return name;
      },
    },
    "start a task": {
      theirs: () =>
        run(function* () {
          const task = user(1);

          const fiber = yield* Effect.forkChild(task);
          yield* Fiber.join(fiber);

          note("joined");
        }),
      ours: async () => {
        const task = (): Promise<string> => load(1);

        const wg = new WaitGroup();
        wg.go(task);
        await wg.wait();

        note("joined");
      },
    },
    "all results": {
      theirs: () =>
        run(function* () {
          const users = yield* Effect.all([user(1), user(2)], { concurrency: "unbounded" });

          return users;
        }),
      ours: async () => {
        const users = await Promise.all([load(1), load(2)]);

        return users;
      },
    },
    "all results, two at once": {
      theirs: () =>
        run(function* () {
          const tasks = ids.map(user);

          const users = yield* Effect.all(tasks, { concurrency: 2 });

          return users;
        }),
      ours: async () => {
        const tasks = ids.map((id) => () => load(id));

        const group = new ResultGroup<string>();
        group.setLimit(2);
        for (const task of tasks) await group.go(task);
        const users = await group.wait();

        return users;
      },
    },
    "for each item, two at once": {
      theirs: () =>
        run(function* () {
          const users = yield* Effect.forEach(ids, user, { concurrency: 2 });

          return users;
        }),
      ours: async () => {
        const all = ids;

        const users: string[] = [];
        for await (const user of mapOrdered(all, (_ctx, id) => load(id), { concurrency: 2 })) users.push(user);

        return users;
      },
    },
    sleep: {
      theirs: () =>
        run(function* () {
          const ms = 20;

          yield* Effect.sleep(ms);

          note("awake");
        }),
      ours: async () => {
        const ms = 20;

        await time.sleep(ms);

        note("awake");
      },
    },
    timeout: {
      theirs: () =>
        run(function* () {
          const error = yield* Effect.flip(user(1).pipe(Effect.timeout(5)));

          return error._tag;
        }),
      ours: async () => {
        const name = waitFor(load(1), { timeout: 5 });

        return errorNameOf(name);
      },
      // The program of effect is interrupted, and goro has waited for the function only.
      sameSteps: "none",
    },
    retry: {
      theirs: () => {
        let attempts = 0;
        const flaky = Effect.tryPromise(() => (++attempts < 3 ? load(0) : load(1)));

        const name = flaky.pipe(Effect.retry({ times: 3, schedule: Schedule.spaced(100) }));

        return Effect.runPromise(name);
      },
      ours: () => {
        const flaky = (attempt: number): Promise<string> => (attempt < 3 ? load(0) : load(1));

        const name = retry(flaky, { retries: 3, delay: 100, factor: 1, jitter: 0 });

        return name;
      },
    },
    race: {
      theirs: () =>
        run(function* () {
          const slow = Effect.as(Effect.sleep(20), "slow");
          const fast = Effect.as(Effect.sleep(10), "fast");

          const first = yield* Effect.race(slow, fast);

          return first;
        }),
      ours: async () => {
        const slow = sleep(20);
        const fast = sleep(10);

        const { case: first } = await select({ slow: promise(slow), fast: promise(fast) });

        return first;
      },
    },
    interrupt: {
      theirs: () =>
        run(function* () {
          const task = Effect.promise((signal) => request(1, signal));

          const fiber = yield* Effect.forkChild(task);
          yield* Effect.sleep(5);
          yield* Fiber.interrupt(fiber);

          note("interrupted");
        }),
      ours: async () => {
        const task = (ctx: context.Context): Promise<string> => request(1, ctx.signal);

        const [ctx, cancel] = context.withCancel(context.background());
        const done = task(ctx).catch(() => undefined);
        await time.sleep(5);
        cancel();
        await done;

        note("interrupted");
      },
    },
    "release at the end": {
      theirs: () =>
        run(function* () {
          const open = Effect.sync(() => note("open"));
          const close = (): Effect.Effect<void> => Effect.sync(() => note("close"));

          yield* Effect.acquireRelease(open, close);

          yield* Effect.sync(() => note("use"));
        }),
      ours: async () => {
        const open = (): AsyncDisposable => {
          note("open");
          return { [Symbol.asyncDispose]: async () => note("close") };
        };

        await using _ = open();

        note("use");
      },
    },
    "take until the queue ends": {
      theirs: () =>
        run(function* () {
          const queue = yield* Queue.bounded<number, Cause.Done>(1);
          yield* Effect.forkChild(
            Effect.gen(function* () {
              for (const n of [1, 2, 3]) {
                yield* Queue.offer(queue, n);
              }
              yield* Queue.end(queue);
            }),
          );

          yield* Stream.runForEach(Stream.fromQueue(queue), (n) => Effect.sync(() => note(n)));

          return undefined;
        }),
      ours: async () => {
        const queue = new Channel<number>(1);
        const wg = new WaitGroup();
        wg.go(async () => {
          for (const n of [1, 2, 3]) {
            await queue.send(n);
          }
          queue.close();
        });

        for await (const n of queue) note(n);

        return undefined;
      },
    },
    "offer and take": {
      theirs: () =>
        run(function* () {
          const queue = yield* Queue.bounded<string>(1);

          yield* Queue.offer(queue, "a");
          const value = yield* Queue.take(queue);

          return value;
        }),
      ours: async () => {
        const queue = new Channel<string>(1);

        await queue.send("a");
        const { value } = await queue.receive();

        return value;
      },
    },
    "a queue that drops": {
      theirs: () =>
        run(function* () {
          const values = [1, 2, 3];

          const queue = yield* Queue.sliding<number>(2);
          for (const value of values) yield* Queue.offer(queue, value);

          return yield* Queue.take(queue);
        }),
      ours: async () => {
        const values = [1, 2, 3];

        const queue = new LossyChannel<number>(2, { overflow: "drop-oldest" });
        for (const value of values) await queue.send(value);

        return (await queue.receive()).value;
      },
    },
    "publish to many": {
      theirs: () =>
        run(function* () {
          const pubsub = yield* PubSub.bounded<string>(2);
          const subscription = yield* PubSub.subscribe(pubsub);
          yield* PubSub.publish(pubsub, "a");
          const value = yield* PubSub.take(subscription);

          return value;
        }),
      ours: async () => {
        const broadcast = new Broadcast<string>();
        using subscription = broadcast.subscribe({ capacity: 2, overflow: "wait" });
        await broadcast.send("a");
        const { value } = await subscription.receive();

        return value;
      },
    },
    "a semaphore": {
      theirs: () =>
        run(function* () {
          const tasks = ids;

          const semaphore = yield* TheirSemaphore.make(2);
          const limited = tasks.map((id) => semaphore.withPermits(1)(user(id)));

          return yield* Effect.all(limited, { concurrency: "unbounded" });
        }),
      ours: () => {
        const tasks = ids;

        const semaphore = new Semaphore(2);
        const limited = tasks.map((id) => semaphore.withPermits(1, () => load(id)));

        return Promise.all(limited);
      },
    },
    "a value that comes later": {
      theirs: () =>
        run(function* () {
          const deferred = yield* Deferred.make<string>();
          yield* Effect.forkChild(Effect.delay(Deferred.succeed(deferred, "ready"), 10));

          const value = yield* Deferred.await(deferred);

          return value;
        }),
      ours: async () => {
        const deferred = new Channel<string>(1);
        setTimeout(() => deferred.trySend("ready"), 10);

        const { value } = await deferred.receive();

        return value;
      },
    },
    "a value that is computed once": {
      theirs: () =>
        run(function* () {
          const config = yield* Effect.cached(user(1));

          return [yield* config, yield* config];
        }),
      ours: async () => {
        const config = onceValue(() => load(1));

        return [await config(), await config()];
      },
    },
    "a value for all calls below": {
      theirs: () => {
        class User extends Context.Service<User, { readonly name: string }>()("User") {}
        const greet = Effect.map(User, ({ name }) => `hello, ${name}`);

        const program = Effect.provideService(greet, User, { name: "gopher" });

        return Effect.runPromise(program);
      },
      ours: async () => {
        const name = context.key<string>("user");
        const greet = async (ctx: context.Context): Promise<string> => `hello, ${ctx.value(name)}`;

        const program = greet(context.withValue(context.background(), name, "gopher"));

        return program;
      },
    },
    "handle one kind of error": {
      theirs: () =>
        run(function* () {
          const failing = Effect.fail({ _tag: "NotFound" as const });

          const name = yield* failing.pipe(Effect.catchTag("NotFound", () => Effect.succeed("unknown")));

          return name;
        }),
      ours: async () => {
        class NotFound extends Error {}
        const failing = async (): Promise<string> => {
          throw new NotFound();
        };

        const name = await failing().catch((error: unknown) => {
          if (error instanceof NotFound) return "unknown";
          throw error;
        });

        return name;
      },
    },
    "a stream: calls, two at once": {
      theirs: () => runStream(Stream.fromIterable(ids).pipe(Stream.mapEffect((id) => user(id), { concurrency: 2 }))),
      ours: () => loop(pipeline(ids).map((_ctx, id) => load(id), { concurrency: 2 })),
    },
    "a stream: batches": {
      theirs: () => runStream(Stream.fromIterable(ids).pipe(Stream.grouped(3))),
      ours: () => loop(pipeline(ids).batch({ size: 3 })),
    },
    "a stream: merge": {
      theirs: async () => {
        const [odd, even] = [Stream.fromIterable([1, 3]), Stream.fromIterable([2, 4])];

        const all = Stream.merge(odd, even);

        return (await Effect.runPromise(Stream.runCollect(all))).sort();
      },
      ours: async () => {
        const [odd, even] = [
          [1, 3],
          [2, 4],
        ] as const;

        const all = pipeline<number>(odd).merge(even);

        const numbers: number[] = [];
        for await (const n of all) numbers.push(n);
        return numbers.sort();
      },
    },
    "a stream: debounce": {
      theirs: () => runStream(Stream.fromIterable(ids).pipe(Stream.debounce(10))),
      ours: () => loop(debounce(ids, 10)),
      // At the end of its source, goro returns the last value at once.
      sameSteps: "in any order",
    },
  },
};

export const differences: Table<undefined, undefined> = {
  prepare: { theirs: () => undefined, ours: () => undefined },
  rows: {
    "Nothing runs before `runPromise`": {
      theirs: () => {
        void user(1);
        return "not started";
      },
      ours: () => {
        let state = "not started";
        void (async () => (state = "started"))();
        return state;
      },
      results: { theirs: "not started", ours: "started" },
    },
    "Promises cannot be interrupted": {
      theirs: async () => {
        let state = "stopped";
        const end = Effect.sync(() => (state = "ended"));
        await messageOf(Effect.runPromise(Effect.timeout(Effect.delay(end, 20), 5)));
        await sleep(50);
        return state;
      },
      ours: async () => {
        let state = "stopped";
        const end = sleep(20).then(() => (state = "ended"));
        await messageOf(waitFor(end, { timeout: 5 }));
        await sleep(50);
        return state;
      },
      results: { theirs: "stopped", ours: "ended" },
    },
  },
};
