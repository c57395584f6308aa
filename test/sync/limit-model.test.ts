// A limit with groups against a model: after each step of a random history, the same tasks run, wait and have ended.

import { expect, test } from "@jest/globals";
import { ClearedError, context, createLimit, type Limit } from "goro";
import { limitTask } from "../../src/runtime/wait-reasons.ts";
import { Prng } from "../../src/util/prng.ts";
import { quiet } from "../support/promises.ts";

interface ModelLimit {
  readonly parent: ModelLimit | null;
  concurrency: number;
  isPaused: boolean;
}

interface Task {
  readonly id: number;
  readonly limit: ModelLimit;
  readonly priority: number;
  readonly cancel: () => void;
  readonly end: () => void;
  isCanceled: boolean;
  state: "waiting" | "running" | "done" | "canceled" | "cleared";
}

function isWithin(task: Task, limit: ModelLimit): boolean {
  for (let l: ModelLimit | null = task.limit; l !== null; l = l.parent) if (l === limit) return true;
  return false;
}

class Model {
  readonly tasks: Task[] = [];

  count(limit: ModelLimit, state: Task["state"]): number {
    return this.tasks.filter((task) => task.state === state && isWithin(task, limit)).length;
  }

  canStart(task: Task): boolean {
    for (let l: ModelLimit | null = task.limit; l !== null; l = l.parent) {
      if (l.isPaused || this.count(l, "running") >= l.concurrency) return false;
    }
    return true;
  }

  startTasks(): void {
    for (;;) {
      const able = this.tasks.filter((task) => task.state === "waiting" && this.canStart(task));
      const [first] = able.sort((a, b) => b.priority - a.priority || a.id - b.id);
      if (first === undefined) return;
      first.state = "running";
    }
  }
}

async function runHistory(seed: number): Promise<void> {
  const random = new Prng(seed);
  const below = (n: number): number => (n === 0 ? 0 : random.randomInt(n));
  const model = new Model();
  const root = createLimit(2);
  const first = root.group(1);
  const second = root.group(2);
  const limits: Limit[] = [root, first, second, second.group(1)];
  const models: ModelLimit[] = [{ parent: null, concurrency: 2, isPaused: false }];
  models.push({ parent: models[0] as ModelLimit, concurrency: 1, isPaused: false });
  models.push({ parent: models[0] as ModelLimit, concurrency: 2, isPaused: false });
  models.push({ parent: models[2] as ModelLimit, concurrency: 1, isPaused: false });
  const started: number[] = [];
  const outcomes = new Map<number, string>();
  const history: string[] = [];

  const steps: Record<string, (i: number) => void> = {
    call(i) {
      const id = model.tasks.length;
      const [ctx, cancel] = context.withCancel(context.background());
      let end = (): void => undefined;
      const ended = new Promise<void>((resolve) => (end = resolve));
      const priority = below(4) === 0 ? 1 : 0;
      const work = (): Promise<void> => (started.push(id), ended);
      (limits[i] as Limit)(work, below(2) === 0 ? { ctx, priority } : { ctx, priority: priority === 0 ? -0 : 1 }).then(
        () => outcomes.set(id, "done"),
        (error: unknown) => outcomes.set(id, error instanceof ClearedError ? "cleared" : "canceled"),
      );
      model.tasks.push({
        id,
        limit: models[i] as ModelLimit,
        priority,
        cancel,
        end,
        isCanceled: false,
        state: "waiting",
      });
    },
    end() {
      const running = model.tasks.filter(({ id, state }) => state === "running" && started.includes(id));
      const task = running[below(running.length)];
      if (task === undefined) return;
      task.end();
      task.state = task.isCanceled ? "canceled" : "done";
    },
    cancel() {
      // A task between its turn and its start is the subject of another test.
      const open = model.tasks.filter(
        ({ id, state }) => state === "waiting" || (state === "running" && started.includes(id)),
      );
      const task = open[below(open.length)];
      if (task === undefined) return;
      task.cancel();
      if (task.state === "waiting") task.state = "canceled";
      else task.isCanceled = true;
    },
    pause(i) {
      (limits[i] as Limit).pause();
      (models[i] as ModelLimit).isPaused = true;
    },
    resume(i) {
      (limits[i] as Limit).resume();
      (models[i] as ModelLimit).isPaused = false;
    },
    clear(i) {
      const waiting = model.tasks.filter((task) => task.state === "waiting" && isWithin(task, models[i] as ModelLimit));
      for (const task of waiting) task.state = "cleared";
      expect((limits[i] as Limit).clear()).toBe(waiting.length);
    },
    concurrency(i) {
      (models[i] as ModelLimit).concurrency = (limits[i] as Limit).concurrency = 1 + below(3);
    },
  };
  const names = [
    ..."aaaaaa".split("").map(() => "call"),
    "end",
    "end",
    "end",
    "cancel",
    ...Object.keys(steps).slice(3),
    "resume",
  ];
  for (let step = 0; step < 40; step++) {
    // Several steps without an await between them.
    for (let n = below(2); n >= 0; n--) {
      const name = names[below(names.length)] as string;
      const i = below(limits.length);
      history.push(`${name} ${i}`);
      steps[name]?.(i);
      model.startTasks();
      const counts = limits.map((limit) => [limit.running, limit.size]);
      const expected = models.map((limit) => [model.count(limit, "running"), model.count(limit, "waiting")]);
      // A task whose promise has been resolved holds its slots until the next await.
      if (name !== "end") expect({ seed, history, counts }).toEqual({ seed, history, counts: expected });
      else break;
    }
    await quiet();
    const running = model.tasks.filter(({ state }) => state === "running").map(({ id }) => id);
    const settled = model.tasks.flatMap(({ id, state, isCanceled }) =>
      isCanceled ? [[id, "canceled"]] : state === "running" || state === "waiting" ? [] : [[id, state]],
    );
    expect({ seed, history, outcomes: [...outcomes].sort(([a], [b]) => a - b) }).toEqual({
      seed,
      history,
      outcomes: settled,
    });
    expect(running.filter((id) => !started.includes(id))).toEqual([]);
  }
  for (const limit of limits) limit.clear();
  for (const limit of limits) limit.resume();
  for (const task of model.tasks) task.end();
  await root.onIdle();
  expect(limits.map((limit) => [limit.running, limit.size])).toEqual(limits.map(() => [0, 0]));
}

test("random histories of calls, ends, cancellations, pauses and changes", async () => {
  const waiting = limitTask.waiting;
  for (let seed = 1; seed <= 25; seed++) await runHistory(seed);
  expect(limitTask.waiting).toBe(waiting);
});
