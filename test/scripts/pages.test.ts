import { describe, expect, test } from "@jest/globals";
import { anchorsOf, deadLinks, withoutAbsent } from "../../scripts/pages.ts";

const fence = "```";

describe("anchorsOf", () => {
  test("follows the rules of code hosts", () => {
    const page = [
      "# goro",
      "## `mapOrdered` and [retry](retry.md): when, and how?",
      "## Two  spaces",
      "## snake_case & Größe",
      "## Repeated",
      "### Repeated",
      "#### Repeated",
      "## <b>close</b> of `Channel<T>` ##",
      "not # a heading",
      fence,
      "# a comment",
      fence,
      '<a id="by-hand"></a>',
    ].join("\n");
    expect([...anchorsOf(page)]).toEqual([
      "goro",
      "mapordered-and-retry-when-and-how",
      "two--spaces",
      "snake_case--größe",
      "repeated",
      "repeated-1",
      "repeated-2",
      "close-of-channelt",
      "by-hand",
    ]);
  });
});

describe("deadLinks", () => {
  const dead = (page: string, others: Record<string, string> = {}, files: readonly string[] = []): string[] =>
    deadLinks(new Map(Object.entries({ "docs/page.md": page, ...others })), (path) => files.includes(path));

  test("finds files, folders and headings that do not exist", () => {
    const page = "[a](a.md) [b](../b) ![c](c.svg) [d](#d) [e](other.md#e) [f](../f.ts#L10) [g](missing.md#g)";
    expect(dead(page, { "docs/other.md": "# Other" }, ["b", "f.ts"])).toEqual([
      "docs/page.md: a.md does not exist",
      "docs/page.md: c.svg does not exist",
      "docs/page.md: #d does not exist",
      "docs/page.md: other.md#e does not exist",
      "docs/page.md: missing.md#g does not exist",
    ]);
  });

  test("accepts what exists, and addresses of other sites", () => {
    const page = "# A page\n[a](#a-page) [b](other.md#other) [c](../b/) [d](https://example.com/x) [e](mailto:a@b.c)";
    expect(dead(page, { "docs/other.md": "# Other" }, ["b"])).toEqual([]);
  });

  test("finds a picture inside of a link, and a link with a title, with code or with a line break in its text", () => {
    const page = '[![a](a.svg)](b.md) [c](c.md "see c") [`d`](d.md) [e\nf](e.md)';
    expect(dead(page)).toHaveLength(5);
  });

  test("ignores code", () => {
    const page = `\`[a](a.md)\` \`\`x\`[b](b.md)\`\`\n\n${fence}md\n[c](c.md)\n${fence}\n<!-- [d](d.md) -->`;
    expect(dead(page)).toEqual([]);
  });

  test("rejects links that are written in another way", () => {
    expect(dead("[a][b]\n\n[b]: b.md")).toEqual(["docs/page.md: [b]: b.md: write [text](target)"]);
    expect(dead('<img src="a.svg">')).toEqual(['docs/page.md: <img src="a.svg">: write [text](target)']);
  });
});

describe("withoutAbsent", () => {
  const left = (page: string): string => withoutAbsent(page, "docs/page.md", (path) => path === "docs/there.md");

  test("keeps links to what exists and to other sites, with their anchors", () => {
    const page = "[a](there.md#x), [b](https://example.com), [c](there.md)\n";
    expect(left(page)).toBe(page);
  });

  test("replaces other links by their text, which may be code", () => {
    expect(left("see [the `bench` folder](../bench) ([more](../site))!")).toBe("see the `bench` folder (more)!");
  });

  test("removes other pictures, and a paragraph of pictures as a whole", () => {
    expect(left("A chart:\n\n![x](x.svg)\n![y](y.svg)\n\nText.\n")).toBe("A chart.\n\nText.\n");
    expect(left("A chart.\n\n![x](x.svg)\n")).toBe("A chart.\n");
    expect(left("Text ![x](x.svg) and text.\n")).toBe("Text and text.\n");
  });

  test("leaves code as it is", () => {
    const page = `\`[a](a.md)\`\n\n${fence}md\n![c](c.svg)\n${fence}\n`;
    expect(left(page)).toBe(page);
  });
});
