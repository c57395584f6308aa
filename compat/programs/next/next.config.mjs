import { dirname } from "node:path";

// The packages are in the folder above.
const root = dirname(import.meta.dirname);

export default {
  outputFileTracingRoot: root,
  turbopack: { root },
  ...(process.env.GORO_EXTERNAL === "true" && { serverExternalPackages: ["goro"] }),
};
