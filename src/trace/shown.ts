// The former names of what preview.ts exports; removed when no view uses them any more.

import { previewValue, truncate } from "./preview.ts";

export const short: typeof truncate = truncate;
export const shown: typeof previewValue = previewValue;
