// Making elements.

type Child = Node | string | undefined;

/** Returns a new element with a class, or "" for none, and children. */
export function element<K extends keyof HTMLElementTagNameMap>(
  name: K,
  className: string,
  ...children: readonly Child[]
): HTMLElementTagNameMap[K] {
  const node = document.createElement(name);
  if (className !== "") node.className = className;
  node.append(...children.filter((child) => child !== undefined));
  return node;
}

/** Reports whether the reader has asked for less motion. */
export function hasReducedMotion(): boolean {
  return matchMedia("(prefers-reduced-motion: reduce)").matches;
}
