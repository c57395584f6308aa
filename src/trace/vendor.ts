// The libraries that views use. They are development dependencies: the build bundles them into this module, so that the package has no
// dependencies at run time. This is the only module of the source that imports from outside; NOTICE has their licenses.

export * as dagre from "@dagrejs/dagre";
export { bisector, ticks } from "d3-array";
export { eastAsianWidth } from "get-east-asian-width";
