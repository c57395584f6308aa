// Random programs of several goroutines that share one lock, and their invariants: conflicting holders never overlap, a hold
// ends exactly when its goroutine releases it, and no waiter is left behind.

import fc, { type Arbitrary } from "fast-check";
import { Cond, context, Mutex, RWMutex, Semaphore, time, WaitGroup } from "goro";

/** One hold of the lock by a goroutine. Times are in milliseconds. */
export interface Visit {
  readonly pause: number;
  /** 0 for the write lock, another number for a read lock; for a semaphore, the number of units. */
  readonly units: number;
  readonly isTry: boolean;
  /** The delay after which the context of a waiting acquire is canceled; null for never. */
  readonly cancelAfter: number | null;
  readonly work: number;
  /** Whether the goroutine waits at a condition while it holds the lock. */
  readonly waits: boolean;
  readonly end: End;
  /** The time between the end of the hold and a further disposal of its guard. */
  readonly late: number;
}

/** How a hold ends: by its guard, by its guard twice, by hand, or by hand and then by its guard. */
type End = "guard" | "guard twice" | "hand" | "hand and guard";

/** The visits of each goroutine, one after another. */
export type Program = readonly (readonly Visit[])[];

export const size = 3;

const ms: Arbitrary<number> = fc.nat(4);

/** Programs whose holds end in the ways of `ends`. With `isTry`, some of the holds have no guard. */
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

/** A lock as the programs see it. For a lock without units, 0 means the write lock, and any other number a read lock. */
export interface Subject {
  acquire(units: number, ctx: context.Context): Promise<Disposable>;
  tryAcquire(units: number): boolean;
  release(units: number): void;
  /** The weight of a hold of `units`: the total weight of simultaneous holds must not exceed `limit`. */
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

/** Runs `program`, in a bubble; throws if an invariant is broken. The bubble detects goroutines that do not end. */
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
    // Another waiter may take the signal; a later signal then wakes this one.
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
      for (const next of visits) await visit(next);
    });
  }
  await wg.wait();
  const all = subject.limit === 100 ? 0 : subject.limit;
  if (!subject.tryAcquire(all)) throw new Error("a hold is left");
  subject.release(all);
}
