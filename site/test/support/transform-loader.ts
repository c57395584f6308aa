// Loads the library and the program as the browser does: transformed, with native code for all else. The engine gets a name in the folder of the
// library, so that its frames in a stack count as those of the library, as in the browser.

import { readFile } from "node:fs/promises";
import type { LoadHook } from "node:module";
import { fileURLToPath } from "node:url";
import { restoreContexts, runtimeNames, stripTypes } from "../../run/transform.ts";

const library = new URL("../../../src/", import.meta.url).href;
const engine = new URL("../../run/", import.meta.url).href;
const programs = /\/(examples|test\/programs)\//;

export const load: LoadHook = async (url, context, nextLoad) => {
  const file = url.replace(/\?.*$/, "");
  const isEngine = file.startsWith(engine);
  if (!isEngine && !file.startsWith(library) && !programs.test(file)) return nextLoad(url, context);
  const source = await readFile(fileURLToPath(file), "utf8");
  if (isEngine) {
    const name = `${library}engine/${file.slice(engine.length)}`;
    return { format: "module", shortCircuit: true, source: `${stripTypes(source)}\n//# sourceURL=${name}\n` };
  }
  const runtime = `const { ${runtimeNames.join(", ")} } = globalThis.contextRuntime; `;
  return { format: "module", shortCircuit: true, source: runtime + restoreContexts(stripTypes(source)) };
};
