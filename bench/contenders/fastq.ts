// fastq by its promise API: a promise for each item that is pushed.

import fastq from "fastq";
import type { Contender, PoolKit } from "./contender.ts";

const pool: PoolKit = {
  map: (items, f, workers) => {
    const queue = fastq.promise<undefined, number, number>(undefined, f, workers);
    return Promise.all(items.map((item) => queue.push(item)));
  },
};

export const contender: Contender = { name: "fastq", package: "fastq", kits: { pool, module: "fastq" } };
