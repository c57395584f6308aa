import { defineConfig } from "vite";
import { libraryPlugin } from "./library-plugin.ts";

export default defineConfig({
  // The site can be served from any folder.
  base: "./",
  build: { target: "es2022", modulePreload: { polyfill: false } },
  worker: {
    format: "es",
    plugins: () => [libraryPlugin()],
    rolldownOptions: {
      output: {
        // A trace shows the names of functions of the library, such as that of the goroutine of a worker in a pool.
        keepNames: true,
        minify: { compress: { keepNames: { function: true, class: true } }, mangle: { keepNames: true } },
      },
    },
  },
});
