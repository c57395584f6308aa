// async-mutex: locks whose acquire answers the function that releases.

import { Mutex, Semaphore } from "async-mutex";
import type { Contender, LockKit } from "./contender.ts";

const mutex: LockKit<Mutex, () => void> = {
  make: () => new Mutex(),
  acquire: (lock) => lock.acquire(),
  release: (_, release) => release(),
};

const semaphore: LockKit<Semaphore, unknown> = {
  make: (units) => new Semaphore(units),
  acquire: (lock) => lock.acquire(),
  release: (lock) => lock.release(),
};

export const contender: Contender = {
  name: "async-mutex",
  package: "async-mutex",
  kits: { mutex, semaphore, module: "async-mutex" },
};
