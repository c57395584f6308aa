// RxJS 7 and goro.

import { EventEmitter } from "node:events";
import { Broadcast, context, fromEvents, receive, retry, select, Semaphore, time, waitFor, WaitGroup } from "goro";
import { debounce, merge, pipeline, tee, throttle } from "goro/pipeline";
import * as rx from "rxjs";
import type { Table } from "./table.ts";
import { errorNameOf, load, note, sleep } from "./work.ts";

/** The values with the times in milliseconds at which they come. */
const timetable: readonly (readonly [number, string])[] = [
  [0, "a"],
  [4, "b"],
  [20, "c"],
  [24, "d"],
  [28, "e"],
];

const observable = (): rx.Observable<string> =>
  rx.from(timetable).pipe(rx.mergeMap(([ms, value]) => rx.timer(ms).pipe(rx.map(() => value))));

async function* generator(): AsyncGenerator<string, undefined> {
  let now = 0;
  for (const [ms, value] of timetable) {
    await sleep(ms - now);
    now = ms;
    yield value;
  }
}

const end = (source: rx.Observable<unknown>): Promise<unknown> =>
  rx.lastValueFrom(source.pipe(rx.tap(note), rx.ignoreElements()), { defaultValue: "end" });

async function loop(source: AsyncIterable<unknown>): Promise<string> {
  for await (const value of source) note(value);
  return "end";
}

type Theirs = { readonly source: rx.Observable<string> };
type Ours = { readonly source: AsyncGenerator<string, undefined> };

