// Runs Vite: `node vite.mjs build|ssr|ssr-bundled OUT` builds, and `node vite.mjs load|runner` runs the cases in a server for development.

import * as vite from "vite";

const [mode, outDir] = process.argv.slice(2);
const common = { root: import.meta.dirname, configFile: false, logLevel: "warn" };

if (mode === "build") {
  await vite.build({ ...common, build: { outDir, emptyOutDir: true } });
} else if (mode === "ssr" || mode === "ssr-bundled") {
  const ssr = { noExternal: mode === "ssr-bundled" ? true : undefined };
  await vite.build({ ...common, ssr, build: { outDir, emptyOutDir: true, ssr: "bundle.js" } });
} else {
  const server = { middlewareMode: true, watch: null, hmr: false, ws: false };
  const dev = await vite.createServer({ ...common, server, appType: "custom", optimizeDeps: { noDiscovery: true } });
  process.on("exit", () => void dev.close());
  if (mode === "load") await dev.ssrLoadModule("/bundle.js");
  else await vite.createServerModuleRunner(dev.environments.ssr).import("/bundle.js");
}
