// The public names of the package, from the types of its entry points: exports, their members, and the members of types that have no name
// of their own. A program uses each of them, so that a test can read what an editor shows there.

import { fileURLToPath } from "node:url";
import ts from "typescript";
import { documentNamespaces } from "../../scripts/declarations.ts";

/** A public name, and where it is used or declared. */
export interface PublicName {
  /** Such as "select", "context.withCancel", "new Channel", "WorkerPool.run", "PoolOptions.timeout". */
  readonly name: string;

  /** The entry point, such as "goro/testing". */
  readonly module: string;
  readonly isMember: boolean;
  readonly file: string;
  readonly position: number;

  /** The type of a member that is a property; undefined for other names. */
  readonly type: ts.Type | undefined;
}

/** The names, and the program that uses them, which is a file in memory. */
export interface PublicNames {
  readonly names: readonly PublicName[];
  readonly service: ts.LanguageService;
}

const root = fileURLToPath(new URL("../../", import.meta.url));
const programFile = `${root}test/public-names-program.ts`;
const indexFile = `${root}src/index.ts`;

/** The entry points that have exports, by their names. */
export const entryPoints: Readonly<Record<string, string>> = {
  goro: "src/index.ts",
  "goro/testing": "src/testing/testing.ts",
  "goro/pipeline": "src/pipeline/pipeline.ts",
  "goro/trace": "src/trace/trace.ts",
  "goro/bullmq": "src/bullmq/bullmq.ts",
};

/** Returns all public names, in the order of the entry points. */
export function publicNames(): PublicNames {
  let text = "export {};\n";
  let version = 0;
  const { config } = ts.readConfigFile(`${root}tsconfig.json`, (path) => ts.sys.readFile(path)) as { config: unknown };
  const { options } = ts.parseJsonConfigFileContent(config, ts.sys, root);
  const files = Object.values(entryPoints).map((file) => root + file);
  const isProgram = (file: string): boolean => file === programFile;
  const service = ts.createLanguageService({
    getCompilationSettings: () => options,
    getCurrentDirectory: () => root,
    getDefaultLibFileName: (settings) => ts.getDefaultLibFilePath(settings),
    getScriptFileNames: () => [...files, programFile],
    getScriptVersion: (file) => (isProgram(file) ? String(version) : "0"),
    getScriptSnapshot: (file) => {
      const content = isProgram(file) ? text : ts.sys.readFile(file);
      // As in the declarations of the package.
      if (file === indexFile && content !== undefined) return ts.ScriptSnapshot.fromString(documentNamespaces(content));
      return content === undefined ? undefined : ts.ScriptSnapshot.fromString(content);
    },
    fileExists: (file) => isProgram(file) || ts.sys.fileExists(file),
    readFile: (file) => ts.sys.readFile(file),
    readDirectory: (...args) => ts.sys.readDirectory(...args),
    directoryExists: (path) => ts.sys.directoryExists(path),
    getDirectories: (path) => ts.sys.getDirectories(path),
  });
  const program = service.getProgram() as ts.Program;
  const lister = new Lister(program.getTypeChecker());
  for (const [module, file] of Object.entries(entryPoints)) {
    lister.addModule(module, program.getSourceFile(root + file) as ts.SourceFile);
  }
  text = lister.text;
  version++;
  return { names: lister.names, service };
}

class Lister {
  readonly names: PublicName[] = [];
  text = "";
  readonly #checker: ts.TypeChecker;
  readonly #exported = new Set<ts.Symbol>();
  readonly #visited = new Set<ts.Symbol>();
  #module = "";
  #variables = 0;

  constructor(checker: ts.TypeChecker) {
    this.#checker = checker;
  }

  addModule(module: string, source: ts.SourceFile): void {
    this.#module = module;
    const variable = module.replace("/", "_");
    this.text += `import * as ${variable} from ${JSON.stringify(module)};\n`;
    const symbol = this.#checker.getSymbolAtLocation(source) as ts.Symbol;
    this.#collect(symbol);
    this.#addExports(symbol, variable, "");
  }

