// The parts of the pages that need no browser.

import assert from "node:assert/strict";
import { test } from "node:test";
import { editedCodeLines, fixedCodeLines } from "../build/code-lines.ts";
import { highlight } from "../build/highlight.ts";
import { diffLines } from "../build/line-changes.ts";
import { pairsAfter } from "../build/line-pairs.ts";
import { html } from "../build/markup.ts";
import { formatAddress, parseAddress } from "../page/address.ts";

test("an address names a seed and a mistake", () => {
  assert.deepEqual(parseAddress("#seed=7", 3), { seed: 7, mistake: 0 });
  assert.deepEqual(parseAddress("#seed=7&mistake=2", 3), { seed: 7, mistake: 2 });
  assert.deepEqual(parseAddress("#mistake=3", 3), { seed: 1, mistake: 3 });
  assert.equal(formatAddress({ seed: 7, mistake: 0 }), "#seed=7");
  assert.equal(formatAddress({ seed: 7, mistake: 2 }), "#seed=7&mistake=2");
});

test("an address without a valid number names no run, and an unknown mistake is ignored", () => {
  for (const hash of ["", "#", "#seed=", "#seed=x", "#seed=-1", "#seed=0", "#seed=1.5", "#other=1"]) {
    assert.equal(parseAddress(hash, 3), undefined, hash);
  }
  assert.deepEqual(parseAddress("#seed=7&mistake=4", 3), { seed: 7, mistake: 0 });
});

test("a difference has the removed lines of each block before the added ones", () => {
  assert.deepEqual(diffLines("a\nb\nc\nd\n", "a\nB\nC\nd\ne\n"), [
    { old: 1, edited: 1 },
    { old: 2 },
    { old: 3 },
    { edited: 2 },
    { edited: 3 },
    { old: 4, edited: 4 },
    { edited: 5 },
  ]);
  assert.deepEqual(diffLines("a\n", "a\n"), [{ old: 1, edited: 1 }]);
  assert.deepEqual(diffLines("a\nb\n", "b\n"), [{ old: 1 }, { old: 2, edited: 1 }]);
});

test("pairs move with their lines, and a replaced line keeps its pair", () => {
  const pairs = new Map([
    [1, 10],
    [2, 20],
    [3, 30],
  ]);
  assert.deepEqual(
    [...pairsAfter(pairs, diffLines("a\nb\nc\n", "new\na\nB\nc\n"))],
    [
      [2, 10],
      [3, 20],
      [4, 30],
    ],
  );
  assert.deepEqual([...pairsAfter(pairs, diffLines("a\nb\nc\n", "a\nc\n"))].at(-1), [2, 30]);
});

test("code is highlighted line by line and escaped", () => {
  const lines = highlight('const a = "<";\n// b\n', "ts").map(({ text }) => text);
  assert.deepEqual(lines, [
    '<i class="t-k">const</i> a = <i class="t-s">&quot;&lt;&quot;</i>;',
    '<i class="t-c">// b</i>',
  ]);
  assert.equal(highlight("package main\n\nfunc f() {}\n", "go").length, 3);
});

test("an edited program shows the removed line and marks the added one, with its number and its pair", () => {
  const { text } = editedCodeLines("a;\nb;\n", "a;\nc;\n", "ts", { go: new Map(), ts: new Map([[2, 5]]) });
  assert.equal(
    text,
    '<span class="line" data-line="1">a;\n</span><del class="line gone">b;\n</del>' +
      '<ins class="line added" data-line="2" data-pair="5">c;\n</ins>',
  );
});

test("a fixed program has pairs of its own, and no comment or import is shown as a change", () => {
  const { text } = fixedCodeLines("// broken\na;\nb;\n", "// fixed\na;\n// why\nc;\n", "ts", {
    go: new Map(),
    ts: new Map([[4, 5]]),
  });
  assert.equal(
    text.replaceAll(/<\/?i( [^>]*)?>/g, ""),
    '<span class="line" data-line="1">// fixed\n</span><span class="line" data-line="2">a;\n</span>' +
      '<del class="line gone">b;\n</del><span class="line" data-line="3">// why\n</span>' +
      '<ins class="line added" data-line="4" data-pair="5">c;\n</ins>',
  );
});

test("markup escapes texts and leaves out what is false", () => {
  assert.equal(
    html`<p title="${'"'}">${"<&>"}${false}${[1, html`<b>x</b>`]}</p>`.text,
    '<p title="&quot;">&lt;&amp;&gt;1<b>x</b></p>',
  );
});
