// Makes the tarball that is published: npm run pack, or npm run pack -- FOLDER. Before it, npm runs the script `prepack`, which builds.

import { relative } from "node:path";
import { maxTarball, pack } from "./package.ts";

const { tarball, bytes, files } = await pack(process.argv[2] ?? ".package");
console.log(`${relative("", tarball)}: ${bytes} bytes, ${files} files`);
if (bytes > maxTarball) {
  console.error(`The limit of the tarball is ${maxTarball} bytes.`);
  process.exitCode = 1;
}
