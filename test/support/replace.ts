// Something else in the place of a function of the host, for as long as a test needs it.

/** Puts `stand` in the place of `object[key]`; answers how to put back what was there. */
export function replace<O extends object, K extends keyof O>(object: O, key: K, stand: O[K]): () => void {
  const original = Object.getOwnPropertyDescriptor(object, key);
  Object.defineProperty(object, key, { configurable: true, writable: true, value: stand });
  return () => {
    if (original === undefined) Reflect.deleteProperty(object, key);
    else Object.defineProperty(object, key, original);
  };
}
