// The frames of a stack, in the forms of V8, Firefox and WebKit, with the URLs of files, servers and blobs.

import { describe, expect, test } from "@jest/globals";
import { fileOf, parseFrames, positionOf } from "../../src/util/stack.ts";

const position = (file: string): object => ({ file, line: 12, column: 7 });

describe("the position of a frame", () => {
  test.each([
    ["V8, a path", "at worker (/home/me/main.ts:12:7)", "/home/me/main.ts"],
    ["V8, a path with a space and an @", "at async worker (/my dir/@me/main.ts:12:7)", "/my dir/@me/main.ts"],
    ["V8, without a function", "at file:///home/me/main.ts:12:7", "file:///home/me/main.ts"],
    ["V8, a constructor", "at new Worker (https://h.org/a.js?v=3:12:7)", "https://h.org/a.js"],
    ["V8, a blob", "at main (blob:https://h.org/0a-1b:12:7)", "blob:https://h.org/0a-1b"],
    ["Firefox", "worker@https://h.org/a.js:12:7", "https://h.org/a.js"],
    ["Firefox, after an await", "async*worker@https://h.org/@me/a.js?v=3:12:7", "https://h.org/@me/a.js"],
    ["WebKit, without a function", "@http://localhost:8080/a.js:12:7", "http://localhost:8080/a.js"],
    ["WebKit, a module", "module code@blob:http://h/0a-1b:12:7", "blob:http://h/0a-1b"],
    ["WebKit, a bare URL", "http://h/a.js:12:7", "http://h/a.js"],
    ["WebKit, a bare blob", "blob:http://h/0a-1b:12:7", "blob:http://h/0a-1b"],
  ])("%s", (_, frame, file) => {
    expect(positionOf(frame)).toEqual(position(file));
  });

  test.each(["at Array.map (<anonymous>)", "forEach@[native code]", ""])("is unknown for %j", (frame) => {
    expect(positionOf(frame)).toBeUndefined();
  });
});

describe("the file of the first frame", () => {
  test.each([
    ["V8, a path", "Error\n    at f (/my dir/@me/a.js:12:7)\n    at /b.js:3:4", "/my dir/@me/a.js"],
    ["V8, without a function", "Error\n    at file:///a.js:12:7\n    at f (/b.js:3:4)", "file:///a.js"],
    ["V8, after native code", "Error\n    at new Promise (<anonymous>)\n    at f (/a.js:12:7)", "/a.js"],
    ["V8, a query", "Error\n    at f (https://h.org/a.js?v=3:12:7)\n    at g (/b.js?v=4:3:4)", "https://h.org/a.js"],
    ["Firefox", "f@https://h.org/@me/a.js?v=3:12:7\n@https://h.org/b.js:3:4\n", "https://h.org/@me/a.js"],
    ["WebKit, a module", "module code@blob:http://h/0a-1b:12:7", "blob:http://h/0a-1b"],
    ["WebKit, a bare URL", "http://h/a.js:12:7\nf@http://h/b.js:3:4", "http://h/a.js"],
  ])("%s", (_, stack, file) => {
    expect(fileOf(() => stack)).toBe(file);
  });

  test.each<[string, () => unknown]>([
    ["a stack has only a message", () => "Error"],
    ["the program has changed the format", () => [{ file: "/a.js" }]],
    ["the host has no stacks", () => undefined],
    [
      "reading it throws",
      () => {
        throw new Error("no");
      },
    ],
  ])("is unknown if %s", (_, readStack) => {
    expect(fileOf(readStack)).toBe("");
  });
});

test("frames of all engines are found, and the message above them is not one", () => {
  const stack = (text: string): string[] => parseFrames(Object.assign(new Error(), { stack: text }));
  expect(stack("Error: at home\nfor now: 1:2\n    at f (/a.js:1:2)\n    at /b.js:3:4")).toEqual([
    "at f (/a.js:1:2)",
    "at /b.js:3:4",
  ]);
  const webkit = "f@http://h/a.js:1:2\nforEach@[native code]\nhttp://h/a.js:3:4\nmodule code@http://h/a.js:5:6\n";
  expect(stack(webkit)).toEqual(["f@http://h/a.js:1:2", "http://h/a.js:3:4", "module code@http://h/a.js:5:6"]);
});
