// Makes JavaScript keep its async context in a browser. A native `await` cannot be observed, so the code itself restores the context
// wherever an async function resumes. Lines stay lines.
//
//   await e                     ->  $restore($get(), await e)
//   for await (x of y) body     ->  { const c = $get(); try { for await (x of y) { $set(c); body } } finally { $set(c); } }
//   try/catch/finally           ->  $set(c) at the head of catch and finally, if the function can resume inside
//   using x = e                 ->  const x = scope.add(e), and the block in try/catch/finally
//   while (t) body              ->  while (t) { $loop(line); body }, in a program only
//
// The context of an async generator is that of the last caller of `next`, in a variable of the function:
//
//   yield e                     ->  $keep(yield e, $here = $resumed($here))
//   await e                     ->  $keep(await e, $set($here))
//
// In a program, stacks must have the lines of all callers. WebKit has no frame of a function that ends in a call, and no line of the initializer
// of a field:
//
//   return f()                  ->  return $keep((f())), and alike for the body of an arrow function
//   class A { x = f(); }        ->  class A { x = (() => $keep((f())))(); }
//
// The code around the result must declare the names of `runtimeNames`.

import { type AnyNode, type ImportDeclaration, parse } from "acorn";
import { transform as sucrase } from "sucrase";

/** The names that transformed code uses: functions of `context.ts`, and the class of `disposal.ts`. */
export const runtimeNames: readonly string[] = ["$get", "$set", "$restore", "$resumed", "$keep", "$Scope"];

/** The names that a program uses in addition: the loop guard, and the exports of the library. */
const programNames: readonly string[] = ["$loop", "$goro"];

/** A mistake in the text of a program, with its line, from 1. */
export class ProgramError extends Error {
  readonly line: number | undefined;

  constructor(message: string, line: number | undefined) {
    super(message);
    this.line = line;
  }
}

/** Returns the JavaScript of a TypeScript program, with the same lines. */
export function stripTypes(source: string): string {
  return located(() => sucrase(source, { transforms: ["typescript"], disableESTransforms: true }).code);
}

/**
 * Returns a module with the same lines as the TypeScript program `source`. Its default export is an async function that runs the program. It
 * takes an object with the names that transformed code uses, `$loop`, and the exports of the library as `$goro`.
 *
 * @throws {ProgramError} if the text is not a program that imports `goro` only.
 */
export function compileProgram(source: string): string {
  const names = [...runtimeNames, ...programNames].join(", ");
  const { imports, body } = new Printer(stripTypes(source)).printProgram();
  return `export default async ({ ${names} }) => { ${imports}${body}\n};\n`;
}

/** Returns a JavaScript module with the same lines that keeps its async context. */
export function restoreContexts(code: string): string {
  return new Printer(code).printModule();
}

/** Calls `f`, and adds the line to an error of a parser. */
function located<R>(f: () => R): R {
  try {
    return f();
  } catch (error) {
    const { message, loc } = error as Error & { loc?: { line: number } };
    throw new ProgramError(message.replace(/^Error transforming \w+: /, "").replace(/ \(\d+:\d+\)$/, ""), loc?.line);
  }
}

type Of<T extends AnyNode["type"]> = Extract<AnyNode, { type: T }>;
type Block = Of<"BlockStatement" | "Program" | "StaticBlock">;
type Loop = Of<"WhileStatement" | "DoWhileStatement" | "ForInStatement" | "ForStatement" | "ForOfStatement">;

/** The texts by which nodes are replaced. */
type Replacements = ReadonlyMap<AnyNode, string>;

/** The variable with the context of an async generator. Other async functions have one for each statement that needs it. */
const generatorContext = "$here";

class Printer {
  readonly #code: string;
  readonly #program: Of<"Program">;
  /** The declarations for the imports of a program, whose loops are guarded; null for a module. */
  #imports: string[] | null = null;
  // The top level of a module may await.
  #isAsync = true;
  #isAsyncGenerator = false;
  #scopeName = "";
  #lastName = 0;

  constructor(code: string) {
    this.#code = code;
    this.#program = located(() => parse(code, { ecmaVersion: 2026, sourceType: "module", locations: true }));
  }

  printModule(): string {
    return this.#printBlock(this.#program);
  }

