// The symbols of the `using` declaration. A host that has none of its own gets those that Babel and esbuild use for it there: a method under
// the name `undefined` would be of no use.

export const dispose: typeof Symbol.dispose = Symbol.dispose ?? symbol("dispose");
export const asyncDispose: typeof Symbol.asyncDispose = Symbol.asyncDispose ?? symbol("asyncDispose");

function symbol(name: string): never {
  return Symbol.for(`Symbol.${name}`) as never;
}
