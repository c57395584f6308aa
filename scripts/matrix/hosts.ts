// All hosts of the matrix, in the order of the page.

import { browsers } from "./browsers.ts";
import { bundlers } from "./bundlers.ts";
import { compilers } from "./compilers.ts";
import type { Host } from "./host.ts";
import { nexts } from "./next.ts";
import { runtimes } from "./runtimes.ts";
import { testRunners } from "./test-runners.ts";
import { vites } from "./vite.ts";

export const hosts: readonly Host[] = [
  ...compilers,
  ...runtimes,
  ...browsers,
  ...bundlers,
  ...vites,
  ...nexts,
  ...testRunners,
];
