// A preload that takes `AsyncLocalStorage` away from the library, and gives it that of the engine. The library and the program are
// transformed, as for the browser.

import { register } from "node:module";

register("./transform-loader.ts", import.meta.url);
const { AsyncLocalStorage, AsyncResource, bind, installContexts } = await import("../../run/context.ts");
const { runtime } = await import("../../run/runtime.ts");

const host = globalThis as unknown as Record<
  string,
  (run: (...args: unknown[]) => void, ...args: unknown[]) => unknown
>;
for (const name of ["setImmediate", "setTimeout"]) {
  const schedule = host[name] as (run: (...args: unknown[]) => void, ...args: unknown[]) => unknown;
  host[name] = (run, ...args) => schedule(bind(run), ...args);
}
installContexts();

const { getBuiltinModule } = process;
process.getBuiltinModule = (name: string) =>
  name === "async_hooks" ? { AsyncLocalStorage, AsyncResource } : getBuiltinModule.call(process, name);

Object.assign(globalThis, { contextRuntime: runtime });
