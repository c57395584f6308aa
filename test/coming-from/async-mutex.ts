// async-mutex 0.5 and goro.

import { E_TIMEOUT, Mutex as TheirMutex, Semaphore as TheirSemaphore, tryAcquire, withTimeout } from "async-mutex";
import { context, createLimit, Mutex, Semaphore } from "goro";
import type { Table } from "./table.ts";
import { errorNameOf, load, messageOf, note, sleep } from "./work.ts";

type Theirs = { readonly mutex: TheirMutex; readonly semaphore: TheirSemaphore };
type Ours = { readonly mutex: Mutex; readonly semaphore: Semaphore };

export const calls: Table<Theirs, Ours> = {
  prepare: {
    theirs: () => ({ mutex: new TheirMutex(), semaphore: new TheirSemaphore(2) }),
    ours: () => ({ mutex: new Mutex(), semaphore: new Semaphore(2) }),
  },
  rows: {
    "a mutex": {
      theirs: () => {
        const tasks = [1, 2];

        const mutex = new TheirMutex();

        return Promise.all(tasks.map((id) => mutex.runExclusive(() => load(id))));
      },
      ours: () => {
        const tasks = [1, 2];

        const mutex = new Mutex();

        return Promise.all(tasks.map((id) => mutex.withLock(() => load(id))));
      },
    },
    "lock for a function": {
      theirs: ({ mutex }) => mutex.runExclusive(() => load(1)),
      ours: ({ mutex }) => mutex.withLock(() => load(1)),
    },
    "lock for a scope": {
      theirs: ({ mutex }) => {
        const update = async (id: number): Promise<void> => {
          const release = await mutex.acquire();
          try {
            await load(id);
          } finally {
            release();
          }
        };

        const withLock = async () => {
          const release = await mutex.acquire();
          try {
            await load(1);
          } finally {
            release();
          }
        };

        return Promise.all([withLock(), update(2)]);
      },
      ours: ({ mutex }) => {
        const update = (id: number): Promise<string> => mutex.withLock(() => load(id));

        const withLock = async () => {
          using _ = await mutex.lock();
          await load(1);
        };

        return Promise.all([withLock(), update(2)]).then(() => [undefined, undefined]);
      },
    },
    "lock and release by hand": {
      theirs: async ({ mutex }) => {
        const task = load;

        await mutex.acquire();
        await task(1);
        mutex.release();

        await mutex.runExclusive(() => load(2));
      },
      ours: async ({ mutex }) => {
        const task = load;

        await mutex.lock();
        await task(1);
        mutex.unlock();

        await mutex.withLock(() => load(2));
      },
    },
    "lock if it is free": {
      theirs: async ({ mutex }) => {
        void mutex.runExclusive(() => load(1));

        const attempt = tryAcquire(mutex).acquire();
        const isMine = await attempt.then(Boolean, () => false);

        return isMine;
      },
      ours: async ({ mutex }) => {
        void mutex.withLock(() => load(1));

        const isMine = mutex.tryLock();

        return isMine;
      },
    },
    "wait for 5 ms at most": {
      theirs: async ({ mutex }) => {
        void mutex.runExclusive(() => load(1));

        const outcome = withTimeout(mutex, 5).runExclusive(() => load(2));

        return (await messageOf(outcome)) === E_TIMEOUT.message;
      },
      ours: async ({ mutex }) => {
        void mutex.withLock(() => load(1));

        const outcome = mutex.withLock(() => load(2), { timeout: 5 });

        return (await errorNameOf(outcome)) === "TimeoutError";
      },
    },
    "cancel the waits": {
      theirs: async () => {
        const mutex = new TheirMutex(new Error("the server stops"));
        void mutex.runExclusive(() => load(1));

        const second = mutex.acquire();
        mutex.cancel();

        return messageOf(second);
      },
      ours: async ({ mutex }) => {
        const controller = new AbortController();
        const { signal } = controller;
        void mutex.withLock(() => load(1));

        const second = mutex.lock({ signal });
        controller.abort(new Error("the server stops"));

        return messageOf(second);
      },
    },
    "wait until it is free": {
      theirs: async ({ mutex }) => {
        void mutex.runExclusive(() => load(1));

        await mutex.waitForUnlock();

        note("free");
      },
      ours: async ({ mutex }) => {
        void mutex.withLock(() => load(1));

        await mutex.withLock(() => undefined);

        note("free");
      },
    },
    priority: {
      theirs: async ({ mutex }) => {
        const first = mutex.runExclusive(() => load(1));
        const second = mutex.runExclusive(() => load(2));

        const urgent = mutex.runExclusive(() => load(3), 1);

        return Promise.all([first, second, urgent]);
      },
      ours: async () => {
        const limit = createLimit(1);
        const first = limit(() => load(1));
        const second = limit(() => load(2));

        const urgent = limit(() => load(3), { priority: 1 });

        return Promise.all([first, second, urgent]);
      },
    },
    "a semaphore": {
      theirs: async () => {
        const tasks = [1, 2, 3];

        const semaphore = new TheirSemaphore(2);

        return Promise.all(tasks.map((id) => semaphore.runExclusive(() => load(id))));
      },
      ours: async () => {
        const tasks = [1, 2, 3];

        const semaphore = new Semaphore(2);

        return Promise.all(tasks.map((id) => semaphore.withPermits(() => load(id))));
      },
    },
    "two permits for a function": {
      theirs: async ({ semaphore }) => {
        void semaphore.runExclusive(() => load(1));

        const user = semaphore.runExclusive(() => load(2), 2);

        return user;
      },
      ours: async ({ semaphore }) => {
        void semaphore.withPermits(() => load(1));

        const user = semaphore.withPermits(2, () => load(2));

        return user;
      },
    },
    "two permits by hand": {
      theirs: async ({ semaphore }) => {
        void semaphore.runExclusive(() => load(1));

        const [, release] = await semaphore.acquire(2);
        release();

        note("released");
      },
      ours: async ({ semaphore }) => {
        void semaphore.withPermits(() => load(1));

        const guard = await semaphore.acquire(2);
        guard[Symbol.dispose]();

        note("released");
      },
    },
    "a permit if one is free": {
      theirs: async ({ semaphore }) => {
        await semaphore.acquire(2);

        const attempt = tryAcquire(semaphore).acquire();
        const isMine = await attempt.then(Boolean, () => false);

        return isMine;
      },
      ours: async ({ semaphore }) => {
        await semaphore.acquire(2);

        const isMine = semaphore.tryAcquire();

        return isMine;
      },
    },
    "release permits": {
      theirs: async ({ semaphore }) => {
        await semaphore.acquire(2);

        semaphore.release(2);

        return semaphore.runExclusive(() => load(1), 2);
      },
      ours: async ({ semaphore }) => {
        await semaphore.acquire(2);

        semaphore.release(2);

        return semaphore.withPermits(2, () => load(1));
      },
    },
    "one permit more; two of two are held": {
      theirs: async ({ semaphore }) => {
        const tasks = [1, 2, 3, 4].map((id) => semaphore.runExclusive(() => load(id)));
        await sleep(5);

        semaphore.setValue(1);

        return Promise.all(tasks);
      },
      ours: async () => {
        const limit = createLimit(2);
        const tasks = [1, 2, 3, 4].map((id) => limit(() => load(id)));
        await sleep(5);

        limit.concurrency = 3;

        return Promise.all(tasks);
      },
    },
  },
};

