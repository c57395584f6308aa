// The words of a line, in a form that a Go program and its TypeScript port have in common: `wg.Add(1)` and `wg.add(1)` have the same words,
// and so have `jobs <- n` and `await jobs.send(n)`.

export type Language = "go" | "port";

/** What a line is. Only code and comments are compared word by word. */
export type LineKind = "blank" | "bracket" | "package" | "import" | "comment" | "code";

/** A line of a program. */
export interface Line {
  /** From 1. */
  readonly number: number;
  readonly kind: LineKind;
  readonly text: string;
  readonly tokens: readonly string[];
}

type Rules = readonly (readonly [pattern: RegExp, replacement: string])[];

// A name with @ in front stands for a construct that the languages write differently.
const rules: Readonly<Record<Language, Rules>> = {
  go: [
    [/%%|%[+#]?[.\d]*[a-z]|\\n/g, " "],
    // The port has two lines for this: the call of select, and the switch over its result.
    [/^\s*select \{$/, " @select @select "],
    [/\bmake\(chan\b/g, " @channel "],
    [/\bchan<-/g, " @sender "],
    [/<-chan\b/g, " @receiver "],
    [/\bchan\b/g, " @channel "],
    [/\bstruct\{\}(\{\})?/g, " "],
    [/([\w.\])]) <- /g, "$1 @send "],
    [/<-/g, " @receive "],
    [/\bfmt\.Print(f|ln)?/g, " @print "],
    [/\b(fmt\.Errorf|errors\.New|panic|error)\b/g, " @error "],
    [/\bErr\(\)/g, " @err "],
    [/\blen\(/g, " @length "],
    [/\bappend\(/g, " @push "],
    [/\brange\b/g, " @of "],
    [/\bfunc\b/g, " @function "],
    [/\bstruct\b/g, " @struct "],
    [/\bnil\b/g, " @nil "],
    [/\b(int|int32|int64|float64|Duration)\b/g, " @number "],
    [/\bbool\b/g, " @boolean "],
    [/\bvar (\w+) sync\./g, " $1 "],
    [/\b(var|type|sync|runtime|strings|slices|atomic|Load|ctx context)\b/g, " "],
  ],
  port: [
    [/\\n/g, " "],
    [/^.* await select\(.*$|^.*\bswitch \(\w+\.case\).*$/, " @select "],
    [/\bnew Channel<[^(]*>\(/g, " @channel "],
    [/\bSendChannel\b/g, " @sender "],
    [/\bReceiveChannel\b/g, " @receiver "],
    [/\.(try)?send\(/gi, " @send "],
    [/\.receive\(\)|\breceive\(/g, " @receive "],
    [/\bsend\(/g, " @send "],
    [/\bconsole\.log/g, " @print "],
    [/\bthrow new Error|\bnew Error\b|\bError\b/g, " @error "],
    [/\berr\(\)/g, " @err "],
    [/\.length\b/g, " @length "],
    [/\.push\(/g, " @push "],
    [/\bof\b/g, " @of "],
    [/\bfunction\b|=>/g, " @function "],
    [/\binterface\b/g, " @struct "],
    [/\b(null|undefined)\b/g, " @nil "],
    [/\bnumber\b/g, " @number "],
    [/\bboolean\b/g, " @boolean "],
    [/\bthis\.#|#/g, " "],
    [/\busing _\d*\b/g, " "],
    [/\b(await|async|const|let|readonly|new|Promise|void|math)\b/gi, " "],
  ],
};

/** Returns the lines of a program. */
export function linesOf(text: string, language: Language): Line[] {
  const texts = text.replace(/\n$/, "").split("\n");
  let isInImports = false;
  return texts.map((line, index) => {
    const kind = kindOf(line);
    const isImport = isInImports && kind === "code";
    isInImports = isInImports ? !/^[)}]/.test(line) : /^import .*[({]$/.test(line);
    return {
      number: index + 1,
      kind: isImport ? "import" : kind,
      text: line.trim(),
      tokens: tokensOf(line, kind, language),
    };
  });
}

function kindOf(line: string): LineKind {
  if (line.trim() === "") return "blank";
  if (isBracketLine(line)) return "bracket";
  if (/^package /.test(line)) return "package";
  if (/^import /.test(line)) return "import";
  return /^\s*\/\//.test(line) ? "comment" : "code";
}

function isBracketLine(line: string): boolean {
  return /^[\s()[\]{};,]+$/.test(line);
}

function tokensOf(line: string, kind: LineKind, language: Language): string[] {
  let text = line;
  if (kind === "code") for (const [pattern, replacement] of rules[language]) text = text.replace(pattern, replacement);
  return (text.match(/@?[A-Za-z_]\w*|\d+/g) ?? []).map((token) => token.replace(/^@/, "").toLowerCase());
}
