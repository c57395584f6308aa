// Lists the public API: for each entry point its exports with their signatures, from the type declarations that are published.

import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { format } from "prettier";
import ts from "typescript";

const root: string = fileURLToPath(new URL("../", import.meta.url));

/** The files with the type declarations of the entry points, by the names by which programs import them. */
export type Entries = Readonly<Record<string, string>>;

/** Returns the declarations of the package in a folder by its package.json. */
export function entriesOf(manifest: string, folder: string): Entries {
  const { name, exports } = JSON.parse(manifest) as {
    name: string;
    exports: Record<string, string | { types: string }>;
  };
  const typed = Object.entries(exports).flatMap(([path, target]) =>
    typeof target === "string" ? [] : [[join(name, path), join(folder, target.types)] as const],
  );
  return Object.fromEntries(typed);
}

/** Compiles the source to type declarations, as the build does. Returns their texts by the paths they would have in `folder`. */
export function compileDeclarations(folder: string): ReadonlyMap<string, string> {
  const texts = new Map<string, string>();
  for (const file of ["tsconfig.build.json", "tsconfig.bullmq.json"]) {
    const path = join(root, file);
    const { config } = ts.readConfigFile(path, (name) => ts.sys.readFile(name)) as { config: unknown };
    const { options, fileNames } = ts.parseJsonConfigFileContent(config, ts.sys, root, {}, path);
    const program = ts.createProgram(fileNames, { ...options, outDir: folder, declarationMap: false });
    program.emit(undefined, (name, text) => texts.set(name, text), undefined, true);
  }
  return texts;
}

/**
 * Returns the listing of all entry points: a module for each, with its exports in the order of their names, and at the end the types that
 * signatures refer to but that are not exported.
 *
 * @param texts - files that are not on the disk, by their paths
 */
export async function listApi(entries: Entries, texts: ReadonlyMap<string, string> = new Map()): Promise<string> {
  const options: ts.CompilerOptions = {
    target: ts.ScriptTarget.ES2022,
    module: ts.ModuleKind.NodeNext,
    moduleResolution: ts.ModuleResolutionKind.NodeNext,
    allowImportingTsExtensions: true,
    noEmit: true,
    // The listing needs only the declarations of the package.
    noLib: true,
    types: [],
  };
  const host = ts.createCompilerHost(options);
  const { fileExists, readFile, getSourceFile } = host;
  host.fileExists = (file) => texts.has(file) || fileExists.call(host, file);
  host.directoryExists = () => true;
  host.readFile = (file) => texts.get(file) ?? readFile.call(host, file);
  host.getSourceFile = (file, target, ...others) => {
    const text = texts.get(file);
    return text === undefined
      ? getSourceFile.call(host, file, target, ...others)
      : ts.createSourceFile(file, text, target);
  };
  const program = ts.createProgram(Object.values(entries), options, host);
  const lister = new Lister(program.getTypeChecker());
  const modules = Object.entries(entries).map(([name, file]) => {
    const source = program.getSourceFile(file);
    if (source === undefined) throw new Error(`${name}: ${file} does not exist`);
    return `declare module "${name}" {\n${lister.listModule(source)}}\n`;
  });
  const others = `// Not exported, but in a signature above.\ndeclare module "goro/*" {\n${lister.listOthers()}}\n`;
  return format([...modules, others].join("\n"), { parser: "typescript", printWidth: 120 });
}

class Lister {
  readonly #checker: ts.TypeChecker;
  readonly #printer = ts.createPrinter({ removeComments: true });
  readonly #exported = new Set<ts.Symbol>();
  /** The symbols that declarations refer to, in the order in which they were found. */
  readonly #used = new Set<ts.Symbol>();

  constructor(checker: ts.TypeChecker) {
    this.#checker = checker;
  }

  listModule(source: ts.SourceFile): string {
    const module = this.#checker.getSymbolAtLocation(source);
    // A module without exports is imported for its effects.
    return module === undefined ? "" : this.#listExports(module);
  }

  listOthers(): string {
    const listed: { name: string; text: string }[] = [];
    // Listing a symbol may add others to the set, which the loop then reaches.
    for (const symbol of this.#used) {
      const { name } = symbol;
      if (!this.#exported.has(symbol)) listed.push({ name, text: this.#listSymbol(symbol, name) });
    }
    return listed
      .sort((a, b) => compare(a.name, b.name))
      .map(({ text }) => text)
      .join("\n");
  }

  #listExports(module: ts.Symbol): string {
    const exports = this.#checker.getExportsOfModule(module).sort((a, b) => compare(a.name, b.name));
    return exports
      .map((each) => {
        const symbol = this.#resolve(each);
        this.#exported.add(symbol);
        return this.#listSymbol(symbol, each.name);
      })
      .join("\n");
  }

  #listSymbol(symbol: ts.Symbol, name: string): string {
    if (symbol.flags & ts.SymbolFlags.ValueModule) return `namespace ${name} {\n${this.#listExports(symbol)}}\n`;
    return (symbol.declarations ?? []).map((declaration) => `${this.#print(declaration)}\n`).join("");
  }

  #print(declaration: ts.Declaration): string {
    // The list of a variable has the keyword.
    const node = ts.isVariableDeclaration(declaration) ? declaration.parent.parent : declaration;
    this.#collectUsed(node);
    const { transformed, dispose } = ts.transform(node, [publicPart]);
    const text = this.#printer.printNode(ts.EmitHint.Unspecified, transformed[0] as ts.Node, node.getSourceFile());
    dispose();
    return text.replaceAll(/import\("[^"]+"\)\./g, "");
  }

  #collectUsed(node: ts.Node): void {
    if (ts.isIdentifier(node)) {
      const symbol = this.#checker.getSymbolAtLocation(node);
      if (symbol !== undefined) this.#addUsed(this.#resolve(symbol));
    }
    ts.forEachChild(node, (child) => this.#collectUsed(child));
  }

  /** Adds what a file of the package declares at its top. */
  #addUsed(symbol: ts.Symbol): void {
    const [declaration] = symbol.declarations ?? [];
    if (declaration === undefined) return;
    const statement = ts.isVariableDeclaration(declaration) ? declaration.parent.parent : declaration;
    if (ts.isSourceFile(statement.parent) && ts.isStatement(statement)) this.#used.add(symbol);
  }

  #resolve(symbol: ts.Symbol): ts.Symbol {
    return symbol.flags & ts.SymbolFlags.Alias ? this.#checker.getAliasedSymbol(symbol) : symbol;
  }
}

/** Removes private members, and the modifiers that all declarations have. */
const publicPart: ts.TransformerFactory<ts.Node> = (context) => {
  const visit = (node: ts.Node): ts.Node | undefined => {
    if (isPrivate(node) || node.kind === ts.SyntaxKind.ExportKeyword || node.kind === ts.SyntaxKind.DeclareKeyword)
      return undefined;
    return ts.visitEachChild(node, visit, context);
  };
  return (node) => visit(node) as ts.Node;
};

function isPrivate(node: ts.Node): boolean {
  if (!ts.isClassElement(node)) return false;
  if (node.name !== undefined && ts.isPrivateIdentifier(node.name)) return true;
  return (ts.getCombinedModifierFlags(node) & ts.ModifierFlags.Private) !== 0;
}

function compare(a: string, b: string): number {
  return a < b ? -1 : Number(a > b);
}
