// The sections of CHANGELOG.md, one for each version.

/** Returns the section of a version without its heading; undefined if there is none. */
export function sectionOf(changelog: string, version: string): string | undefined {
  const heading = `## ${version}\n`;
  return split(changelog)
    .find((section) => section.startsWith(heading))
    ?.slice(heading.length)
    .trim();
}

/** Returns the page with the sections of the newest `count` versions, and a sentence about the others. */
export function withNewest(changelog: string, count: number): string {
  const [head = "", ...sections] = split(changelog);
  if (sections.length <= count) return changelog;
  return `${head}${sections.slice(0, count).join("")}The repository has the changes of older versions.\n`;
}

function split(changelog: string): string[] {
  return changelog.split(/^(?=## )/m);
}
