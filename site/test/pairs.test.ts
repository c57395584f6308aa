import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { linesOf } from "../lessons/line-tokens.ts";
import { hashOf, readPairs, readTexts } from "../lessons/pair-files.ts";
import { checkPairs, type LinePairs, noPairs, pairLines, type Share, shareOf } from "../lessons/pair-lines.ts";
import { path } from "../lessons/path.ts";

const go = `package main

import (
	"fmt"
	"time"
)

// A worker sends its square.
func worker(n int, squares chan<- int) {
	time.Sleep(100 * time.Millisecond)
	squares <- n * n
}

func main() {
	squares := make(chan int)
	go worker(3, squares)
	select {
	case square := <-squares:
		fmt.Printf("the square is %d\\n", square)
	}
}
`;

const port = `import { Channel, go, main } from "goro";
import { receive, select, type SendChannel, time } from "goro";

// A worker sends its square.
async function worker(
  n: number,
  squares: SendChannel<number>,
): Promise<void> {
  await time.sleep(100 * time.millisecond);
  await squares.send(n * n);
}

main(async () => {
  const squares = new Channel<number>();
  go(worker, 3, squares);
  const s = await select({ square: receive(squares) });
  switch (s.case) {
    case "square":
      console.log(\`the square is \${s.value}\`);
      break;
  }
});
`;

const expected: LinePairs = {
  groups: [
    [
      [3, 4, 5],
      [1, 2],
    ],
    [[8], [4]],
    [[9], [5, 6, 7, 8]],
    [[10], [9]],
    [[11], [10]],
    [[14], [13]],
    [[15], [14]],
    [[16], [15]],
    [[17], [16, 17]],
    [[18], [18]],
    [[19], [19]],
  ],
  alone: { go: { 1: "package clause" }, port: { 20: "the end of a case, which in Go needs no statement" } },
};

describe("pairLines", () => {
  test("pairs lines by their words, and a long line with several short ones", () => {
    assert.deepEqual(pairLines(go, port), expected);
    assert.deepEqual(checkPairs(go, port, expected), []);
  });

  test("comments are paired with comments only", () => {
    const pairs = pairLines("// squares the number n\n", "squares(the, number, n);\n");
    assert.deepEqual(pairs, { groups: [], alone: { go: { 1: "" }, port: { 1: "" } } });
  });

  test("takes corrections as they are, and pairs the other lines", () => {
    const corrections: LinePairs = {
      groups: [[[10, 11], [9]]],
      alone: { go: { 16: "for a test" }, port: { 15: "too" } },
    };
    const pairs = pairLines(go, port, corrections);
    assert.deepEqual(pairs.groups[3], [[10, 11], [9]]);
    assert.deepEqual(pairs.alone.go, { 1: "package clause", 16: "for a test" });
    assert.deepEqual(pairs.alone.port, { ...expected.alone.port, 10: "", 15: "too" });
    assert.equal(pairs.groups.length, expected.groups.length - 2);
  });

  test("the same thing has the same words in both languages", () => {
    const tokens = (line: string, language: "go" | "port"): readonly string[] =>
      linesOf(line, language)[0]?.tokens ?? [];
    for (const [left, right] of [
      ["wg.Add(1)", "wg.add(1);"],
      ["jobs <- n", "await jobs.send(n);"],
      ["<-done", "await receive(done);"],
      ["jobs := make(chan int, 3)", "const jobs = new Channel<number>(3);"],
      ["var wg sync.WaitGroup", "const wg = new WaitGroup();"],
      ['fmt.Println("done")', 'console.log("done");'],
      ["return nil", "return undefined;"],
    ] as const) {
      const other = tokens(right, "port");
      assert.ok(other.length > 0);
      for (const token of other) assert.ok(tokens(left, "go").includes(token), `${token} of ${right} in ${left}`);
    }
  });
});

test("checkPairs finds lines that are missing, are there twice, do not exist or have no reason", () => {
  const check = (pairs: LinePairs): string[] => checkPairs("a\n\nb\n", "c\n", pairs);
  assert.deepEqual(check({ groups: [[[1, 3], [1]]], alone: noPairs.alone }), []);
  assert.deepEqual(check({ groups: [[[1], [1]]], alone: noPairs.alone }), [
    "line 3 of main.go is neither paired nor alone: b",
  ]);
  assert.deepEqual(check({ groups: [[[1], [1]]], alone: { go: { 3: "" }, port: {} } }), [
    "line 3 of main.go is alone without a reason: b",
  ]);
  assert.deepEqual(check({ groups: [[[1, 2, 3, 4], [1]]], alone: noPairs.alone }), [
    "line 2 of main.go is blank or has only brackets",
    "line 4 of main.go does not exist",
  ]);
  assert.deepEqual(check({ groups: [[[1, 3], [1]]], alone: { go: {}, port: { 1: "b" } } }), [
    "line 1 of main.ts is there twice",
  ]);
  assert.deepEqual(
    check({
      groups: [
        [[1, 3], [1]],
        [[], []],
      ],
      alone: noPairs.alone,
    }),
    ["a group has no partner"],
  );
});

const shares: Record<"go" | "port", Share[]> = { go: [], port: [] };

for (const { example } of path) {
  test(`the line pairs of ${example} are those of its texts`, async () => {
    const texts = await readTexts(example);
    const pairs = await readPairs(example);
    assert.ok(pairs, "the file does not exist; npm run pairs writes it");
    const hashes = { go: hashOf(texts.go), port: hashOf(texts.port) };
    assert.deepEqual({ go: pairs.go, port: pairs.port }, hashes, "a text has changed; npm run pairs");
    assert.deepEqual(checkPairs(texts.go, texts.port, pairs), []);
    for (const language of ["go", "port"] as const) shares[language].push(shareOf(texts[language], language, pairs));
  });
}

test("at least 90 % of the lines of each language are paired", () => {
  for (const language of ["go", "port"] as const) {
    assert.equal(shares[language].length, path.length);
    const sum = (count: keyof Share): number => shares[language].reduce((total, share) => total + share[count], 0);
    assert.ok(sum("paired") / sum("lines") >= 0.9, `${language}: ${sum("paired")} of ${sum("lines")}`);
  }
});
