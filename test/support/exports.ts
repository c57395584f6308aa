// Lists the exports of the package by their types, so that a test covers every export, including future ones.

import { fileURLToPath } from "node:url";
import ts from "typescript";

/** A function that users can call: an export, a method, a constructor, a getter, or a function that another one returns. */
export interface Callable {
  /** For example "select", "time.sleep", "Channel.send", "new Channel", "Task.result", "onceFunc()". */
  readonly name: string;
  readonly parameters: readonly Parameter[];
  /** Whether it returns a promise or an async iterator, or is a property that has one. */
  readonly isAsync: boolean;
}

export interface Parameter {
  readonly name: string;
  /** The kinds of values that its type accepts: a context, a function, or a record of options; more than one is possible. */
  readonly takes: { readonly context: boolean; readonly function: boolean; readonly options: readonly string[] };
}

const root = fileURLToPath(new URL("../../", import.meta.url));

/** All callables that the entry points `files` (paths from the root) export, sorted by name. */
export function callablesOf(files: readonly string[]): Callable[] {
  const { config } = ts.readConfigFile(`${root}tsconfig.json`, (path) => ts.sys.readFile(path)) as { config: unknown };
  const { options } = ts.parseJsonConfigFileContent(config, ts.sys, root);
  const program = ts.createProgram(
    files.map((file) => root + file),
    options,
  );
  const lister = new Lister(program.getTypeChecker());
  for (const file of files) {
    const source = program.getSourceFile(root + file);
    if (source === undefined) throw new TypeError(`file ${file} does not exist`);
    lister.addModule(source);
  }
  return [...lister.callables.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
}

class Lister {
  readonly callables = new Map<string, Callable>();
  readonly #checker: ts.TypeChecker;

  constructor(checker: ts.TypeChecker) {
    this.#checker = checker;
  }

  addModule(source: ts.Node, prefix: string = ""): void {
    const module = this.#checker.getSymbolAtLocation(source);
    if (module !== undefined) this.#addExports(module, prefix);
  }

  #addExports(module: ts.Symbol, prefix: string): void {
    for (const exported of this.#checker.getExportsOfModule(module)) {
      const symbol = exported.flags & ts.SymbolFlags.Alias ? this.#checker.getAliasedSymbol(exported) : exported;
      const name = prefix + exported.name;
      // Users of a class that is exported as a type have its instances, but not its constructor.
      const isType =
        exported.declarations?.some((node) => ts.isExportSpecifier(node) && ts.isTypeOnlyExportDeclaration(node)) ===
        true;
      if (symbol.flags & (ts.SymbolFlags.ValueModule | ts.SymbolFlags.NamespaceModule)) {
        this.#addExports(symbol, `${name}.`);
      } else if (symbol.flags & ts.SymbolFlags.Class) {
        if (!isType) this.#addStatics(name, symbol);
        this.#addMembers(name, this.#checker.getDeclaredTypeOfSymbol(symbol));
      } else if (symbol.flags & (ts.SymbolFlags.Interface | ts.SymbolFlags.TypeAlias)) {
        const type = this.#checker.getDeclaredTypeOfSymbol(symbol);
        // The members of a class outside of its interface are those of the class declaration.
        if (type.flags & ts.TypeFlags.Object && type.getCallSignatures().length === 0) this.#addMembers(name, type);
      }
      if (symbol.flags & (ts.SymbolFlags.Function | ts.SymbolFlags.Variable)) {
        this.#addFunction(name, this.#checker.getTypeOfSymbol(symbol));
      }
    }
  }

  #addStatics(name: string, symbol: ts.Symbol): void {
    const statics = this.#checker.getTypeOfSymbol(symbol);
    for (const signature of statics.getConstructSignatures()) this.#add(`new ${name}`, signature);
    for (const member of statics.getProperties()) {
      if (member.name === "prototype" || !this.#isOurs(member)) continue;
      this.#addFunction(`${name}.${member.name}`, this.#checker.getTypeOfSymbol(member));
    }
  }

  #addMembers(name: string, type: ts.Type): void {
    for (const member of type.getProperties()) {
      if (!this.#isOurs(member)) continue;
      const label = `${name}.${labelOf(member)}`;
      const memberType = this.#checker.getTypeOfSymbol(member);
      const isOption = (member.flags & ts.SymbolFlags.Optional) !== 0;
      // A function among the options belongs to the user.
      if (isOption) continue;
      if (memberType.getCallSignatures().length > 0) this.#addFunction(label, memberType);
      else if (this.#isAsync(memberType)) this.callables.set(label, { name: label, parameters: [], isAsync: true });
    }
  }

  /** Whether a member is declared in the project and public. */
  #isOurs(member: ts.Symbol): boolean {
    const [declaration] = member.declarations ?? [];
    if (declaration === undefined || member.name.startsWith("#")) return false;
    const flags = ts.getCombinedModifierFlags(declaration);
    if (flags & (ts.ModifierFlags.Private | ts.ModifierFlags.Protected)) return false;
    if (ts.getJSDocTags(declaration).some((tag) => tag.tagName.text === "internal")) return false;
    return declaration.getSourceFile().fileName.startsWith(`${root}src/`);
  }

  #addFunction(name: string, type: ts.Type): void {
    for (const signature of type.getCallSignatures()) {
      this.#add(name, signature);
      for (const inner of signature.getReturnType().getCallSignatures()) this.#add(`${name}()`, inner);
    }
  }

  /** Adds a signature; signatures with the same name are merged. */
  #add(name: string, signature: ts.Signature): void {
    const before = this.callables.get(name);
    const parameters = [...(before?.parameters ?? [])];
    for (const parameter of signature.getParameters()) {
      if (!parameters.some((known) => known.name === parameter.name)) parameters.push(this.#parameter(parameter));
    }
    const isAsync = before?.isAsync === true || this.#isAsync(signature.getReturnType());
    this.callables.set(name, { name, parameters, isAsync });
  }

  #parameter(symbol: ts.Symbol): Parameter {
    const type = this.#checker.getTypeOfSymbol(symbol).getNonNullableType();
    const parts = type.isUnion() ? type.types : [type];
    return {
      name: symbol.name,
      takes: {
        context: parts.some(
          (part) => part.getProperty("deadline") !== undefined && part.getProperty("err") !== undefined,
        ),
        function: parts.some((part) => part.getCallSignatures().length > 0),
        options: /options|hooks/i.test(symbol.name)
          ? parts.flatMap((part) => part.getProperties().map((property) => property.name))
          : [],
      },
    };
  }

  #isAsync(type: ts.Type): boolean {
    const parts = type.isUnion() ? type.types : [type];
    return parts.some((part) => {
      const names = part.getProperties().map(({ name }) => name);
      // A channel is an async iterable, but a function that returns one is not async.
      return (
        names.includes("then") ||
        (names.some((name) => name.startsWith("__@asyncIterator")) && !names.includes("tryReceive"))
      );
    });
  }
}

// The compiler's name of a member like [Symbol.asyncDispose] is "__@asyncDispose@123".
function labelOf(member: ts.Symbol): string {
  return member.name.replace(/^__@(\w+)@\d+$/, "[$1]");
}
