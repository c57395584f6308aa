// The classes of tokens, for the code that is highlighted when the site is built and for the editor.

import { type Highlighter, tagHighlighter, tags } from "@lezer/highlight";

/** Gives each kind of token its class of `code.css`. */
export const tokenClasses: Highlighter = tagHighlighter([
  { tag: tags.comment, class: "t-c" },
  { tag: [tags.string, tags.special(tags.string), tags.character], class: "t-s" },
  { tag: [tags.number, tags.bool, tags.null], class: "t-n" },
  { tag: [tags.keyword, tags.operatorKeyword, tags.modifier], class: "t-k" },
  { tag: [tags.typeName, tags.standard(tags.typeName)], class: "t-t" },
  {
    tag: [
      tags.function(tags.variableName),
      tags.function(tags.propertyName),
      tags.function(tags.definition(tags.variableName)),
    ],
    class: "t-f",
  },
]);
