// The pages of docs/reference, made from the doc comments of the source: one page for each public name, one for each of the namespaces
// `context` and `time`, and an index.

import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import ts from "typescript";
import {
  Application,
  type CommentDisplayPart,
  type CommentTag,
  Logger,
  LogLevel,
  type ProjectReflection,
  type Reflection,
  ReflectionKind,
} from "typedoc";
import { MarkdownPageEvent } from "typedoc-plugin-markdown";
import { indexPage } from "./index-page.ts";
import { PageRouter } from "./router.ts";

export interface Reference {
  /** The text of each page, by its path in the folder. */
  readonly pages: ReadonlyMap<string, string>;

  /** The problems that TypeDoc has found, such as a link that does not resolve or a member without documentation. */
  readonly warnings: readonly string[];
}

const root = fileURLToPath(new URL("../../", import.meta.url));

/** The entry points, by their names. `goro/debug` and the preloads have no exports. */
export const entryPoints: Readonly<Record<string, string>> = {
  goro: "src/index.ts",
  "goro/pipeline": "src/pipeline/pipeline.ts",
  "goro/testing": "src/testing/testing.ts",
  "goro/trace": "src/trace/trace.ts",
  "goro/bullmq": "src/bullmq/bullmq.ts",
};

const options = {
  name: "API reference",
  logLevel: "Warn",
  entryPoints: Object.values(entryPoints).map((file) => root + file),
  plugin: ["typedoc-plugin-markdown"],
  router: "goro",
  readme: "none",
  disableSources: true,
  disableGit: true,
  skipErrorChecking: true,
  excludeExternals: true,
  excludeInternal: true,
  excludePrivate: true,
  excludeProtected: true,
  sort: ["static-first", "kind", "alphabetical"],
  validation: { notExported: true, invalidLink: true, notDocumented: true, rewrittenLink: true },
  hidePageHeader: true,
  hideBreadcrumbs: true,
  expandParameters: true,
  parametersFormat: "table",
  interfacePropertiesFormat: "table",
  typeDeclarationFormat: "table",
  tableColumnSettings: { hideModifiers: true, hideInherited: true, hideOverrides: true, hideSources: true },
  preservedTypeAnnotationTags: ["@throws"],
  // The helpers of types that are exported, and the types of values that users pass on but do not name.
  intentionallyNotExported: [
    "AnyChannel",
    "CaseResult",
    "ChannelIterator",
    "CheckedCase",
    "EventOf",
    "events",
    "Flat",
    "Listener",
    "RecordOf",
    "SelectCase",
    "State",
    "TupleIndex",
    "WithoutWait",
  ],
  pageTitleTemplates: { member: "{name}", module: "{name}" },
};

/** Converts the source. The pages are the same on each machine. */
export async function referencePages(): Promise<Reference> {
  const app = await Application.bootstrapWithPlugins(options as object);
  const warnings: string[] = [];
  app.logger = new WarningLogger(warnings);
  app.options.setCompilerOptions(options.entryPoints, compilerOptions(), []);
  app.renderer.defineRouter("goro", PageRouter);
  const project = await app.convert();
  if (project === undefined) throw new Error(warnings.join("\n"));
  prepare(project);
  app.validate(project);

  const pages = new Map<string, string>();
  app.renderer.on(MarkdownPageEvent.END as never, (page: MarkdownPageEvent) => {
    const urlOf = (reflection: Reflection): string => app.renderer.router?.getFullUrl(reflection) as string;
    const text = page.model === project ? indexPage(project, urlOf) : pageOf(page);
    pages.set(page.url, `${text.trim()}\n`);
  });
  // TypeDoc writes the pages, too.
  const folder = await mkdtemp(join(tmpdir(), "goro-reference-"));
  try {
    app.options.setValue("outputs", [{ name: "markdown", path: folder }]);
    await app.generateOutputs(project);
    return { pages, warnings };
  } finally {
    await rm(folder, { recursive: true });
  }
}

