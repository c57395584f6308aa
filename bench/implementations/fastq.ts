// fastq with its promise API: `push` returns a promise.

import fastq from "fastq";
import type { Implementation, PoolAdapter } from "./implementation.ts";

const pool: PoolAdapter = {
  map: (items, f, workers) => {
    const queue = fastq.promise<undefined, number, number>(undefined, f, workers);
    return Promise.all(items.map((item) => queue.push(item)));
  },
};

export const implementation: Implementation = { name: "fastq", package: "fastq", adapters: { pool, module: "fastq" } };
