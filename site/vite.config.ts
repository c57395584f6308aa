import { defineConfig } from "vite";
import { libraryPlugin } from "./library-plugin.ts";
import { sucrasePlugin } from "./sucrase-plugin.ts";

/** The functions of the library that run as goroutines: a trace shows their names. */
export const goroutineNames: readonly string[] = [
  "memoryQueueJobs",
  "poolDelivery",
  "poolSource",
  "poolSourceClose",
  "poolSweeper",
  "poolWorker",
];

export default defineConfig({
  // The site can be served from any folder.
  base: "./",
  build: { target: "es2022", modulePreload: { polyfill: false } },
  plugins: [sucrasePlugin()],
  worker: {
    format: "es",
    plugins: () => [libraryPlugin()],
    rolldownOptions: {
      output: {
        // The library recognizes its frames in a stack by this folder, as those of the bundles in its package (src/util/stack.ts).
        chunkFileNames: "assets/goro-chunks/[name]-[hash].js",
        minify: {
          compress: { keepNames: { function: true, class: true } },
          mangle: { keepNames: { function: false, class: true }, reserved: [...goroutineNames] },
        },
      },
    },
  },
});
