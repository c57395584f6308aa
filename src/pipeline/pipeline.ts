/// <reference lib="esnext.disposable" preserve="true" />
// goro/pipeline: stages over channels and iterables, with back-pressure and one end.

export { batch, type BatchOptions } from "./batch.ts";
export { type Pipeline, pipeline } from "./chain.ts";
export { filter, map, type MapStageOptions, type StageFunc } from "./map.ts";
export { merge } from "./merge.ts";
export type { PipelineSource, StageOptions } from "./options.ts";
export { debounce, type EdgeOptions, throttle } from "./pace.ts";
export type { Stage } from "./stage.ts";
export { type Branches, tee, type TeeOptions } from "./tee.ts";
