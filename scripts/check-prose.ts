// Checks all text of the project for the words of prose/words.ts: comments, literals, pages, examples, workflow files.
//
//   npm run prose                 everything
//   npm run prose -- docs bench   these folders and files
//   npm run prose -- --counts     only the number of findings in each folder

import { allowances } from "./prose/allowances.ts";
import { checkProject, deadAllowances } from "./prose/check.ts";

const args = process.argv.slice(2);
const paths = args.filter((arg) => !arg.startsWith("--"));
const { files, findings } = await checkProject(paths.length === 0 ? null : paths);
const dead = paths.length === 0 ? deadAllowances(allowances, findings) : [];
const open = findings.filter(({ allowance }) => allowance === undefined);

if (args.includes("--counts")) {
  const counts = new Map<string, number>();
  for (const { file } of open) {
    const folder = file.split("/").slice(0, -1).slice(0, 2).join("/") || file;
    counts.set(folder, (counts.get(folder) ?? 0) + 1);
  }
  for (const [folder, count] of [...counts].sort()) console.log(`${String(count).padStart(6)}  ${folder}`);
} else {
  for (const { file, line, text, instead } of open) console.error(`${file}:${line}  ${text}  ->  ${instead}`);
}
for (const { file, text } of dead)
  console.error(`allowances.ts: ${file} no longer needs the entry ${JSON.stringify(text ?? "")}`);
console.log(`${files} files: ${open.length === 0 ? "no word of the list" : `${open.length} words of the list`}`);
process.exitCode = open.length + dead.length === 0 ? 0 : 1;
