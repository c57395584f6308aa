// A strict XML parser, without the features that the files of goro do not use: declarations, comments, sections, and
// names with non-ASCII letters. It reports each violation of well-formedness with its position.

/** One element. */
export class Element {
  readonly name: string;
  readonly attributes: ReadonlyMap<string, string>;
  readonly children: (Element | string)[] = [];

  constructor(name: string, attributes: ReadonlyMap<string, string>) {
    this.name = name;
    this.attributes = attributes;
  }

  /** The text of the element and of all its descendants. */
  get text(): string {
    return this.children.map((child) => (typeof child === "string" ? child : child.text)).join("");
  }

  /** The element and all its descendants, in document order. */
  get all(): Element[] {
    return [this, ...this.children.flatMap((child) => (typeof child === "string" ? [] : child.all))];
  }

  /** The descendants with this class, and the element itself if it has it. */
  ofClass(name: string): Element[] {
    return this.all.filter(({ attributes }) => attributes.get("class")?.split(" ").includes(name) === true);
  }
}

const name = "[A-Za-z_][A-Za-z0-9_.:-]*";
const tag = new RegExp(`<(?:(/)(${name})\\s*|(${name})((?:\\s+${name}\\s*=\\s*(?:"[^"<]*"|'[^'<]*'))*)\\s*(/?))>`, "y");
const attribute = new RegExp(`(${name})\\s*=\\s*(?:"([^"]*)"|'([^']*)')`, "g");
const words = /[^<]+/y;
/** The characters that a document must not contain: most control characters, lone surrogates, and two noncharacters. */
const unfit = /[^\t\n\r\u{20}-\u{d7ff}\u{e000}-\u{fffd}\u{10000}-\u{10ffff}]/u;
const entities = new Map(Object.entries({ lt: "<", gt: ">", amp: "&", quot: '"', apos: "'" }));

/** The root element of the document `xml`. @throws {SyntaxError} if it is not well-formed */
export function parseXml(xml: string): Element {
  const bad = unfit.exec(xml);
  if (bad !== null) throw new SyntaxError(`XML: a character that it must not have, at ${bad.index}`);
  const root = new Element("", new Map());
  const open = [root];
  for (let at = 0; at < xml.length;) {
    const inside = open.at(-1) as Element;
    words.lastIndex = tag.lastIndex = at;
    const [text] = words.exec(xml) ?? [];
    if (text !== undefined) {
      if (text.includes("]]>")) throw new SyntaxError(`XML: ]]> in text, near ${at}`);
      if (inside === root && text.trim() !== "") throw new SyntaxError(`XML: text outside of the root, at ${at}`);
      inside.children.push(decode(text, at));
      at += text.length;
      continue;
    }
    const match = tag.exec(xml);
    if (match === null) throw new SyntaxError(`XML: no tag at ${at}: ${xml.slice(at, at + 60)}`);
    at = tag.lastIndex;
    const [, closes, closed, opened, given, isEmpty] = match;
    if (closes === "/") {
      if (inside.name !== closed) throw new SyntaxError(`XML: </${closed}> ends <${inside.name}>, at ${at}`);
      open.pop();
      continue;
    }
    const element = new Element(opened as string, attributesOf(given as string, at));
    if (inside === root && elementsOf(root).length > 0) throw new SyntaxError(`XML: a second root, at ${at}`);
    inside.children.push(element);
    if (isEmpty === "") open.push(element);
  }
  if (open.length > 1) throw new SyntaxError(`XML: <${open.at(-1)?.name}> has no end`);
  const [only] = elementsOf(root);
  if (only === undefined) throw new SyntaxError("XML: no root");
  return only;
}

function elementsOf({ children }: Element): Element[] {
  return children.filter((child) => typeof child !== "string");
}

function attributesOf(given: string, at: number): Map<string, string> {
  const attributes = new Map<string, string>();
  for (const [, key = "", double, single] of given.matchAll(attribute)) {
    if (attributes.has(key)) throw new SyntaxError(`XML: two attributes ${key}, near ${at}`);
    attributes.set(key, decode(double ?? single ?? "", at));
  }
  return attributes;
}

function decode(text: string, at: number): string {
  return text.replaceAll(/&([^;&\s]*;?)/g, (match, reference: string) => {
    const [, decimal, hexadecimal] = /^#(?:([0-9]+)|x([0-9a-fA-F]+));$/.exec(reference) ?? [];
    const code = decimal === undefined ? parseInt(hexadecimal ?? "", 16) : Number(decimal);
    const character = Number.isNaN(code) ? entities.get(reference.slice(0, -1)) : String.fromCodePoint(code);
    if (!reference.endsWith(";") || character === undefined || unfit.test(character)) {
      throw new SyntaxError(`XML: ${match.slice(0, 20)} stands for nothing, near ${at}`);
    }
    return character;
  });
}
