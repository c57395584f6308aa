import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { runtime } from "../run/runtime.ts";
import { compileProgram, ProgramError, restoreContexts, stripTypes } from "../run/transform.ts";

type Program = (names: Readonly<Record<string, unknown>>) => Promise<void>;

/** Runs a program; `log` is an export of the library. Returns what it has logged. */
async function run(source: string, loop: (line: number) => void = () => undefined): Promise<unknown[]> {
  const logged: unknown[] = [];
  const code = compileProgram(`import { log } from "goro"; ${source}`);
  const url = `data:text/javascript,${encodeURIComponent(code)}`;
  const { default: program } = (await import(url)) as { default: Program };
  await program({
    ...runtime,
    $loop: loop,
    $goro: { log: (value: unknown) => logged.push(value), "odd name": 7 },
  });
  return logged;
}

describe("compileProgram", () => {
  test("keeps the number of each line", () => {
    const source = [
      "import { Channel,",
      "  type Context,",
      '  go } from "goro";',
      "interface Job {",
      "  n: number;",
      "}",
      "async function f(): Promise<void> {",
      "  try {",
      "    for await (const {",
      "      a = 1,",
      "    } of new Channel<Job>()) await using_(a);",
      "  } catch ({",
      "    message,",
      "  }) {",
      "    marker(message);",
      "  }",
      "}",
    ].join("\n");
    const lines = compileProgram(source).split("\n");
    assert.equal(
      lines.findIndex((line) => line.includes("marker(")),
      14,
    );
    assert.equal(
      lines.findIndex((line) => line.includes("using_(")),
      10,
    );
    assert.equal(
      lines.findIndex((line) => line.includes("async function f")),
      6,
    );
  });

  test("the last call of a function is not a tail call, and the initializer of a field is a function with lines", async () => {
    const source = `
      const f = (x) => x;
      const a = (x) => f(x), b = (x) => x ? f?.(x) : f(1), c = (x) => (0, f(x)), d = (x) => x && f(x);
      class A { y = f(2); z = { y: f(this.y) }; static s = new Map([[1, this.name]]); #p = 3; handler = () => f(this.#p); }
      function g(x) { if (x) return f(x); return () => { return f\`4\`; }; }
      const object = new A(), h = async () => f(4);
      log([a(1), b(0), b(5), c(6), d(0), object.y, object.z.y, A.s.get(1), object.handler(), object.handler.name, g(7), g(0)()[0], await h()]);`;
    assert.deepEqual(await run(source), [[1, 1, 5, 6, 0, 2, 2, "A", 3, "handler", 7, "4", 4]]);
    const code = compileProgram(source);
    for (const text of [
      "x) => $keep((f(x)))",
      "return $keep((f(x)))",
      "y = (() => $keep((f(2))))()",
      "async () => $keep((f(4)))",
    ]) {
      assert.ok(code.includes(text), text);
    }
    const others =
      "const h = async () => f; async function k() { f(); return await f(); } class B { a = 1; b = () => 1; }";
    assert.ok(!compileProgram(others).slice(100).includes("$keep("), compileProgram(others));
  });

  test("makes imports of the library declarations", async () => {
    const text = 'import * as all from "goro"; import { log as print, "odd name" as odd } from "goro"; import "goro";';
    assert.deepEqual(await run(`${text} print(odd); print(typeof all.log);`), [7, "function"]);
  });

  test("a program may use an import above its line", async () => {
    assert.deepEqual(await run('show();\nimport { log as print } from "goro";\nfunction show() { print(1); }'), [1]);
  });

  test("exports are declarations, because no module can import them", async () => {
    assert.deepEqual(
      await run("export const x = 1;\nfunction f() { return 2; }\nexport {\n  f,\n};\nlog(x + f());"),
      [3],
    );
  });

  const mistakes: readonly (readonly [name: string, source: string, line: number, message: RegExp])[] = [
    ["an import of another module", '\nimport { x } from "node:fs"; x();', 2, /cannot import "node:fs"/],
    ["a dynamic import", '\n\nawait import("goro");', 3, /dynamically/],
    ["a default export", "const x = 1;\nexport default x;", 2, /its own names only/],
    ["an export of another module", 'export { x } from "goro";', 1, /cannot export other modules/],
    ["a mistake in the types", "const x: = 1;", 1, /Unexpected token/],
    ["a mistake in the JavaScript", "const x = 1;\nconst x = 2;", 2, /already been declared/],
  ];
  for (const [name, source, line, message] of mistakes) {
    test(`${name} is an error with its line`, () => {
      assert.throws(
        () => compileProgram(source),
        (error) => error instanceof ProgramError && error.line === line && message.test(error.message),
      );
    });
  }

  test("each round of each loop calls the guard with the line of the loop", async () => {
    const source = `
      for (let i = 0; i < 2; i++) ;
      let n = 2; while (n > 0) n--;
      do n++; while (n < 2)
      for (const _ of [1, 2]) { }
      for (const _ in { a: 1, b: 2 }) ;
      a: b: for await (const _ of [1, 2]) continue a;`;
    const lines: number[] = [];
    await run(source, (line) => lines.push(line));
    assert.deepEqual(lines, [2, 2, 3, 3, 4, 4, 5, 5, 6, 6, 7, 7]);
  });
});

