// Builds the site into dist/: npm run build

import { fileURLToPath } from "node:url";
import { buildSite } from "./site.ts";

const outDir = fileURLToPath(new URL("../dist/", import.meta.url));
const pages = await buildSite({ outDir, checksMistakes: true });
const lessons = pages.filter(({ fixed }) => fixed === undefined);
const mistakes = lessons.reduce((sum, lesson) => sum + lesson.mistakes.length, 0);
const pitfalls = pages.length - lessons.length;
console.log(
  `${lessons.length} lessons with ${mistakes} mistakes, and ${pitfalls} pitfalls, all of which end as declared: ${outDir}`,
);
