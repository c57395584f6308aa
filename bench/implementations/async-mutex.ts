// async-mutex: locks whose `acquire` resolves to the release function.

import { Mutex, Semaphore } from "async-mutex";
import type { Implementation, LockAdapter } from "./implementation.ts";

const mutex: LockAdapter<Mutex, () => void> = {
  make: () => new Mutex(),
  acquire: (lock) => lock.acquire(),
  release: (_, release) => release(),
};

const semaphore: LockAdapter<Semaphore, unknown> = {
  make: (units) => new Semaphore(units),
  acquire: (lock) => lock.acquire(),
  release: (lock) => lock.release(),
};

export const implementation: Implementation = {
  name: "async-mutex",
  package: "async-mutex",
  adapters: { mutex, semaphore, module: "async-mutex" },
};
