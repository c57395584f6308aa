// The slots and the waiting tasks of a limit, and of its groups, which are limits within a limit.
//
// A task needs a slot of its limit and of each limit above it. It takes them in one synchronous step, so a task that waits holds no slot,
// and limits that share tasks cannot deadlock. Changed only by synchronous calls, which run no user code.
//
// Invariants, whenever no method is on the stack:
//   1. `running` and `size` of a limit count the tasks of the limit and of all its groups.
//   2. A group is queued in its parent if and only if it could start a task: one is queued in it, it has a free slot, and is not paused.
//   3. The root has no task that could start. Therefore a new task starts at once if each of its limits has a free slot and is not paused.

import { CancelableOperation } from "../runtime/cancelable-wait.ts";
import { currentRealm } from "../runtime/realm.ts";
import { limitIdle, limitTask, park } from "../runtime/wait-reasons.ts";
import type { ParkedOperation, Waiter } from "../runtime/waiter.ts";
import { waitingSuffix } from "../util/inspect.ts";
import { Heap, type HeapNode } from "../util/heap.ts";
import { WaitQueue } from "../util/wait-queue.ts";

/** What a limit chooses from: a task, or a group with the rank of its first task. */
interface Ranked extends HeapNode {
  readonly priority: number;
  readonly order: number;
}

function isBefore(a: Ranked, b: Ranked): boolean {
  return a.priority > b.priority || (a.priority === b.priority && a.order < b.order);
}

let lastOrder = 0;

/** A task that waits for its slots. */
export class WaitingTask extends CancelableOperation<void, void> implements Ranked {
  index = -1;
  readonly order: number = ++lastOrder;
  readonly limit: LimitState;
  readonly priority: number;

  constructor(limit: LimitState, priority: number) {
    super(wakeTask, limitTask);
    this.limit = limit;
    this.priority = priority;
  }

  protected override leave(): void {
    this.limit.remove(this);
  }
}

/** The state of a limit. */
export class LimitState implements Ranked {
  readonly parent: LimitState | null;

  /** This limit, its parent, and so on up to the root. */
  readonly #path: readonly LimitState[];
  readonly #root: LimitState;
  readonly #realm = currentRealm();
  readonly #onIdle: (() => void) | undefined;
  #concurrency: number;
  #isPaused = false;

  /** The number of tasks that have their slots and have not returned. */
  running = 0;

  /** The number of tasks that wait. */
  size = 0;

  /** The waiting tasks with priority 0, which need no heap. */
  readonly #tasks = new WaitQueue<Waiter<void>>();

  /** The other waiting tasks, and the groups that could start a task. */
  readonly #ranked = new Heap<Ranked>(isBefore);

  /** The groups in which tasks wait. The others are not referenced, so that they can be collected. */
  readonly #groups = new Set<LimitState>();
  readonly #idleWaiters = new WaitQueue<Waiter<void>>();

  // The place of a group in the heap of its parent.
  index = -1;
  priority = 0;
  order = 0;

  /** @param onIdle - called each time when its last task has returned or was removed */
  constructor(concurrency: number, parent: LimitState | null = null, onIdle?: () => void) {
    this.#concurrency = concurrency;
    this.parent = parent;
    this.#path = parent === null ? [this] : [this, ...parent.#path];
    this.#root = parent === null ? this : parent.#root;
    this.#onIdle = onIdle;
  }

  get concurrency(): number {
    return this.#concurrency;
  }

  set concurrency(value: number) {
    this.#concurrency = value;
    this.#updateParents();
    this.#root.#startTasks();
  }

  get isPaused(): boolean {
    return this.#isPaused;
  }

  get isIdle(): boolean {
    return this.running === 0 && this.size === 0;
  }

  pause(): void {
    this.#isPaused = true;
    this.#updateParents();
  }

  resume(): void {
    this.#isPaused = false;
    this.#updateParents();
    this.#root.#startTasks();
  }

