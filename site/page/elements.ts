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