export const calls: Table<Theirs, Ours> = {
  prepare: { theirs: () => ({ source: observable() }), ours: () => ({ source: generator() }) },
  rows: {
    "from an iterable": {
      theirs: () => {
        const list = [1, 2, 3];

        const numbers = rx.from(list);

        return end(numbers);
      },
      ours: () => {
        const list = [1, 2, 3];

        const numbers = pipeline(list);

        return loop(numbers);
      },
    },
    "run it": {
      theirs: ({ source }) => {
        source.subscribe((value) => note(value));
      },
      ours: async ({ source }) => {
        for await (const value of source) note(value);
      },
    },
    "the first value": {
      theirs: async ({ source }) => {
        const first = await rx.firstValueFrom(source);

        return first;
      },
      ours: async ({ source }) => {
        const { value: first } = await source.next();
        await source.return(undefined);

        return first;
      },
    },
    "all values": {
      theirs: async ({ source }) => {
        const all = await rx.lastValueFrom(source.pipe(rx.toArray()));

        return all;
      },
      ours: async ({ source }) => {
        const all: string[] = [];
        for await (const value of source) all.push(value);

        return all;
      },
    },
    map: {
      theirs: ({ source }) => end(source.pipe(rx.map((value) => value.toUpperCase()))),
      ours: ({ source }) => loop(pipeline(source).map((_ctx, value) => value.toUpperCase())),
    },
    filter: {
      theirs: ({ source }) => end(source.pipe(rx.filter((value) => value > "b"))),
      ours: ({ source }) => loop(pipeline(source).filter((_ctx, value) => value > "b")),
    },
    "`concatMap`: calls one after the other": {
      theirs: () => end(rx.of(1, 2, 3).pipe(rx.concatMap((id) => load(id)))),
      ours: () => loop(pipeline([1, 2, 3]).map((_ctx, id) => load(id))),
    },
    "`mergeMap`: two calls at once": {
      theirs: () => end(rx.of(1, 2, 3).pipe(rx.mergeMap((id) => load(id), 2))),
      ours: () => loop(pipeline([1, 2, 3]).map((_ctx, id) => load(id), { concurrency: 2, ordered: false })),
    },
    "`mergeMap` to many values": {
      theirs: () => end(rx.of(1, 2).pipe(rx.concatMap((id) => rx.of(id, id * 10)))),
      ours: () => {
        const source = [1, 2];

        async function* flat() {
          for (const id of source) yield* [id, id * 10];
        }

        return loop(pipeline(flat()));
      },
    },
    "`switchMap`: a new value cancels": {
      theirs: ({ source }) => end(source.pipe(rx.switchMap((value) => sleep(10).then(() => value)))),
      ours: async ({ source }) => {
        const latest = new WaitGroup();

        let cancel = (): void => undefined;
        for await (const value of source) {
          cancel();
          const [ctx, stop] = context.withCancel(context.background());
          cancel = stop;
          latest.go(async () => {
            await time.sleep(10, { ctx }).then(
              () => note(value),
              () => undefined,
            );
          });
        }

        await latest.wait();
        return "end";
      },
    },
    "`exhaustMap`: values meanwhile are dropped": {
      theirs: ({ source }) => end(source.pipe(rx.exhaustMap((value) => sleep(10).then(() => value)))),
      ours: async ({ source }) => {
        const slot = new Semaphore(1);
        const calls = new WaitGroup();

        for await (const value of source) {
          if (!slot.tryAcquire()) continue;
          calls.go(async () => {
            await sleep(10);
            note(value);
            slot.release();
          });
        }

        await calls.wait();
        return "end";
      },
    },
    merge: {
      theirs: ({ source }) => {
        const timer = rx.timer(10).pipe(rx.map(() => "timer"));

        const values = rx.merge(source, timer);

        return end(values);
      },
      ours: ({ source }) => {
        async function* timer(): AsyncGenerator<string> {
          await sleep(10);
          yield "timer";
        }

        const values = merge(source, timer());

        return loop(values);
      },
    },
    concat: {
      theirs: () => end(rx.concat(rx.of(1, 2), rx.of(3))),
      ours: () => {
        const [first, second] = [[1, 2], [3]];

        async function* all() {
          yield* first;
          yield* second;
        }

        return loop(all());
      },
    },
    zip: {
      theirs: ({ source }) => {
        const numbers = rx.of(1, 2);

        const pairs = rx.zip(numbers, source);

        return end(pairs);
      },
      ours: async ({ source }) => {
        const numbers = [1, 2];

        for (const number of numbers) {
          const { value } = await source.next();
          note([number, value]);
        }

        await source.return(undefined);
        return "end";
      },
    },
    "batches by number": {
      theirs: ({ source }) => end(source.pipe(rx.bufferCount(2))),
      ours: ({ source }) => loop(pipeline(source).batch({ size: 2 })),
    },
    "batches by number and time": {
      theirs: ({ source }) =>
        end(
          source.pipe(
            rx.bufferTime(10, null, 2),
            rx.filter((batch) => batch.length > 0),
          ),
        ),
      ours: ({ source }) => loop(pipeline(source).batch({ size: 2, interval: 10 })),
    },
    "`debounceTime`": {
      theirs: ({ source }) => end(source.pipe(rx.debounceTime(10))),
      ours: ({ source }) => loop(debounce(source, 10)),
    },
    "`throttleTime`": {
      theirs: ({ source }) => end(source.pipe(rx.throttleTime(10, undefined, { leading: true, trailing: true }))),
      ours: ({ source }) => loop(throttle(source, 10)),
    },
    "`take`": {
      theirs: ({ source }) => {
        source.pipe(rx.take(2)).subscribe(note);
      },
      ours: async ({ source }) => {
        let count = 0;
        for await (const value of source) {
          note(value);
          if (++count === 2) break;
        }
      },
    },
    "`takeUntil`": {
      theirs: ({ source }) => {
        source.pipe(rx.takeUntil(rx.timer(10))).subscribe(note);
      },
      ours: async ({ source }) => {
        const [ctx] = context.withTimeout(context.background(), 10);
        try {
          for await (const value of pipeline(source, { ctx })) note(value);
        } catch (error) {
          if (error !== ctx.err()) throw error;
        }
      },
    },
    "`scan`": {
      theirs: () => end(rx.of(1, 2, 3).pipe(rx.scan((sum, n) => sum + n, 0))),
      ours: () => {
        const numbers = [1, 2, 3];

        let sum = 0;
        const sums = pipeline(numbers).map((_ctx, n) => (sum += n));

        return loop(sums);
      },
    },
    "`distinctUntilChanged`": {
      theirs: () => end(rx.of(1, 1, 2, 2).pipe(rx.distinctUntilChanged())),
      ours: () => {
        const numbers = [1, 1, 2, 2];

        let last: number | undefined;
        const changes = pipeline(numbers).filter((_ctx, n) => n !== last && ((last = n), true));

        return loop(changes);
      },
    },
    "`catchError`, `finalize`": {
      theirs: () => {
        const failing = rx.concat(
          rx.of(1),
          rx.throwError(() => new Error("broken")),
        );

        failing
          .pipe(
            rx.catchError((error: Error) => rx.of(error.message)),
            rx.finalize(() => note("end")),
          )
          .subscribe(note);

        return undefined;
      },
      ours: async () => {
        async function* failing(): AsyncGenerator<number> {
          yield 1;
          throw new Error("broken");
        }

        try {
          for await (const value of failing()) note(value);
        } catch (error) {
          note((error as Error).message);
        } finally {
          note("end");
        }

        return undefined;
      },
    },
    "`retry`": {
      theirs: () => {
        let attempts = 0;
        const fail = async (): Promise<string> => (++attempts < 3 ? load(0) : load(1));

        const user = rx.defer(fail).pipe(rx.retry({ count: 3, delay: 100 }));

        return rx.firstValueFrom(user);
      },
      ours: () => {
        const fail = async (attempt: number): Promise<string> => (attempt < 3 ? load(0) : load(1));

        const user = retry(fail, { retries: 3, delay: 100, factor: 1, jitter: 0 });

        return user;
      },
    },
    "`timeout` of one value": {
      theirs: () => {
        const user = rx.from(load(1)).pipe(rx.timeout(5));

        return errorNameOf(rx.firstValueFrom(user));
      },
      ours: () => {
        const user = waitFor(load(1), { timeout: 5 });

        return errorNameOf(user);
      },
    },
    "`forkJoin`": {
      theirs: () => rx.lastValueFrom(rx.forkJoin([load(1), load(2)])),
      ours: () => Promise.all([load(1), load(2)]),
    },
    "`race`": {
      theirs: async () => {
        const slow = rx.timer(20).pipe(rx.map(() => "slow"));
        const fast = rx.timer(10).pipe(rx.map(() => "fast"));

        const name = await rx.firstValueFrom(rx.race(slow, fast));

        return name;
      },
      ours: async () => {
        const slow = time.after(20);
        const fast = time.after(10);

        const { case: name } = await select({ slow: receive(slow), fast: receive(fast) });

        return name;
      },
    },
    "`interval`": {
      theirs: () => {
        const end = rx.timer(250);

        const ticks = rx.interval(100).pipe(rx.takeUntil(end));
        ticks.subscribe({ next: () => note("tick"), complete: () => note("end") });

        return undefined;
      },
      ours: async () => {
        const [ctx] = context.withTimeout(context.background(), 250);

        using ticker = new time.Ticker(100);
        for await (const _ of ticker.c.values({ ctx })) note("tick");

        note("end");
      },
    },
    "`Subject`": {
      theirs: async () => {
        const log = note;

        const subject = new rx.Subject<string>();
        subject.subscribe(log);
        subject.next("a");
        subject.complete();

        return undefined;
      },
      ours: async () => {
        const log = note;

        const subject = new Broadcast<string>();
        const values = subject.subscribe();
        await subject.send("a");
        subject.close();
        for await (const value of values) log(value);

        return undefined;
      },
    },
    "`BehaviorSubject`": {
      theirs: async () => {
        const log = note;

        const setting = new rx.BehaviorSubject("dark");
        setting.subscribe(log);

        setting.complete();
      },
      ours: async () => {
        const log = note;

        const setting = new Broadcast<string>({ replay: 1 });
        await setting.send("dark");
        const values = setting.subscribe();

        setting.close();
        for await (const value of values) log(value);
      },
    },
    "`ReplaySubject`": {
      theirs: async () => {
        const values = ["a", "b", "c"];

        const log = new rx.ReplaySubject<string>(2);
        for (const value of values) log.next(value);
        log.subscribe(note);

        return undefined;
      },
      ours: async () => {
        const values = ["a", "b", "c"];

        const log = new Broadcast<string>({ replay: 2 });
        for (const value of values) await log.send(value);
        const last = log.subscribe();

        log.close();
        for await (const value of last) note(value);
      },
    },
    "`share`": {
      theirs: async ({ source }) => {
        const shared = source.pipe(rx.share());

        await Promise.all([end(shared), end(shared)]);
      },
      ours: async ({ source }) => {
        const [first, second] = tee(source, 2);

        await Promise.all([loop(first), loop(second)]);
      },
    },
    "`fromEvent`": {
      theirs: async () => {
        const emitter = new EventEmitter();

        rx.fromEvent(emitter, "data").subscribe(note);

        emitter.emit("data", 1);
      },
      ours: async () => {
        const emitter = new EventEmitter();
        const [ctx, cancel] = context.withCancel(context.background());

        const events = fromEvents(emitter, "data", { ctx });

        emitter.emit("data", 1);
        cancel();
        for await (const event of events) note(event);
      },
    },
    unsubscribe: {
      theirs: async ({ source }) => {
        const subscription = source.subscribe(note);
        setTimeout(() => subscription.unsubscribe(), 10);

        await sleep(10);
      },
      ours: async ({ source }) => {
        const [ctx, cancel] = context.withCancel(context.background());

        const values = pipeline(source, { ctx });
        setTimeout(cancel, 10);

        await loop(values).catch(() => undefined);
      },
    },
  },
};

export const differences: Table<undefined, undefined> = {
  prepare: { theirs: () => undefined, ours: () => undefined },
  rows: {
    "Slow consumers": {
      theirs: async () => {
        const log: string[] = [];
        rx.of(1, 2, 3)
          .pipe(rx.tap((n) => log.push(`made ${n}`)))
          .subscribe((n) => void sleep(10).then(() => log.push(`used ${n}`)));
        await sleep(100);
        return log.join(", ");
      },
      ours: async () => {
        const log: string[] = [];
        for await (const n of pipeline([1, 2, 3]).map((_ctx, n) => (log.push(`made ${n}`), n))) {
          await sleep(10);
          log.push(`used ${n}`);
        }
        return log.join(", ");
      },
      results: {
        theirs: "made 1, made 2, made 3, used 1, used 2, used 3",
        ours: "made 1, used 1, made 2, used 2, made 3, used 3",
      },
    },
  },
};
