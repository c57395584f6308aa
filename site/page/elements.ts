// Looking up the elements of the page, which the build has written.

/**
 * Returns the element with an id.
 *
 * @throws {Error} if there is none, or if it is not of this type
 */
export function byId<E extends HTMLElement>(id: string, type: new () => E): E {
  const element = document.getElementById(id);
  if (element instanceof type) return element;
  throw new Error(`the page has no ${type.name} with the id ${id}`);
}

/** Returns the button with an id. */
export function buttonById(id: string): HTMLButtonElement {
  return byId(id, HTMLButtonElement);
}

/** Returns an element of a kind, with a class and a text. */
export function create<K extends keyof HTMLElementTagNameMap>(
  kind: K,
  className: string,
  text = "",
): HTMLElementTagNameMap[K] {
  const element = document.createElement(kind);
  element.className = className;
  element.textContent = text;
  return element;
}
