// Replaces a function of the host during a test.

/** Replaces `object[key]` by `replacement`; returns a function that restores it. */
export function replace<O extends object, K extends keyof O>(object: O, key: K, replacement: O[K]): () => void {
  const original = Object.getOwnPropertyDescriptor(object, key);
  Object.defineProperty(object, key, { configurable: true, writable: true, value: replacement });
  return () => {
    if (original === undefined) Reflect.deleteProperty(object, key);
    else Object.defineProperty(object, key, original);
  };
}