  /** Returns the program as the body of a function, and its imports as declarations. */
  printProgram(): { readonly imports: string; readonly body: string } {
    this.#imports = [];
    const body = this.#printBlock(this.#program);
    return { imports: this.#imports.join(""), body };
  }

  #print(node: AnyNode): string {
    switch (node.type) {
      case "AwaitExpression":
        return this.#isAsyncGenerator
          ? `$keep(${this.#printParts(node)}, $set(${generatorContext}))`
          : `$restore($get(), ${this.#printParts(node)})`;
      case "YieldExpression":
        if (!this.#isAsyncGenerator) break;
        return node.delegate
          ? `$keep(${this.#printParts(node)}, $set(${generatorContext}))`
          : `$keep(${this.#printParts(node)}, ${generatorContext} = $resumed(${generatorContext}))`;
      case "TryStatement":
        if (canResume(node.block) || canResume(node.handler)) return this.#printTry(node);
        break;
      case "LabeledStatement":
        return this.#printLabeled(node);
      case "WhileStatement":
      case "DoWhileStatement":
      case "ForInStatement":
      case "ForOfStatement":
      case "ForStatement":
        return this.#printLoop(node, "");
      case "BlockStatement":
      case "StaticBlock":
        return this.#printBlock(node);
      case "VariableDeclaration":
        if (isUsing(node)) return this.#printUsing(node);
        break;
      case "Property":
        // The key and the value of `{ a = 1 }` have the same text.
        if (node.shorthand) return this.#print(node.value);
        break;
      case "ImportDeclaration":
        if (this.#imports === null) break;
        this.#imports.push(importOf(node));
        return this.#linesOf(node);
      case "ExportNamedDeclaration":
        if (this.#imports === null) break;
        // Other modules cannot import the program.
        if (node.source) throw new ProgramError("a program of the tour cannot export other modules", lineOf(node));
        return node.declaration ? this.#print(node.declaration) : this.#linesOf(node);
      case "ExportAllDeclaration":
      case "ExportDefaultDeclaration":
        if (this.#imports === null) break;
        throw new ProgramError("a program of the tour can export its own names only", lineOf(node));
      case "ImportExpression":
        if (this.#imports === null) break;
        throw new ProgramError("a program of the tour cannot import dynamically", lineOf(node));
      case "FunctionDeclaration":
      case "FunctionExpression":
      case "ArrowFunctionExpression":
        return this.#printFunction(node);
      case "ReturnStatement":
        if (this.#imports === null || !isTailCall(node.argument)) break;
        return this.#printParts(node, this.#kept(node.argument));
      case "PropertyDefinition":
        if (this.#imports === null || !node.value || !hasCall(node.value)) break;
        return this.#printParts(node, this.#kept(node.value, "(() => ", ")()"));
      default:
    }
    return this.#printParts(node);
  }

  /** Prints the text of `node` between `from` and `to`, with its parts printed or replaced. */
  #printParts(
    node: AnyNode,
    replacements: Replacements = new Map(),
    from: number = node.start,
    to: number = node.end,
  ): string {
    let text = "";
    let position = from;
    for (const part of partsOf(node)) {
      // The two names of `import { a }` have the same text.
      if (part.start < position) continue;
      text += this.#code.slice(position, part.start) + (replacements.get(part) ?? this.#print(part));
      position = part.end;
    }
    return text + this.#code.slice(position, to);
  }

  #printFunction(node: Of<"FunctionDeclaration" | "FunctionExpression" | "ArrowFunctionExpression">): string {
    const [wasAsync, wasAsyncGenerator] = [this.#isAsync, this.#isAsyncGenerator];
    this.#isAsync = node.async;
    this.#isAsyncGenerator = node.async && node.generator;
    const start = this.#isAsyncGenerator ? ` let ${generatorContext} = $get();` : "";
    const { body } = node;
    const isKept = this.#imports !== null && isTailCall(body);
    const text =
      start !== "" && body.type === "BlockStatement"
        ? this.#printParts(node, new Map([[body, this.#printBlock(body, start)]]))
        : this.#printParts(node, isKept ? this.#kept(body) : undefined);
    [this.#isAsync, this.#isAsyncGenerator] = [wasAsync, wasAsyncGenerator];
    return text;
  }

  /** Prints a block that begins with `start`. */
  #printBlock(node: Block, start: string = ""): string {
    const isProgram = node.type === "Program";
    const open = isProgram ? 0 : this.#code.indexOf("{", node.start) + 1;
    const close = isProgram ? this.#code.length : node.end - 1;
    const print = (): string => this.#printParts(node, new Map(), open, close);
    const declarations = (node.body as AnyNode[]).filter((statement) => isUsing(statement));
    const isAsync = declarations.some(({ kind }) => kind === "await using");
    const body = declarations.length === 0 ? print() : this.#withScope(isAsync, print);
    return isProgram ? body : `${this.#code.slice(node.start, open)}${start}${body}}`;
  }

  /** Prints statements with `using` declarations, which `print` returns. */
  #withScope(isAsync: boolean, print: () => string): string {
    const outerScope = this.#scopeName;
    const scope = (this.#scopeName = this.#newName("scope"));
    // A generator that is not async resumes in the context of its caller.
    const [declaration, context] = this.#isAsync ? this.#context() : ["", ""];
    const set = this.#isAsync ? ` $set(${context});` : "";
    const promise = this.#newName("promise");
    const dispose = isAsync
      ? `const ${promise} = ${scope}.dispose(); if (${promise}) await ${promise};${set}`
      : `${scope}.dispose();`;
    const error = this.#newName("error");
    const text =
      ` const ${scope} = new $Scope();${declaration} try {${print()}} ` +
      `catch (${error}) {${set} ${scope}.fail(${error}); } finally {${set} ${dispose} }`;
    this.#scopeName = outerScope;
    return text;
  }

  #printUsing(node: Of<"VariableDeclaration">): string {
    const declarators = node.declarations.map((declarator): [AnyNode, string] => [
      declarator,
      this.#printParts(
        declarator,
        new Map([[declarator.init as AnyNode, this.#added(this.#print(declarator.init as AnyNode), node)]]),
      ),
    ]);
    return `const ${this.#printParts(node, new Map(declarators), (node.declarations[0] as AnyNode).start)}`;
  }

  #added(value: string, { kind }: Of<"VariableDeclaration">): string {
    return `${this.#scopeName}.add(${value}, ${kind === "await using"})`;
  }

  #printTry(node: Of<"TryStatement">): string {
    const [declaration, context] = this.#context();
    const start = ` $set(${context});`;
    const replacements = new Map<AnyNode, string>();
    const { handler, finalizer } = node;
    if (handler) replacements.set(handler, this.#printCatch(handler, start));
    if (finalizer) replacements.set(finalizer, this.#printBlock(finalizer, start));
    return `{${declaration} ${this.#printParts(node, replacements)} }`;
  }

  #printCatch(node: Of<"CatchClause">, start: string): string {
    const { param, body } = node;
    if (!param || param.type === "Identifier") {
      return this.#printParts(node, new Map([[body, this.#printBlock(body, start)]]));
    }
    const error = this.#newName("error");
    return `catch (${error}) {${start} let ${this.#print(param)} = ${error}; ${this.#print(body)} }`;
  }

  // A label must stay with its loop, because `continue` refers to it.
  #printLabeled(node: Of<"LabeledStatement">): string {
    let statement: AnyNode = node;
    while (statement.type === "LabeledStatement") statement = statement.body;
    const labels = this.#code.slice(node.start, statement.start);
    return isLoop(statement) ? this.#printLoop(statement, labels) : labels + this.#print(statement);
  }

  #printLoop(node: Loop, labels: string): string {
    if (node.type === "ForOfStatement") return this.#printForOf(node, labels);
    const print = (): string => labels + this.#printParts(node, new Map([[node.body, this.#printLoopBody(node, "")]]));
    const init = node.type === "ForStatement" ? node.init : null;
    if (!init || !isUsing(init)) return print();
    return `{${this.#withScope(init.kind === "await using", print)} }`;
  }

  #printLoopBody(node: Loop, start: string): string {
    const guard = this.#imports !== null ? ` $loop(${lineOf(node)});` : "";
    const body = this.#print(node.body);
    return start + guard === "" ? body : `{${start}${guard} ${body} }`;
  }

  #printForOf(node: Of<"ForOfStatement">, labels: string): string {
    const [declaration, context] = node.await ? this.#context() : ["", ""];
    let start = node.await ? ` $set(${context});` : "";
    const replacements = new Map<AnyNode, string>();
    const left = node.left as AnyNode;
    const isDeclaration = left.type === "VariableDeclaration";
    let body: string;
    if (isDeclaration && isUsing(left)) {
      const value = this.#newName("value");
      replacements.set(left, `const ${value}`);
      const name = this.#code.slice(...rangeOf((left.declarations[0] as Of<"VariableDeclarator">).id));
      const print = (): string => ` const ${name} = ${this.#added(value, left)}; ${this.#printLoopBody(node, "")}`;
      body = `{${start}${this.#withScope(left.kind === "await using", print)} }`;
    } else {
      if (node.await && runsCode(left)) {
        const value = this.#newName("value");
        replacements.set(left, `const ${value}${this.#linesOf(left)}`);
        const pattern = this.#print(left).replace(/\n/g, " ");
        start += isDeclaration ? ` ${pattern} = ${value};` : ` (${pattern} = ${value});`;
      }
      body = this.#printLoopBody(node, start);
    }
    const text = labels + this.#printParts(node, replacements.set(node.body, body));
    return node.await ? `{${declaration} try { ${text} } finally { $set(${context}); } }` : text;
  }

  /** Replaces an expression so that its last call is not a tail call. */
  #kept(expression: AnyNode, before: string = "", after: string = ""): Replacements {
    return new Map([[expression, `${before}$keep((${this.#print(expression)}))${after}`]]);
  }

  /** Returns the declaration of a variable with the current context, and its name. */
  #context(): [declaration: string, name: string] {
    if (this.#isAsyncGenerator) return ["", generatorContext];
    const name = this.#newName("context");
    return [` const ${name} = $get();`, name];
  }

  #newName(kind: string): string {
    return `$${kind}${++this.#lastName}`;
  }

