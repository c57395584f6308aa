// Builds the site into dist/: npm run build

import { fileURLToPath } from "node:url";
import { buildSite } from "./site.ts";

const outDir = fileURLToPath(new URL("../dist/", import.meta.url));
const lessons = await buildSite({ outDir, checksMistakes: true });
const mistakes = lessons.reduce((sum, lesson) => sum + lesson.mistakes.length, 0);
console.log(`${lessons.length} lessons with ${mistakes} mistakes, all of which end as declared: ${outDir}`);