  /** Notes what is exported: the members of these types are listed with them, and not where they are used. */
  #collect(module: ts.Symbol): void {
    for (const each of this.#checker.getExportsOfModule(module)) {
      const symbol = this.#resolve(each);
      if (symbol.flags & ts.SymbolFlags.ValueModule) this.#collect(symbol);
      this.#exported.add(symbol);
    }
  }

  #addExports(module: ts.Symbol, variable: string, prefix: string): void {
    for (const each of this.#checker.getExportsOfModule(module)) {
      const symbol = this.#resolve(each);
      const use = `${variable}.${each.name}`;
      const name = prefix + each.name;
      if (symbol.flags & ts.SymbolFlags.ValueModule) {
        this.#use(name, use);
        this.#addImport(each.name, name);
        this.#addExports(symbol, use, `${name}.`);
        continue;
      }
      const isType = each.declarations?.some(
        (declaration) => ts.isExportSpecifier(declaration) && ts.isTypeOnlyExportDeclaration(declaration),
      );
      if (symbol.flags & ts.SymbolFlags.Value && isType !== true) this.#addValue(symbol, use, name);
      else this.#use(name, `null! as ${use}`, this.#typeArguments(symbol));
      if (symbol.flags & ts.SymbolFlags.Type) this.#addInstances(symbol, use, name);
    }
  }

  #addValue(symbol: ts.Symbol, use: string, name: string): void {
    const type = this.#checker.getTypeOfSymbol(symbol);
    this.#use(name, use);
    if (symbol.flags & ts.SymbolFlags.Class) {
      const isPublic = type.getConstructSignatures().some(({ declaration }) => isOurs(declaration));
      if (isPublic) this.#use(`new ${name}`, `new ${use}`, "()");
      for (const member of type.getProperties().filter(isPublicMember)) {
        this.#use(`${name}.${member.name}`, `${use}.${member.name}`, "", member);
      }
    }
    this.#reachSignatures(type, name);
  }

  #addInstances(symbol: ts.Symbol, use: string, name: string): void {
    const type = this.#checker.getDeclaredTypeOfSymbol(symbol);
    const variable = `v${this.#variables++}`;
    this.text += `declare const ${variable}: ${use}${this.#typeArguments(symbol)};\n`;
    for (const part of type.isUnion() ? type.types : [type]) {
      // The members of an exported part are listed there.
      if (part !== type && this.#exported.has(part.symbol)) continue;
      for (const member of this.#membersOf(part)) {
        if (part === type) this.#use(`${name}.${member.name}`, `${variable}.${member.name}`, "", member);
        else this.#declaration(`${name}.${member.name}`, member);
        this.#reach(this.#checker.getTypeOfSymbol(member), `${name}.${member.name}`);
      }
      this.#reachSignatures(part, `${name}()`);
    }
  }

  /** Adds the members of the types without a name that users meet in `type`. */
  #reach(type: ts.Type, name: string): void {
    if (type.isUnionOrIntersection()) {
      for (const part of type.types) this.#reach(part, name);
      return;
    }
    for (const argument of this.#checker.getTypeArguments(type as ts.TypeReference)) this.#reach(argument, name);
    const { symbol } = type;
    if (symbol === undefined || this.#exported.has(symbol) || this.#visited.has(symbol)) return;
    this.#visited.add(symbol);
    if (!isOurs(symbol.declarations?.[0])) return;
    if (!(symbol.flags & ts.SymbolFlags.Function)) {
      for (const member of this.#membersOf(type)) {
        this.#declaration(`${name}.${member.name}`, member);
        this.#reach(this.#checker.getTypeOfSymbol(member), `${name}.${member.name}`);
      }
    }
    this.#reachSignatures(type, name);
  }

  #reachSignatures(type: ts.Type, name: string): void {
    this.#addOverloads(type, name);
    for (const signature of [...type.getCallSignatures(), ...type.getConstructSignatures()]) {
      if (!isOurs(signature.declaration)) continue;
      for (const parameter of signature.getParameters()) this.#reach(this.#checker.getTypeOfSymbol(parameter), name);
      this.#reach(signature.getReturnType(), name);
    }
  }

  /** Adds each of several signatures: an editor shows the documentation of the one that is called. */
  #addOverloads(type: ts.Type, name: string): void {
    const overloads = type.getCallSignatures().filter(({ declaration }) => isOurs(declaration));
    if (overloads.length < 2) return;
    for (const [i, { declaration }] of overloads.entries()) {
      const node = ts.getNameOfDeclaration(declaration);
      if (node !== undefined) this.#read(`${name} (${i + 1})`, node, undefined);
    }
  }

  #membersOf(type: ts.Type): ts.Symbol[] {
    return this.#checker.getPropertiesOfType(type).filter(isPublicMember);
  }

  #resolve(symbol: ts.Symbol): ts.Symbol {
    return symbol.flags & ts.SymbolFlags.Alias ? this.#checker.getAliasedSymbol(symbol) : symbol;
  }

  #typeArguments(symbol: ts.Symbol): string {
    const declaration = symbol.declarations?.find(
      (each) => ts.isInterfaceDeclaration(each) || ts.isTypeAliasDeclaration(each) || ts.isClassDeclaration(each),
    ) as ts.InterfaceDeclaration | undefined;
    const count = declaration?.typeParameters?.length ?? 0;
    return count === 0 ? "" : `<${Array(count).fill("any").join(", ")}>`;
  }

  /** Adds a name that the program uses at the end of `code`. */
  #use(name: string, code: string, end: string = "", member?: ts.Symbol): void {
    this.text += code;
    const type = member === undefined ? undefined : this.#checker.getTypeOfSymbol(member);
    const position = this.text.length - 1;
    this.names.push({ name, module: this.#module, isMember: member !== undefined, file: programFile, position, type });
    this.text += `${end};\n`;
  }

  /** Adds the use of an export that the program imports by its name: of a namespace, an editor may show something else there. */
  #addImport(exported: string, name: string): void {
    const variable = `imported${this.#variables++}`;
    this.text += `import { ${exported} as ${variable} } from ${JSON.stringify(this.#module)};\n${variable}`;
    const position = this.text.length - 1;
    const use = { name: `import ${name}`, module: this.#module, isMember: true, file: programFile, position };
    this.names.push({ ...use, type: undefined });
    this.text += ";\n";
  }

  /** Adds a member that the program cannot use by a short expression: it is read where it is declared. */
  #declaration(name: string, member: ts.Symbol): void {
    const declaration = member.declarations?.[0] as ts.NamedDeclaration;
    this.#read(name, ts.getNameOfDeclaration(declaration) as ts.Node, this.#checker.getTypeOfSymbol(member));
  }

  #read(name: string, node: ts.Node, type: ts.Type | undefined): void {
    const file = node.getSourceFile().fileName;
    this.names.push({ name, module: this.#module, isMember: true, file, position: node.getStart(), type });
  }
}

/** Reports whether a member is declared in the source, has a name, and is public. */
function isPublicMember({ name, declarations }: ts.Symbol): boolean {
  const declaration = declarations?.[0];
  return name !== "prototype" && !name.startsWith("__@") && !name.startsWith("#") && isOurs(declaration);
}

function isOurs(declaration: ts.Declaration | undefined): boolean {
  if (declaration === undefined || !declaration.getSourceFile().fileName.startsWith(`${root}src/`)) return false;
  const flags = ts.getCombinedModifierFlags(declaration);
  if (flags & (ts.ModifierFlags.Private | ts.ModifierFlags.Protected)) return false;
  return !ts.getJSDocTags(declaration).some(({ tagName }) => tagName.text === "internal");
}
