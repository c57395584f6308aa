// The lines of a program as HTML: one element for each line, with its number and its pair.

import { linesOf } from "../lessons/line-tokens.ts";
import { highlight, type Language } from "./highlight.ts";
import { type DiffLine, diffLines } from "./line-changes.ts";
import { type LinePairs, pairsAfter } from "./line-pairs.ts";
import { html, Markup } from "./markup.ts";

/** The program of a lesson. */
export function codeLines(code: string, language: Language, pairs: LinePairs): Markup {
  return join(highlight(code, language).map((line, index) => lineOf(line, index + 1, pairs[language])));
}

/** The program after an edit, in which the lines that were removed are still shown. */
export function editedCodeLines(code: string, edited: string, language: Language, pairs: LinePairs): Markup {
  const diff = diffLines(code, edited);
  return changedLines(diff, highlight(code, language), highlight(edited, language), pairsAfter(pairs[language], diff));
}

/**
 * The fixed program of a pitfall, with the code of the broken one that it replaces. Comments and imports are not shown as changes.
 *
 * @param pairs - those of the fixed program
 */
export function fixedCodeLines(broken: string, fixed: string, language: Language, pairs: LinePairs): Markup {
  const [isBrokenCode, isFixedCode] = [broken, fixed].map((text) => codeIn(text, language)) as [IsCode, IsCode];
  const diff = diffLines(broken, fixed).filter(({ old, edited }) => edited !== undefined || isBrokenCode(old));
  return changedLines(diff, highlight(broken, language), highlight(fixed, language), pairs[language], isFixedCode);
}

type IsCode = (line: number | undefined) => boolean;

function codeIn(text: string, language: Language): IsCode {
  const lines = linesOf(text, language === "go" ? "go" : "port");
  const numbers = new Set(lines.flatMap(({ kind, number }) => (kind === "code" || kind === "bracket" ? number : [])));
  return (line) => line !== undefined && numbers.has(line);
}

/** The lines after a change. `pairs` and `isMarked` are about the lines of the changed program. */
function changedLines(
  diff: readonly DiffLine[],
  before: readonly Markup[],
  after: readonly Markup[],
  pairs: ReadonlyMap<number, number>,
  isMarked: IsCode = () => true,
): Markup {
  return join(
    diff.map(({ old, edited }) =>
      edited === undefined
        ? html`<del class="line gone">${before[(old ?? 0) - 1]}${"\n"}</del>`
        : lineOf(after[edited - 1] ?? html``, edited, pairs, old === undefined && isMarked(edited)),
    ),
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
