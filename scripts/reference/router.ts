// Where each name is in the reference: `Channel` of `goro` in goro/Channel.md, and `withCancel` of its namespace `context` in context.md.

import { type PageDefinition, type PageKind, type Reflection, ReflectionKind } from "typedoc";
import { MemberRouter } from "typedoc-plugin-markdown";

export class PageRouter extends MemberRouter {
  override buildChildPages(reflection: Reflection, pages: PageDefinition[]): void {
    if (reflection.kind !== ReflectionKind.Module) {
      super.buildChildPages(reflection, pages);
      return;
    }
    // The index lists the names of an entry point.
    this.fullUrls.set(reflection, `${this.entryFileName}${this.extension}`);
    reflection.traverse((child) => {
      this.buildChildPages(child, pages);
      return true;
    });
  }

  override getIdealBaseName(reflection: Reflection): string {
    const { name, kind, parent } = reflection;
    if (kind === ReflectionKind.Namespace) return name;
    const folder = parent?.name.replace("goro/", "") ?? "";
    return `${folder}/${this.#hasTwin(reflection) ? `${name}-function` : name}`;
  }

  protected override getPageKind(reflection: Reflection): PageKind | undefined {
    const isInNamespace = reflection.parent?.kind === ReflectionKind.Namespace;
    return isInNamespace ? undefined : super.getPageKind(reflection);
  }

  /** Reports whether a type has the name of the function, except for upper and lower case, which some file systems ignore. */
  #hasTwin({ name, kind, parent }: Reflection): boolean {
    if (kind !== ReflectionKind.Function) return false;
    let hasTwin = false;
    parent?.traverse((other) => {
      if (other.name !== name && other.name.toLowerCase() === name.toLowerCase()) {
        hasTwin ||= other.kind !== ReflectionKind.Namespace;
      }
      return true;
    });
    return hasTwin;
  }
}
