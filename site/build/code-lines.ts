// The lines of a program as HTML: one element for each line, with its number and its pair.

import { highlight, type Language } from "./highlight.ts";
import { changedLines, type LineChange } from "./line-changes.ts";
import { type LinePairs, pairsAfter } from "./line-pairs.ts";
import { html, Markup } from "./markup.ts";

/** The program of a lesson. */
export function codeLines(code: string, language: Language, pairs: LinePairs): Markup {
  return join(highlight(code, language).map((line, index) => lineOf(line, index + 1, pairs[language])));
}

/** The program after an edit, in which the lines that were removed are still shown. */
export function editedCodeLines(code: string, edited: string, language: Language, pairs: LinePairs): Markup {
  const change = changedLines(code, edited);
  const moved = pairsAfter(pairs[language], change);
  const removed = highlight(code, language).slice(change.before, change.before + change.removed);
  const lines = highlight(edited, language).map((line, index) =>
    lineOf(line, index + 1, moved, isAdded(change, index + 1)),
  );
  lines.splice(change.before, 0, ...removed.map((line) => html`<del class="line gone">${line}${"\n"}</del>`));
  return join(lines);
}

function isAdded({ before, added }: LineChange, line: number): boolean {
  return line > before && line <= before + added;
}

function lineOf(line: Markup, number: number, pairs: ReadonlyMap<number, number>, isNew = false): Markup {
  const pair = pairs.get(number);
  const attributes = html` data-line="${number}"${pair !== undefined && html` data-pair="${pair}"`}`;
  if (isNew) return html`<ins class="line added" ${attributes}>${line}${"\n"}</ins>`;
  return html`<span class="line" ${attributes}>${line}${"\n"}</span>`;
}

function join(lines: readonly Markup[]): Markup {
  return new Markup(lines.map(({ text }) => text).join(""));
}