  /** The line breaks of `node`. */
  #linesOf(node: AnyNode): string {
    return this.#code.slice(...rangeOf(node)).replace(/[^\n]+/g, "");
  }
}

function importOf(node: ImportDeclaration): string {
  if (node.source.value !== "goro") {
    const name = JSON.stringify(node.source.value);
    throw new ProgramError(`a program of the tour cannot import ${name}, only "goro"`, lineOf(node));
  }
  const names: string[] = [];
  let text = "";
  for (const specifier of node.specifiers) {
    const { name } = specifier.local;
    if (specifier.type === "ImportNamespaceSpecifier") text += `const ${name} = $goro; `;
    else if (specifier.type === "ImportDefaultSpecifier") names.push(`default: ${name}`);
    else {
      const { imported } = specifier;
      names.push(`${imported.type === "Identifier" ? imported.name : JSON.stringify(imported.value)}: ${name}`);
    }
  }
  return names.length === 0 ? text : `${text}const { ${names.join(", ")} } = $goro; `;
}

/** Returns the parts of a node in the order of the text. */
function partsOf(node: AnyNode): AnyNode[] {
  const parts = Object.values(node).flat() as unknown[];
  return parts.filter(isNode).sort((a, b) => a.start - b.start);
}

function isNode(value: unknown): value is AnyNode {
  const { type, start } = (value ?? {}) as Partial<AnyNode>;
  return typeof type === "string" && typeof start === "number";
}

