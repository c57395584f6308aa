// How many jobs a producer may store.

import { expect, test } from "@jest/globals";
import { Room } from "../../src/bullmq/producer.ts";

test.each([
  // [depth, length, sends that wait, room, whether it is enough]
  [1, 0, 1, 1, true],
  [1, 1, 1, 0, false],
  [7, 6, 64, 1, true],
  [64, 57, 64, 7, false],
  [64, 56, 64, 8, true],
  [1000, 985, 64, 15, false],
  [1000, 985, 15, 15, true],
  [1000, 999, 1, 1, true],
  [1000, 984, 64, 16, true],
  [1000, 0, 64, 16, true],
  [1000, 1008, 64, 0, false],
  [1000, 1008, 1, 0, false],
  [Infinity, 0, 64, 16, true],
])(
  "with depth %d and %i jobs in the queue, %i sends have room for %i: %s",
  (depth, length, waiting, size, isEnough) => {
    const room = new Room(depth);
    expect([room.size, room.isEnoughFor(1)]).toEqual([0, false]);
    room.read(length);
    expect([room.size, room.isEnoughFor(waiting)]).toEqual([size, isEnough]);
    room.take(size);
    expect([room.size, room.isEnoughFor(1)]).toEqual([0, false]);
  },
);
