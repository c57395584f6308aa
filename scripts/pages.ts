// The links of Markdown pages: which are dead, and how a page reads where some of their targets are absent.

import { posix } from "node:path";

/** Pages by their paths from the root, which are written with slashes. */
export type Pages = ReadonlyMap<string, string>;

// A link may contain a picture or brackets in its text, and a title after its target.
const link = /(!?)\[((?:[^[\]]|\[[^[\]]*\])*)\]\(([^()\s]+)(?:\s+"[^"]*")?\)/g;
// Stands for a picture that was removed.
const gap = "\0";

/**
 * Returns a sentence for each link whose target does not exist: a file, a folder, or a heading.
 *
 * @param exists - reports whether a path from the root exists that is not one of `pages`
 */
export function deadLinks(pages: Pages, exists: (path: string) => boolean): string[] {
  return [...pages].flatMap(([path, page]) => {
    const other = /^ *\[[^\]]+\]: \S+|<(?:a|img)\b[^>]*\b(?:href|src)=[^>]*>/m.exec(withoutCode(page));
    const unknown = other === null ? [] : [`${path}: ${other[0]}: write [text](target)`];
    const dead = targetsOf(page).filter((target) => isLocal(target) && !isAlive(target, path, pages, exists));
    return [...unknown, ...dead.map((target) => `${path}: ${target} does not exist`)];
  });
}

/**
 * Returns a page as it reads where only some files exist: other links become their text, and other pictures are removed, with their
 * paragraph if it has nothing but pictures.
 *
 * @param path - the path of the page from the root
 */
export function withoutAbsent(page: string, path: string, exists: (path: string) => boolean): string {
  const code = withoutCode(page);
  const isAbsent = (target: string): boolean => isLocal(target) && !exists(resolve(target, path).file);
  const rewrite = (start: number, end: number): string => {
    let result = "";
    let last = start;
    for (const { 0: match, 1: bang, 2: text = "", 3: target = "", index } of code.slice(start, end).matchAll(link)) {
      const textStart = start + index + (bang === "!" ? 2 : 1);
      const inner = bang === "!" ? gap : rewrite(textStart, textStart + text.length);
      const after = start + index + match.length;
      result += page.slice(last, start + index);
      if (isAbsent(target)) result += inner;
      else if (bang === "!") result += page.slice(start + index, after);
      else result += `[${inner}${page.slice(textStart + text.length, after)}`;
      last = after;
    }
    return result + page.slice(last, end);
  };
  // A colon announces the picture.
  return rewrite(0, page.length)
    .replace(/(:?)\n\n\0(?:\n?\0)*(?=\n\n|\n*$)/g, (_, colon: string) => (colon === "" ? "" : "."))
    .replace(/ ?\0/g, "");
}

/** Returns the anchors of the headings of a page, as code hosts make them, and those that its tags `a` define. */
export function anchorsOf(page: string): Set<string> {
  const anchors = new Set<string>();
  // The lines of code blocks are blank here, so that their comments are not headings; code in a heading is not.
  const lines = withoutBlocks(page).split("\n");
  for (const line of lines) {
    const [, title] = /^#{1,6} +(.*?)(?: +#+)?$/.exec(line) ?? [];
    if (title === undefined) continue;
    const anchor = title
      .replace(link, "$2")
      .replace(/(`[^`]*`)|(?<!\\)<\/?[a-z][^>]*>|&\w+;/gi, "$1")
      .toLowerCase()
      .replace(/[^\p{L}\p{M}\p{N}\p{Pc} -]/gu, "")
      .replaceAll(" ", "-");
    let count = 0;
    while (anchors.has(count === 0 ? anchor : `${anchor}-${count}`)) count++;
    anchors.add(count === 0 ? anchor : `${anchor}-${count}`);
  }
  for (const [, id = ""] of withoutCode(page).matchAll(/<a\b[^>]*\b(?:id|name)="([^"]+)"/g)) anchors.add(id);
  return anchors;
}

function targetsOf(page: string): string[] {
  return [...withoutCode(page).matchAll(link)].flatMap(([, , text = "", target = ""]) => [target, ...targetsOf(text)]);
}

function isLocal(target: string): boolean {
  return !/^[a-z][a-z\d+.-]*:/i.test(target);
}

function isAlive(target: string, from: string, pages: Pages, exists: (path: string) => boolean): boolean {
  const { file, anchor } = resolve(target, from);
  const page = pages.get(file);
  if (page === undefined) return exists(file);
  return anchor === undefined || anchorsOf(page).has(anchor);
}

/** Returns the path from the root that a target in the page `from` means, and its anchor. */
function resolve(target: string, from: string): { readonly file: string; readonly anchor: string | undefined } {
  const [path = "", anchor] = decodeURI(target).split("#");
  const file = path === "" ? from : posix.join(posix.dirname(from), path).replace(/(?<=.)\/$/, "");
  return { file, anchor };
}

// Code is replaced by spaces, so that offsets are kept.
function withoutCode(page: string): string {
  return withoutBlocks(page).replace(/(?<!`)(`+)(?!`)(?:(?!\n\n)[^])*?[^`]\1(?!`)/g, toSpaces);
}

function withoutBlocks(page: string): string {
  return page.replace(/^( *)(`{3,}|~{3,})[^\n]*\n[^]*?^\1\2 *$|<!--[^]*?-->/gm, toSpaces);
}

function toSpaces(text: string): string {
  return text.replace(/[^\n]/g, " ");
}
