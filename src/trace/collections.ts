// A map whose values are created on demand, and a type for objects that are filled step by step.

/** `T` with properties that can be assigned. */
export type Mutable<T> = { -readonly [K in keyof T]: T[K] };

/** Returns the value of `key` in `map`, after storing the result of `create` if there is none. */
export function getOrInsert<K, V>(
  map: { get(key: K): V | undefined; set(key: K, value: V): unknown },
  key: K,
  create: () => V,
): V {
  const existing = map.get(key);
  if (existing !== undefined) return existing;
  const created = create();
  map.set(key, created);
  return created;
}