/** Names the entry points as users import them, and makes the project what the pages show of it. */
function prepare(project: ProjectReflection): void {
  const order = Object.keys(entryPoints);
  for (const module of project.children ?? []) {
    const [folder] = module.name.split("/");
    module.name = folder === "index" ? "goro" : `goro/${folder}`;
  }
  project.children?.sort((a, b) => order.indexOf(a.name) - order.indexOf(b.name));

  for (const reflection of Object.values(project.reflections)) {
    if (isForbidden(reflection)) project.removeReflection(reflection);
    // The fields of traces have the kinds of their values here, which are not values.
    if (reflection.isDeclaration() && reflection.kind === ReflectionKind.Property) delete reflection.defaultValue;
    for (const tag of reflection.comment?.blockTags ?? []) {
      if (tag.tag === "@throws") showErrors(tag);
    }
  }
}

/** Reports whether a property can have no value: an option that exists only to be an error of the compiler. */
function isForbidden(reflection: Reflection): boolean {
  if (!reflection.isDeclaration() || !reflection.flags.isOptional) return false;
  const type = reflection.type?.toString();
  return type === "never" || (type === "undefined" && !reflection.hasComment());
}

/** Shows the names of the errors in a `@throws` tag, such as `{RangeError}`, as code. */
function showErrors(tag: CommentTag): void {
  if (tag.typeAnnotation !== undefined) {
    tag.content.unshift({ kind: "text", text: `${tag.typeAnnotation} ` });
    delete tag.typeAnnotation;
  }
  tag.content = tag.content.flatMap((part): CommentDisplayPart[] =>
    part.kind === "text"
      ? part.text
          .split(/(\{[\w| ]+\})/)
          .filter((text) => text !== "")
          .map((text) =>
            text.startsWith("{") ? { kind: "code", text: `\`${text.slice(1, -1)}\`` } : { ...part, text },
          )
      : [part],
  );
}

/** Returns the text of the page of a name, with a line above its title that leads to the index. */
function pageOf({ contents, model, url }: MarkdownPageEvent): string {
  const up = "../".repeat(url.split("/").length - 1);
  return `[Reference](${up}README.md) / ${model.parent?.name ?? ""}\n\n${withOutline(tidy(`${contents}\n`))}`;
}

/** Removes what says nothing: type parameters without descriptions, base classes that are not public, and where a member is declared first. */
function tidy(text: string): string {
  return text
    .replaceAll(/#+ Type Parameters\n\n\| Type Parameter \|\n\| -+ \|\n(\|.*\|\n)+\n*/g, "")
    .replaceAll(/#+ (Implementation of|Overrides)\n\n.*\n\n?/g, "")
    .replaceAll(/#+ (Extends|Inherited from)\n\n(- )?`.*\n\n?/g, "")
    .replaceAll(/^\|.* Default value \|.*\n(?:\|.*\n)+/gm, (table) =>
      table.replaceAll(/(?<!\\)\| `undefined` \|/g, "| - |"),
    );
}

/** Adds links to the members of a page that has several. */
function withOutline(text: string): string {
  const first = text.search(/^## /m);
  const members = headingsOf(text).filter(({ level, title }) => level === 3 && title !== "Constructor");
  if (members.length < 5 || first === -1) return text;
  const links = members.map(({ title, anchor }) => `[\`${title}\`](#${anchor})`);
  return `${text.slice(0, first)}${links.join(", ")}\n\n${text.slice(first)}`;
}

/** Returns the headings of a page with the anchors that code hosts give them: the second of the same name ends in -1. */
function headingsOf(text: string): { level: number; title: string; anchor: string }[] {
  const counts = new Map<string, number>();
  return [...text.matchAll(/^(#+) (.+)$/gm)].map((match) => {
    const title = (match[2] as string).replaceAll(/\\|\]\(.*?\)/g, "");
    const slug = title
      .toLowerCase()
      .replaceAll(/[^\w -]/g, "")
      .replaceAll(" ", "-");
    const count = counts.get(slug) ?? 0;
    counts.set(slug, count + 1);
    return { level: (match[1] as string).length, title, anchor: count === 0 ? slug : `${slug}-${count}` };
  });
}

function compilerOptions(): ts.CompilerOptions {
  const { config } = ts.readConfigFile(`${root}tsconfig.json`, (file) => ts.sys.readFile(file)) as { config: object };
  return ts.parseJsonConfigFileContent(config, ts.sys, root).options;
}

class WarningLogger extends Logger {
  readonly #warnings: string[];

  constructor(warnings: string[]) {
    super();
    this.#warnings = warnings;
  }

  override log(message: string, level: LogLevel): void {
    if (level >= LogLevel.Warn) this.#warnings.push(message);
  }
}
