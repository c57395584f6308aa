// Random programs of several goroutines that share one lock, and what must be true of each of them: holders never meet who must not, a hold
// ends when its goroutine ends it and not before, and no waiter is left behind.

import fc, { type Arbitrary } from "fast-check";
import { Cond, context, Mutex, RWMutex, Semaphore, time, WaitGroup } from "goro";

/** One time that a goroutine holds the lock. Times are in milliseconds. */
export interface Visit {
  readonly pause: number;
  /** To write, to read, or how many units. */
  readonly units: number;
  readonly isTry: boolean;
  /** When the context of a waiting acquire is canceled. */
  readonly cancelAfter: number | null;
  readonly work: number;
  /** Whether the goroutine waits at a condition while it holds the lock. */
  readonly waits: boolean;
  readonly end: End;
  /** How long the guard outlives its hold, after which it is disposed again. */
  readonly late: number;
}

/** How a hold ends: by its guard, by the guard twice, or by hand; and then by the guard as well. */
type End = "guard" | "guard twice" | "hand" | "hand and guard";

/** The visits of each goroutine, one after another. */
export type Program = readonly (readonly Visit[])[];

export const size = 3;

const ms: Arbitrary<number> = fc.nat(4);

/** Programs in which holds end in the ways of `ends`; `isTry` if some of them have no guard. */
export function programs(ends: readonly End[], isTry: boolean): Arbitrary<Program> {
  const visit = fc.record({
    pause: ms,
    units: fc.nat(size),
    isTry: isTry ? fc.boolean() : fc.constant(false),
    cancelAfter: fc.oneof(fc.constant(null), ms),
    work: ms,
    waits: fc.boolean(),
    end: fc.constantFrom(...ends),
    late: ms,
  });
  return fc.array(fc.array(visit, { minLength: 1, maxLength: 4 }), { minLength: 2, maxLength: 6, size: "max" });
}

/** A lock as the programs see it. For a lock without units, 0 is to write, and everything else to read. */
export interface Subject {
  acquire(units: number, ctx: context.Context): Promise<Disposable>;
  tryAcquire(units: number): boolean;
  release(units: number): void;
  /** How much of it a hold of `units` takes: holders of more than `limit` together must not meet. */
  weigh(units: number): number;
  readonly limit: number;
  /** A condition variable for holders of `units`; null, if there is none. */
  cond(units: number): Cond | null;
}

export function mutexSubject(): Subject {
  const mu = new Mutex();
  const cond = new Cond(mu);
  return {
    acquire: () => mu.lock(),
    tryAcquire: () => mu.tryLock(),
    release: () => mu.unlock(),
    weigh: () => 1,
    limit: 1,
    cond: () => cond,
  };
}

export function rwMutexSubject(): Subject {
  const rw = new RWMutex();
  const cond = new Cond(rw);
  const readCond = new Cond(rw.rLocker());
  return {
    acquire: (units) => (units === 0 ? rw.lock() : rw.rLock()),
    tryAcquire: (units) => (units === 0 ? rw.tryLock() : rw.tryRLock()),
    release: (units) => (units === 0 ? rw.unlock() : rw.rUnlock()),
    weigh: (units) => (units === 0 ? 100 : 1),
    limit: 100,
    cond: (units) => (units === 0 ? cond : readCond),
  };
}

export function semaphoreSubject(): Subject {
  const sem = new Semaphore(size);
  return {
    acquire: (units, ctx) => sem.acquire(units, { ctx }),
    tryAcquire: (units) => sem.tryAcquire(units),
    release: (units) => sem.release(units),
    weigh: (units) => units,
    limit: size,
    cond: () => null,
  };
}

/** Runs `program`, in a bubble; throws if something is not as it must be. That all end, the bubble sees. */
export async function run(program: Program, subject: Subject): Promise<void> {
  let taken = 0;
  const enter = (units: number): void => {
    taken += subject.weigh(units);
    if (taken > subject.limit) throw new Error(`${taken} of ${subject.limit} are held`);
  };
  const leave = (units: number): void => {
    taken -= subject.weigh(units);
  };
  const wg = new WaitGroup();
  const queue: Visit[] = [];

  const acquire = async (visit: Visit): Promise<Disposable | null> => {
    const [ctx, cancel] = context.withCancel(context.background());
    const alarm = visit.cancelAfter === null ? null : time.afterFunc(visit.cancelAfter, cancel);
    queue.push(visit);
    try {
      const guard = await subject.acquire(visit.units, ctx);
      // With more than one holder at a time, those that are granted in one step continue in any order.
      if (subject.limit === 1 && queue[0] !== visit) throw new Error("not in the order of the calls");
      return guard;
    } catch (error) {
      if (ctx.err() === undefined || error !== ctx.err()) throw error;
      return null;
    } finally {
      queue.splice(queue.indexOf(visit), 1);
      alarm?.stop();
      cancel();
    }
  };

  const waitForSignal = async (cond: Cond, units: number): Promise<void> => {
    let isWoken = false;
    // Another waiter may take the signal: then a later one wakes this.
    wg.go(async () => {
      for (let signals = 0; !isWoken && signals < 1000; signals++) {
        cond.signal();
        await time.sleep(1);
      }
    });
    leave(units);
    await cond.wait();
    enter(units);
    isWoken = true;
  };

  const visit = async (visit: Visit): Promise<void> => {
    const { units, end } = visit;
    await time.sleep(visit.pause);
    const guard = visit.isTry ? null : await acquire(visit);
    if (guard === null && !(visit.isTry && subject.tryAcquire(units))) return;
    enter(units);
    await time.sleep(visit.work);
    const cond = subject.cond(units);
    if (visit.waits && cond !== null) await waitForSignal(cond, units);
    leave(units);
    if (guard === null || end === "hand" || end === "hand and guard") subject.release(units);
    else guard[Symbol.dispose]();
    if (guard === null || end === "hand" || end === "guard") return;
    await time.sleep(visit.late);
    guard[Symbol.dispose]();
    guard[Symbol.dispose]();
  };

  for (const visits of program) {
    wg.go(async () => {
      for (const each of visits) await visit(each);
    });
  }
  await wg.wait();
  const all = subject.limit === 100 ? 0 : subject.limit;
  if (!subject.tryAcquire(all)) throw new Error("a hold is left");
  subject.release(all);
}
