// Serves the site while it is written: builds it again when a file changes, and reloads the open pages. npm run dev

import { watch } from "node:fs";
import type { ServerResponse } from "node:http";
import { readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { serveFolder } from "./serve.ts";
import { run } from "../../scripts/run.ts";

const root = fileURLToPath(new URL("../", import.meta.url));
const project = fileURLToPath(new URL("../../", import.meta.url));
const outDir = join(root, "dist");
const port = 5173;

/** The address of the stream that the pages listen to, and the script that they get. */
const events = "/dev-events";
const script = `<script>new EventSource(${JSON.stringify(events)}).onmessage = () => location.reload();</script>`;
const pages = new Set<ServerResponse>();

/** Builds in a process of its own, so that changed modules of the build are loaded again. */
async function build(): Promise<void> {
  const started = performance.now();
  const { code, stdout, stderr } = await run(process.execPath, ["--import", "tsx", join(root, "build", "build.ts")]);
  console.log(code === 0 ? `built in ${Math.round(performance.now() - started)} ms` : stdout + stderr);
  if (code !== 0) return;
  for (const name of await readdir(outDir)) {
    if (!name.endsWith(".html")) continue;
    const text = await readFile(join(outDir, name), "utf8");
    await writeFile(join(outDir, name), text.replace("</body>", `${script}\n</body>`));
  }
  for (const page of pages) page.write("data: reload\n\n");
}

let timer: NodeJS.Timeout | undefined;
let building = build();

/** Builds once after a number of changes that follow each other within 100 ms. */
function rebuild(): void {
  clearTimeout(timer);
  timer = setTimeout(() => (building = building.then(build)), 100);
}

for (const folder of [
  "src",
  "examples",
  "scripts",
  ...["build", "lessons", "page", "run", "view"].map((name) => `site/${name}`),
]) {
  watch(join(project, folder), { recursive: true }, rebuild);
}
await building;
await serveFolder(outDir, {
  port,
  handle(request, response) {
    if (request.url !== events) return false;
    response.writeHead(200, { "Content-Type": "text/event-stream" });
    pages.add(response);
    request.on("close", () => pages.delete(response));
    return true;
  },
});
console.log(`http://localhost:${port}/`);
