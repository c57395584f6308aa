// The entry of the worker. WebKit evaluates the entry of a worker again when another module imports it, so that its state would exist twice.
// Therefore this module is alone in its file: it imports the engine dynamically, and no module imports it. The build checks that.

import type { Request } from "./messages.ts";

const engine = import("./run.ts");

addEventListener("message", ({ data }: MessageEvent<Request>) => {
  engine.then(({ handleRequest }) => handleRequest(data)).catch((error: unknown) => reportError(error));
});
