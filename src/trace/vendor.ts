// The library that lays out graphs. It is a development dependency: the build bundles it into this module, so that the package has no
// dependencies at run time, and into a function, so that a bundler drops it from a program that draws no graph; see scripts/droppable.ts. This is
// the only module of the source that imports from outside; NOTICE has its licenses.

export * as dagre from "@dagrejs/dagre";
