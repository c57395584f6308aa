// The lines of a program as HTML: one element for each line, with its number and its pair.

import { highlight, type Language } from "./highlight.ts";
import { diffLines } from "./line-changes.ts";
import { type LinePairs, pairsAfter } from "./line-pairs.ts";
import { html, Markup } from "./markup.ts";

/** The program of a lesson. */
export function codeLines(code: string, language: Language, pairs: LinePairs): Markup {
  return join(highlight(code, language).map((line, index) => lineOf(line, index + 1, pairs[language])));
}

/** The program after an edit, in which the lines that were removed are still shown. */
export function editedCodeLines(code: string, edited: string, language: Language, pairs: LinePairs): Markup {
  const diff = diffLines(code, edited);
  const moved = pairsAfter(pairs[language], diff);
  const [before, after] = [highlight(code, language), highlight(edited, language)];
  return join(
    diff.map((line) => {
      if (line.edited !== undefined) {
        return lineOf(after[line.edited - 1] ?? html``, line.edited, moved, line.old === undefined);
      }
      return html`<del class="line gone">${before[(line.old ?? 0) - 1]}${"\n"}</del>`;
    }),
  );
}

function lineOf(line: Markup, number: number, pairs: ReadonlyMap<number, number>, isNew = false): Markup {
  const pair = pairs.get(number);
  const attributes = html`data-line="${number}"${pair !== undefined && html` data-pair="${pair}"`}`;
  if (isNew) return html`<ins class="line added" ${attributes}>${line}${"\n"}</ins>`;
  return html`<span class="line" ${attributes}>${line}${"\n"}</span>`;
}

function join(lines: readonly Markup[]): Markup {
  return new Markup(lines.map(({ text }) => text).join(""));
}
