import type { BuildOptions } from "esbuild";

/** The file of each entry point, without extension, in `src` and in a built library. */
export const entryPoints: {
  readonly [
    name in
      | "goro"
      | "goro/bullmq"
      | "goro/debug"
      | "goro/pipeline"
      | "goro/testing"
      | "goro/testing/preload"
      | "goro/trace"
      | "goro/trace/preload"
  ]: string;
};

/** The options of esbuild for the library and for a program that imports it. */
export const buildOptions: BuildOptions;

/** Builds the library in a new folder, and returns the folder, which the caller deletes. */
export function buildLibrary(): Promise<string>;
