// Prunes the declarations that tsc has emitted: a statement is kept if an entry point exports it, or if a kept statement refers to it. Adds
// what editors need to show the documentation of namespaces.

import { readdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import ts from "typescript";

type Name = ts.ImportSpecifier | ts.ExportSpecifier | ts.NamespaceImport | ts.NamespaceExport;

/** Prunes the declarations in `folder`; `entries` are the files of the entry points in it. */
export async function pruneDeclarations(folder: string, entries: readonly string[]): Promise<void> {
  const files = (await readdir(folder, { recursive: true }))
    .filter((name) => name.endsWith(".d.ts"))
    .map((name) => join(folder, name));
  const options = { module: ts.ModuleKind.NodeNext, target: ts.ScriptTarget.ES2022, noLib: true, types: [] };
  const program = ts.createProgram(files, options);
  const kept = keptNodes(
    program,
    files,
    entries.map((entry) => join(folder, entry)),
  );
  for (const file of files) {
    const text = printed(program.getSourceFile(file) as ts.SourceFile, kept);
    await (text === "" ? rm(file) : writeFile(file, documentNamespaces(text)));
  }
}

const namespaces = /^(\/\*\*(?:(?!\*\/)[^])*\*\/)\n(?=export \* as \w+ from ("[^"]+");)/gm;

/**
 * Returns the text of a module in which the comment above each `export * as name` is above an empty augmentation of the exported module, too.
 * For a namespace, TypeScript shows the comments of the declarations of the module, which a file does not have, and not that of the export.
 */
export function documentNamespaces(text: string): string {
  return text.replace(namespaces, "$1\ndeclare module $2 {}\n$1\n");
}

/** Returns the statements to keep, and the names to keep in imports and exports. */
function keptNodes(program: ts.Program, files: readonly string[], entries: readonly string[]): ReadonlySet<ts.Node> {
  const checker = program.getTypeChecker();
  const sources = new Set(files.map((file) => program.getSourceFile(file)));
  const kept = new Set<ts.Node>();
  const seen = new Set<ts.Symbol>();
  function keep(node: ts.Node): void {
    if (kept.has(node) || !sources.has(node.getSourceFile())) return;
    kept.add(node);
    visit(node);
  }
  function visit(node: ts.Node): void {
    if (ts.isIdentifier(node)) keepSymbol(checker.getSymbolAtLocation(node));
    ts.forEachChild(node, visit);
  }
  function keepSymbol(symbol: ts.Symbol | undefined): void {
    if (symbol === undefined || seen.has(symbol)) return;
    seen.add(symbol);
    for (const declaration of symbol.declarations ?? []) {
      if (ts.isSourceFile(declaration)) declaration.statements.filter(isExported).forEach(keep);
      else keep(isName(declaration) ? declaration : statementOf(declaration));
    }
    if ((symbol.flags & ts.SymbolFlags.Alias) !== 0) keepSymbol(checker.getAliasedSymbol(symbol));
  }
  for (const entry of entries) program.getSourceFile(entry)?.statements.forEach(keep);
  return kept;
}

function isExported(statement: ts.Statement): boolean {
  if (ts.isExportDeclaration(statement)) return true;
  const modifiers = ts.canHaveModifiers(statement) ? ts.getModifiers(statement) : undefined;
  return modifiers?.some(({ kind }) => kind === ts.SyntaxKind.ExportKeyword) === true;
}

function isName(node: ts.Node): node is Name {
  return (
    ts.isImportSpecifier(node) || ts.isExportSpecifier(node) || ts.isNamespaceImport(node) || ts.isNamespaceExport(node)
  );
}

function statementOf(node: ts.Node): ts.Node {
  return ts.isSourceFile(node.parent) ? node : statementOf(node.parent);
}

/** Returns the text of a file with only the kept statements and names; "" if there are none. */
function printed(source: ts.SourceFile, kept: ReadonlySet<ts.Node>): string {
  const parts: string[] = [];
  for (const statement of source.statements) {
    if (ts.isImportDeclaration(statement)) parts.push(...printedImport(statement, kept));
    else if (kept.has(statement))
      parts.push(
        statement
          .getFullText()
          .replace(/^\/\/.*$/gm, "")
          .trim(),
      );
  }
  if (parts.length === 0) return "";
  const libraries = source.libReferenceDirectives.map(({ fileName }) => `/// <reference lib="${fileName}" />`);
  return `${[...libraries, ...parts].join("\n")}\n`;
}

function printedImport(statement: ts.ImportDeclaration, kept: ReadonlySet<ts.Node>): string[] {
  const bindings = statement.importClause?.namedBindings;
  if (bindings === undefined) return [];
  if (ts.isNamespaceImport(bindings)) return kept.has(bindings) ? [statement.getText()] : [];
  const names = bindings.elements.filter((name) => kept.has(name)).map((name) => name.getText());
  if (names.length === 0) return [];
  const type = statement.importClause?.phaseModifier === ts.SyntaxKind.TypeKeyword ? "type " : "";
  return [`import ${type}{ ${names.join(", ")} } from ${statement.moduleSpecifier.getText()};`];
}
