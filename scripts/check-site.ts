// Checks the site, if its packages are installed. They are not needed for work on the library.

import { existsSync } from "node:fs";
import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";

if (existsSync(fileURLToPath(new URL("../site/node_modules", import.meta.url)))) {
  const { status } = spawnSync("npm run check --prefix site", { stdio: "inherit", shell: true });
  process.exitCode = status ?? 1;
} else {
  console.log("The site is not checked, because its packages are not installed: npm ci --prefix site");
}
