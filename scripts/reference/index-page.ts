// The index of the reference: one line for each public name, with the first sentence of its documentation.

import { type Comment, type DeclarationReflection, type ProjectReflection, ReflectionKind } from "typedoc";

const intro = `# API reference

Each public name, by its entry point. The pages are generated from the source by \`npm run reference\`. The [manual](../../README.md#use) explains how
the parts are used together. \`goro/debug\`, \`goro/testing/preload\` and \`goro/trace/preload\` have no exports: a program or a command line loads
them for [debug mode](../trace.md#a-snapshot), [virtual time](../testing.md#many-orders) and [recordings](../trace.md#a-picture-of-a-program).
`;

/** Returns the text of the index. `urlOf` returns the path of a name's page, with its anchor. */
export function indexPage(project: ProjectReflection, urlOf: (reflection: DeclarationReflection) => string): string {
  const modules = (project.children ?? []).map((module) => ({ name: module.name, children: module.children ?? [] }));
  const sections = modules.flatMap(({ name, children }) => [
    section(
      name,
      children.filter(({ kind }) => kind !== ReflectionKind.Namespace),
    ),
    ...children
      .filter(({ kind }) => kind === ReflectionKind.Namespace)
      .map((namespace) => section(`${namespace.name} of ${name}`, namespace.children ?? [], `${namespace.name}.`)),
  ]);
  const outline = sections.map(({ title }) => `- [${title}](#${title.replaceAll("/", "").replaceAll(" ", "-")})\n`);
  return `${intro}\n${outline.join("")}\n${sections.map(({ text }) => text).join("\n")}`;

  function section(title: string, children: readonly DeclarationReflection[], prefix: string = "") {
    const lines = [...children]
      .sort((a, b) => (a.name.toLowerCase() < b.name.toLowerCase() ? -1 : 1))
      .map((child) => `- [\`${prefix}${child.name}\`](${urlOf(child)}): ${firstSentence(child)}\n`);
    return { title, text: `## ${title}\n\n${lines.join("")}` };
  }
}

function firstSentence(reflection: DeclarationReflection): string {
  const comment: Comment | undefined = reflection.comment ?? reflection.signatures?.[0]?.comment;
  const text = (comment?.summary ?? [])
    .map((part) => (part.kind === "inline-tag" ? `\`${part.text}\`` : part.text))
    .join("")
    .replaceAll(/\s+/g, " ");
  return /^.*?\.(?=\s|$)/.exec(text)?.[0] ?? text;
}
