import { defineConfig } from "vite";
import { libraryPlugin } from "./library-plugin.ts";

export default defineConfig({
  build: { target: "es2022", modulePreload: { polyfill: false } },
  worker: { format: "es", plugins: () => [libraryPlugin()] },
});