describe("restoreContexts", () => {
  const ends = (code: string): string => restoreContexts(stripTypes(code));

  test("leaves code without async functions as it is", () => {
    const code =
      "label: for (const x of y) { try { f({ x, ...z }); } catch ({ a = 1 }) { continue label; } finally { g`${x}`; } }";
    assert.equal(ends(code), code);
  });

  test("leaves an arrow function in the condition of a try alone", () => {
    const code = "try { f(async () => g()); } catch { h(); }";
    assert.equal(ends(code), code);
  });

  test("restores the context after an await", () => {
    assert.equal(ends("await f(await g());"), "$restore($get(), await f($restore($get(), await g())));");
  });

  test("prints a shorthand property once", () => {
    assert.equal(ends("({ a = await b } = c);"), "({ a = $restore($get(), await b) } = c);");
    assert.equal(ends('export { a, b as c } from "d";'), 'export { a, b as c } from "d";');
  });
});

describe("using", () => {
  const resource = `
    const open = (name) => ({ [Symbol.dispose ?? Symbol.for("Symbol.dispose")]() { log(name); } });
    const openAsync = (name) => ({
      async [Symbol.asyncDispose ?? Symbol.for("Symbol.asyncDispose")]() { await null; log(name); }
    });
    const broken = (name) => ({ [Symbol.dispose ?? Symbol.for("Symbol.dispose")]() { throw new Error(name); } });\n`;

  const cases: readonly (readonly [name: string, source: string, logged: readonly unknown[]])[] = [
    ["disposes in reverse order", "{ using a = open(1), b = open(2); log(0); } log(3);", [0, 2, 1, 3]],
    ["ignores null and undefined", "{ using a = null; await using b = undefined; log(0); }", [0]],
    ["waits for asynchronous resources", "{ await using a = openAsync(1); using b = open(2); } log(3);", [2, 1, 3]],
    ["accepts synchronous resources for await using", "{ await using a = open(1); } log(2);", [1, 2]],
    ["disposes when the function returns", "log((() => { using a = open(1); return 2; })());", [1, 2]],
    ["disposes at the end of the program", "using a = open(1); log(0);", [0, 1]],
    ["disposes in each round of a loop", "for (using a of [open(1), open(2)]) log(0);", [0, 1, 0, 2]],
    ["disposes after a for loop", "a: for (using b = open(1); ; ) { log(0); break a; } log(2);", [0, 1, 2]],
    ["disposes in a static block", "class A { static { using a = open(1); log(0); } } log(2);", [0, 1, 2]],
    [
      "disposes in a loop that awaits",
      "a: for await (await using b of [openAsync(1), open(2)]) { log(0); continue a; }",
      [0, 1, 0, 2],
    ],
    [
      "hoists functions and keeps names of the block",
      "{ log(f()); using a = open(1); function f() { return 0; } let log2 = log; log2(2); }",
      [0, 2, 1],
    ],
    [
      "rejects a value that is not disposable",
      "try { using a = open(1); using b = {}; log(0); } catch (error) { log(error.name); }",
      [1, "TypeError"],
    ],
    [
      "suppresses earlier errors",
      "try { using a = broken(1), b = broken(2); throw new Error(3); } catch (e) { " +
        "log([e.name, e.error.message, e.suppressed.error.message, e.suppressed.suppressed.message].join()); }",
      ["SuppressedError,1,2,3"],
    ],
  ];
  for (const [name, source, expected] of cases) {
    test(name, async () => assert.deepEqual(await run(resource + source), expected));
  }
});