export const differences: Table<TheirMutex, Mutex> = {
  prepare: { theirs: () => new TheirMutex(), ours: () => new Mutex() },
  rows: {
    "Unlocking a free mutex": {
      theirs: async (mutex) => messageOf(Promise.resolve().then(() => mutex.release())),
      ours: async (mutex) => messageOf(Promise.resolve().then(() => mutex.unlock())),
      results: { theirs: undefined, ours: "sync: unlock of unlocked mutex" },
    },
    "The error of a canceled wait": {
      theirs: async () => {
        const mutex = new TheirMutex(new Error("the server stops"));
        await mutex.acquire();
        const second = mutex.acquire();
        mutex.cancel();
        return messageOf(second);
      },
      ours: async (mutex) => {
        await mutex.lock();
        const why = new Error("the server stops");
        const [ctx, cancel] = context.withCancelCause(context.background());
        const waits = [mutex.lock({ ctx }), mutex.lock({ signal: AbortSignal.abort(why) })];
        cancel(why);
        return [...(await Promise.all(waits.map(messageOf))), context.cause(ctx)?.message];
      },
      results: { theirs: "the server stops", ours: ["context canceled", "the server stops", "the server stops"] },
    },
    "The state of a lock": {
      theirs: async (mutex) => {
        const semaphore = new TheirSemaphore(4);
        await Promise.all([mutex.acquire(), semaphore.acquire(3)]);
        return [mutex.isLocked(), semaphore.getValue()];
      },
      ours: async (mutex) => {
        const semaphore = new Semaphore(4);
        await Promise.all([mutex.lock(), semaphore.acquire(3)]);
        return [String(mutex), String(semaphore)];
      },
      results: { theirs: [true, 1], ours: ["Mutex locked", "Semaphore 3/4 acquired"] },
    },
    "More permits than there are": {
      theirs: async () => {
        const semaphore = new TheirSemaphore(2);
        void semaphore.acquire(3);
        return errorNameOf(semaphore.acquire(1).then(() => "acquired"));
      },
      ours: async () => {
        const semaphore = new Semaphore(2);
        void semaphore.acquire(3);
        return errorNameOf(semaphore.acquire(1).then(() => "acquired"));
      },
      results: { theirs: "pending", ours: "acquired" },
    },
    "Releasing more than is held": {
      theirs: async () => {
        const semaphore = new TheirSemaphore(1);
        semaphore.release();
        return semaphore.getValue();
      },
      ours: async () => {
        const semaphore = new Semaphore(1);
        return messageOf(Promise.resolve().then(() => semaphore.release()));
      },
      results: { theirs: 2, ours: "semaphore: released more than held" },
    },
  },
};
