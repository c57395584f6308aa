// Checks the imports of the source against the table in folders.ts: npm run imports

import { checkImports, folders } from "./folders.ts";

const { files, mistakes } = await checkImports();
for (const mistake of mistakes) console.error(mistake);
const result = mistakes.length === 0 ? "as the table says" : `${mistakes.length} mistakes`;
console.log(`${files.length} files in ${Object.keys(folders).length} folders: ${result}`);
process.exitCode = mistakes.length === 0 ? 0 : 1;
