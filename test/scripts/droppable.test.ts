import { describe, expect, test } from "@jest/globals";
import { build } from "esbuild";
import { droppable } from "../../scripts/droppable.ts";

/** Returns what a bundler keeps of a module that is imported for its effects alone. */
async function kept(text: string): Promise<string> {
  return bundle(text, 'import "module";');
}

async function bundle(text: string, program: string): Promise<string> {
  const { outputFiles } = await build({
    stdin: { contents: program },
    bundle: true,
    format: "esm",
    target: "es2022",
    write: false,
    plugins: [
      {
        name: "module",
        setup({ onResolve, onLoad }) {
          onResolve({ filter: /^module$/ }, ({ path }) => ({ path, namespace: "module" }));
          onLoad({ filter: /.*/, namespace: "module" }, () => ({ contents: text, loader: "ts" }));
        },
      },
    ],
  });
  return outputFiles[0]?.text ?? "";
}

const counter = `
export let countOf: (counter: Counter) => number = () => -1;

/** Counts. */
export class Counter {
  #n = 0;

  static {
    countOf = (counter) => counter.#n;
  }

  /** Adds one. */
  add(): this {
    this.#n++;
    return this;
  }
}
`;
const keyed = `
export const key: unique symbol = Symbol("key");

export class Keyed {
  readonly [key]: number;

  constructor() {
    this[key] = 1;
  }
}
`;
const list = `
const first = ["a"];
export const all: readonly string[] = [
  ...first,
  "b",
];
export const named = { ...first, b: 1 } as const;
`;

describe("droppable", () => {
  test.each([
    ["a class with a static block", counter],
    ["a class with a field whose name is computed", keyed],
    ["lists that spread others", list],
    [
      "an abstract class, which extends another and is not exported",
      "class Base {}\nabstract class A<T> extends Base {\n  static {\n    this.prototype;\n  }\n\n  abstract f(): T;\n}\n",
    ],
  ])("a bundler drops %s", async (_, text) => {
    expect(await kept(text)).not.toBe("");
    expect(await kept(droppable(text))).toBe("");
  });

  test("the code does the same, and the class has its name", async () => {
    const program = "\nexport default [countOf(new Counter().add()), Counter.name, all.join(), named.b].join(' ');";
    const { default: result } = (await import(
      `data:text/javascript,${encodeURIComponent(await bundle(droppable(counter + list + program), 'export { default } from "module";'))}`
    )) as { default: string };
    expect(result).toBe("1 Counter a,b 1");
  });

  test("doc comments are removed", () => {
    expect(droppable(counter)).not.toContain("Counts.");
    expect(droppable(counter)).not.toContain("Adds one.");
  });

  test("a class without a static block stays as it is", () => {
    const text = "export class A {\n  static readonly x = 1;\n}\n";
    expect(droppable(text)).toBe(text);
  });
});
