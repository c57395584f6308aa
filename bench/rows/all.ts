// All rows, in the order of the table.

import { broadcast } from "./broadcast.ts";
import { channels } from "./channels.ts";
import { contexts } from "./contexts.ts";
import { fairness } from "./fairness.ts";
import { pipeline } from "./pipeline.ts";
import { pool } from "./pool.ts";
import { programs } from "./programs.ts";
import type { Row } from "./row.ts";
import { select } from "./select.ts";
import { size } from "./size.ts";
import { sync } from "./sync.ts";
import { waiting } from "./waiting.ts";

export const rows: readonly Row[] = [
  ...channels,
  ...broadcast,
  ...select,
  ...waiting,
  ...pool,
  ...pipeline,
  ...contexts,
  ...sync,
  ...programs,
  ...size,
  ...fairness,
];
