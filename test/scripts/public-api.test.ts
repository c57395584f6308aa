import { expect, test } from "@jest/globals";
import { entriesOf, listApi } from "../../scripts/public-api.ts";

const folder = "/nowhere";

function apiOf(files: Record<string, string>, entries: Record<string, string>): Promise<string> {
  const absolute = (record: Record<string, string>, key: boolean): [string, string][] =>
    Object.entries(record).map(([name, value]) => (key ? [`${folder}/${name}`, value] : [name, `${folder}/${value}`]));
  return listApi(Object.fromEntries(absolute(entries, false)), new Map(absolute(files, true)));
}

test("the entry points are those with types", () => {
  const exports = { ".": { types: "./a.d.ts", default: "./a.js" }, "./b": { types: "./b.d.ts" }, "./p": "./p" };
  expect(entriesOf(JSON.stringify({ name: "goro", exports }), folder)).toEqual({
    goro: "/nowhere/a.d.ts",
    "goro/b": "/nowhere/b.d.ts",
  });
});

test("lists the exports of each entry point by name, without comments and private members", async () => {
  const files = {
    "index.d.ts": `export { B, f } from "./b.js";\nexport * as sub from "./sub.js";\nexport type { A } from "./b.js";\n`,
    "b.d.ts": [
      "export interface A { readonly x: number; }",
      "/** A class. */",
      "export declare class B<T> { #private; private y; /** Sends. */ send(value: T): Promise<void>; }",
      "export declare function f(x: number): void;",
      "export declare function f(x: string): A;",
    ].join("\n"),
    "sub.d.ts": "export declare const limit: number;\n",
    "effect.d.ts": 'import "./b.js";\n',
  };
  expect(await apiOf(files, { goro: "index.d.ts", "goro/effect": "effect.d.ts" })).toBe(`declare module "goro" {
  interface A {
    readonly x: number;
  }

  class B<T> {
    send(value: T): Promise<void>;
  }

  function f(x: number): void;
  function f(x: string): A;

  namespace sub {
    const limit: number;
  }
}

declare module "goro/effect" {}

// Not exported, but in a signature above.
declare module "goro/*" {}
`);
});

test("lists the types that are in a signature and are not exported, also those of such types", async () => {
  const files = {
    "index.d.ts": `import type { Options } from "./options.js";\nexport declare function run(options: Options): void;\n`,
    "options.d.ts": [
      `import type { Hook } from "./hook.js";`,
      "export interface Options { hook: Hook; }",
      "export interface Other {}",
    ].join("\n"),
    "hook.d.ts": "export type Hook = () => void;\n",
  };
  const text = await apiOf(files, { goro: "index.d.ts" });
  expect(text).toContain("interface Options");
  expect(text).toContain("type Hook = () => void;");
  expect(text).not.toContain("Other");
});
