// One entry of a map that is made when somebody first asks for it.

/** What `map` has for `key`; if it has nothing, what `make` answers is there from now on. */
export function entry<K, V>(map: Map<K, V>, key: K, make: () => V): V {
  const found = map.get(key);
  if (found !== undefined) return found;
  const made = make();
  map.set(key, made);
  return made;
}