function isUsing<N extends AnyNode>(node: N): node is N & Of<"VariableDeclaration"> {
  return node.type === "VariableDeclaration" && /using$/.test(node.kind);
}

function isLoop(node: AnyNode): node is Loop {
  return /^(For|While|DoWhile)\w*Statement$/.test(node.type);
}

/** Reports whether an async function can resume inside `node`. */
function canResume(node: AnyNode | null | undefined): boolean {
  if (!node) return false;
  if (/Function/.test(node.type)) return false;
  if (node.type === "AwaitExpression" || node.type === "YieldExpression") return true;
  if (node.type === "ForOfStatement" && node.await) return true;
  if (isUsing(node) && node.kind === "await using") return true;
  return partsOf(node).some(canResume);
}

/** Reports whether an expression, as the result of a function, ends in a call. */
function isTailCall(node: AnyNode | null | undefined): node is AnyNode {
  switch (node?.type) {
    case "CallExpression":
    case "TaggedTemplateExpression":
      return true;
    case "ChainExpression":
      return isTailCall(node.expression);
    case "ConditionalExpression":
      return isTailCall(node.consequent) || isTailCall(node.alternate);
    case "LogicalExpression":
      return isTailCall(node.right);
    case "SequenceExpression":
      return isTailCall(node.expressions.at(-1));
    default:
      return false;
  }
}

/** Reports whether the evaluation of `node` itself calls a function. */
function hasCall(node: AnyNode): boolean {
  if (/Function|Class/.test(node.type)) return false;
  return /^(Call|New|TaggedTemplate)Expression$/.test(node.type) || partsOf(node).some(hasCall);
}

/** Reports whether an assignment to a pattern may run code of the program. */
function runsCode(pattern: AnyNode): boolean {
  return pattern.type === "AssignmentPattern" || pattern.type === "MemberExpression" || partsOf(pattern).some(runsCode);
}

function lineOf({ loc }: AnyNode): number | undefined {
  return loc?.start.line;
}

function rangeOf({ start, end }: AnyNode): [start: number, end: number] {
  return [start, end];
}