  /** Takes the slots for a new task and returns null, or returns the task that waits for them. */
  enter(priority: number): WaitingTask | null {
    if (this.#path.every((limit) => limit.#hasFreeSlot)) {
      for (const limit of this.#path) limit.running++;
      this.#updateParents();
      return null;
    }
    const task = new WaitingTask(this, priority);
    if (priority === 0) this.#tasks.push(task);
    else this.#ranked.add(task);
    for (const limit of this.#path) {
      if (limit.size++ === 0 && limit.parent !== null) limit.parent.#groups.add(limit);
    }
    this.#updateParents();
    park(task, limitTask, this.#realm === currentRealm());
    return task;
  }

  /** Releases the slots of a task that has returned. */
  leave(): void {
    for (const limit of this.#path) limit.running--;
    this.#updateParents();
    this.#root.#startTasks();
    this.#reportIdle();
  }

  /** Removes `task`, which waits. */
  remove(task: WaitingTask): void {
    this.#dequeue(task);
    this.#reportIdle();
  }

  /** Removes all waiting tasks, and returns them in the order in which they came. */
  clear(): readonly WaitingTask[] {
    const tasks = this.#waitingTasks().sort((a, b) => a.order - b.order);
    for (const task of tasks) task.limit.remove(task);
    return tasks;
  }

  /** Returns an operation that waits until the limit is idle. */
  waitForIdle(): CancelableOperation<void, void> {
    const waiter = new CancelableOperation<void, void>(wakeIdle, limitIdle);
    this.#idleWaiters.push(waiter);
    park(waiter, limitIdle, this.#realm === currentRealm());
    return waiter;
  }

  toString(): string {
    const paused = this.#isPaused ? ", paused" : "";
    return `${this.running}/${this.#concurrency} running${waitingSuffix(this.size)}${paused}`;
  }

  get #hasFreeSlot(): boolean {
    return !this.#isPaused && this.running < this.#concurrency;
  }

  get #first(): Ranked | null {
    const task = this.#tasks.first as WaitingTask | null;
    const ranked = this.#ranked.first ?? null;
    if (task === null || ranked === null) return task ?? ranked;
    return isBefore(ranked, task) ? ranked : task;
  }

  /** Restores invariant 2 for this limit and for all above it. */
  #updateParents(): void {
    for (const group of this.#path) {
      if (group.parent === null) return;
      const queue = group.parent.#ranked;
      if (group.index >= 0) queue.remove(group);
      const first = group.#hasFreeSlot ? group.#first : null;
      if (first === null) continue;
      group.priority = first.priority;
      group.order = first.order;
      queue.add(group);
    }
  }

  /** Restores invariant 3. Called for the root. */
  #startTasks(): void {
    while (this.#hasFreeSlot) {
      let next = this.#first;
      while (next instanceof LimitState) next = next.#first;
      if (!(next instanceof WaitingTask)) return;
      for (const limit of next.limit.#path) limit.running++;
      next.limit.#dequeue(next);
      next.resume(limitTask, undefined);
    }
  }

  #dequeue(task: WaitingTask): void {
    if (task.queue !== null) this.#tasks.remove(task);
    else this.#ranked.remove(task);
    for (const limit of this.#path) {
      if (--limit.size === 0 && limit.parent !== null) limit.parent.#groups.delete(limit);
    }
    this.#updateParents();
  }

  #waitingTasks(): WaitingTask[] {
    const tasks: WaitingTask[] = [...this.#groups].flatMap((group) => group.#waitingTasks());
    for (const entry of this.#ranked.nodes) if (entry instanceof WaitingTask) tasks.push(entry);
    for (let task = this.#tasks.first as WaitingTask | null; task !== null; task = task.next as WaitingTask | null) {
      tasks.push(task);
    }
    return tasks;
  }

  #reportIdle(): void {
    for (const limit of this.#path) {
      if (!limit.isIdle) continue;
      limit.#idleWaiters.drain(wakeIdle as (waiter: Waiter<void>) => void);
      limit.#onIdle?.();
    }
  }
}

function wakeTask(task: ParkedOperation<void, void>): void {
  task.resume(limitTask, undefined);
}

function wakeIdle(waiter: ParkedOperation<void, void>): void {
  waiter.resume(limitIdle, undefined);
}
