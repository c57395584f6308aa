// The prose of a file: its comments, its string and template literals, or the text of a page. Identifiers and code are left out.

import ts from "typescript";

/** Text of a file, with the line at which it begins. Code in it is replaced by spaces, so that offsets are kept. */
export interface Excerpt {
  readonly line: number;
  readonly text: string;
}

/** Returns the prose of a file by the extension of its path; other files count as plain text. */
export function proseOf(path: string, text: string): Excerpt[] {
  const extension = /\.(\w+)$/.exec(path)?.[1] ?? "";
  if (/^[cm]?[tj]sx?$/.test(extension)) return proseOfTypeScript(text, 1);
  if (extension === "go") return proseOfGo(text, 1);
  if (extension === "md") return proseOfMarkdown(text, 1);
  return [{ line: 1, text: blankCode(text) }];
}

function proseOfTypeScript(text: string, firstLine: number): Excerpt[] {
  const source = ts.createSourceFile("file.ts", text, ts.ScriptTarget.Latest, true, ts.ScriptKind.TS);
  const excerpts: Excerpt[] = [];
  const lineAt = (offset: number): number => firstLine + source.getLineAndCharacterOfPosition(offset).line;

  function addComments(start: number, end: number): void {
    const trivia = text.slice(start, end);
    if (trivia.trim() === "") return;
    let prose = trivia.replace(/\/\*+|\*+\/|^[ \t]*(?:\/\/+|\*)/gm, toSpaces);
    // The example of a doc block is a program of its own.
    prose = prose.replace(/@example\b([^]*?)(?=\n\s*@\w|$)/g, (block, code: string, offset: number) => {
      excerpts.push(...proseOfTypeScript(code, lineAt(start + offset + "@example".length)));
      return toSpaces(block);
    });
    excerpts.push({ line: lineAt(start), text: blankCode(prose) });
  }

  function visit(node: ts.Node): void {
    if (node.kind >= ts.SyntaxKind.FirstJSDocNode && node.kind <= ts.SyntaxKind.LastJSDocNode) return;
    const children = node.getChildren(source);
    if (children.length > 0) {
      for (const child of children) visit(child);
      return;
    }
    const start = node.getStart(source);
    addComments(node.pos, start);
    if (isProse(node))
      excerpts.push({ line: lineAt(start), text: blankCode(toUnescaped(text.slice(start, node.end))) });
  }

  visit(source);
  return excerpts;
}

/** Reports whether a token is a string or a part of a template, and not the name of a module or of a type. */
function isProse(node: ts.Node): boolean {
  const isText = ts.isStringLiteralLike(node) || ts.isTemplateHead(node) || ts.isTemplateMiddleOrTemplateTail(node);
  const { parent } = node;
  return (
    isText &&
    !ts.isImportDeclaration(parent) &&
    !ts.isExportDeclaration(parent) &&
    !(ts.isCallExpression(parent) && parent.expression.kind === ts.SyntaxKind.ImportKeyword)
  );
}

function proseOfGo(text: string, firstLine: number): Excerpt[] {
  const excerpts: Excerpt[] = [];
  // A run of line comments is one text.
  const tokens = /\/\/[^\n]*(?:\n[ \t]*\/\/[^\n]*)*|\/\*[^]*?\*\/|"(?:\\.|[^"\\\n])*"|`[^`]*`|'(?:\\.|[^'\\\n])+'/g;
  let line = firstLine;
  let last = 0;
  for (const { 0: token, index } of text.matchAll(tokens)) {
    line += countLines(text.slice(last, index));
    last = index;
    const isComment = token.startsWith("//") || token.startsWith("/*");
    const prose = isComment ? token.replace(/^[ \t]*\/\/+|\/\*|\*\//gm, toSpaces) : toUnescaped(token);
    excerpts.push({ line, text: blankCode(prose) });
  }
  return excerpts;
}

function proseOfMarkdown(text: string, firstLine: number): Excerpt[] {
  const excerpts: Excerpt[] = [];
  const withoutBlocks = text.replace(
    /^([ \t]*)```(\w*)[^\n]*\n([^]*?)^\1```$/gm,
    (block, _: string, language: string, code: string, offset: number) => {
      const line = firstLine + countLines(text.slice(0, offset)) + 1;
      if (/^(?:ts|js|typescript|javascript)$/.test(language)) excerpts.push(...proseOfTypeScript(code, line));
      else if (language === "go") excerpts.push(...proseOfGo(code, line));
      else excerpts.push({ line, text: code });
      return toSpaces(block);
    },
  );
  const prose = withoutBlocks.replace(/<!--[^]*?-->|\]\([^)\s]*\)|https?:\/\/\S+/g, toSpaces);
  return [...excerpts, { line: firstLine, text: blankCode(prose) }];
}

/** Blanks inline code, and the paths of files. */
function blankCode(text: string): string {
  return text
    .replace(/(?<!\\)`[^`\n]+(?:\n[^`\n]+)?`(?!\w)/g, (code) => (isTemplate(code, text) ? code : toSpaces(code)))
    .replace(/(?:[\w.@-]+\/)+[\w.@*-]+|\b[\w-]+\.(?:ts|js|mjs|go|md|json|svg)\b/g, toSpaces);
}

/** A template literal is in backticks from its first character to its last. */
function isTemplate(code: string, text: string): boolean {
  return code.length === text.length;
}

/** Blanks the escapes of a literal, so that `\nobody` begins with a line break. */
function toUnescaped(literal: string): string {
  return literal.replace(/\\n/g, " \n").replace(/\\[^]/g, "  ");
}

function toSpaces(text: string): string {
  return text.replace(/[^\n]/g, " ");
}

function countLines(text: string): number {
  return text.split("\n").length - 1;
}
