// The words and phrases that this repository does not use, each with what to write instead.
//
// The list keeps the language that of Go's documentation: code objects are not persons, a sentence begins with its subject, and
// a term of the field is preferred to a metaphor. A phrase is written with single spaces and also matches across a line break.

/** One entry of the list. */
export interface Rule {
  /** Matches the word or phrase; always has the flags `g` and `i`, or only `g` where the case matters. */
  readonly pattern: RegExp;
  /** What to write instead. */
  readonly instead: string;
}

// The beginning of a sentence: of the text, of a paragraph, of an item of a list, of a cell, or after the end of another.
const START = String.raw`(?<=^|[.!?:]["')\]*_]*\s+|\n\s*\n\s*|\n\s*(?:[-*>#]+|\d+\.)\s+|\|\s*|\n\s*@(?:param|returns|throws)\s[^\n]{0,30}?\s-\s)`;
// A sentence that ends with a question mark asks a question.
const NOT_QUESTION = String.raw`(?![^.!?]*\?)`;

const phrase = ({ source: words }: RegExp): RegExp => new RegExp(String.raw`\b(?:${spaced(words)})\b`, "gi");
const opening = ({ source: words }: RegExp): RegExp =>
  new RegExp(String.raw`${START}(?:${spaced(words)})\b${NOT_QUESTION}`, "g");

function spaced(words: string): string {
  return words.replaceAll(" ", String.raw`\s+`);
}

export const rules: readonly Rule[] = [
  // F1: code objects are not persons.
  { pattern: phrase(/somebody|someone/), instead: "name the caller, goroutine or waiter" },
  { pattern: phrase(/nobody|no one|no-one/), instead: "name the thing: no goroutine, no caller" },
  { pattern: phrase(/everybody|everyone/), instead: "name the thing: all goroutines, all waiters" },
  { pattern: phrase(/anybody|anyone/), instead: "name the thing: any goroutine, another caller" },
  {
    pattern: phrase(/whoever|whomever|whosoever|whichever one/),
    instead: "begin with a noun: the caller, a goroutine that",
  },
  // Only persons take the pronoun `who`; a question may use it.
  {
    pattern: new RegExp(
      String.raw`(?<!\b(?:users?|readers?|person|persons|people|authors?|maintainers?|engineers?|developers?|newcomers?)[,;]?\s+)\bwhom?\b${NOT_QUESTION}`,
      "gi",
    ),
    instead: "a noun with `that`; which goroutine",
  },
  { pattern: phrase(/tells?|telling|told/), instead: "reports, returns, shows" },
  { pattern: phrase(/hears?|heard|hearing/), instead: "is called on, is notified of, receives" },
  { pattern: phrase(/ears?|learns? (?:of|that|about)|finds? out/), instead: "is notified of, detects" },
  { pattern: phrase(/perceives?|gets? wind of|gets? to know/), instead: "is notified of, detects" },
  { pattern: phrase(/wants|wanted|wishes/), instead: "requests, requires, expects" },
  // Go's own report says "all goroutines are asleep".
  { pattern: /(?<!goroutines\s+are\s+)\basleep\b/gi, instead: "blocked, waiting" },
  { pattern: phrase(/gone home|goes? home|went home/), instead: "exited" },

  // F2: a sentence begins with its subject.
  { pattern: opening(/Whose/), instead: "begin with a noun: the goroutine that" },
  {
    pattern: opening(
      /What (?:is|are|was|were|has|have|had|can|must|may|will|does|did|goes|comes|needs|makes|happens|it|they)/,
    ),
    instead: "begin with a noun",
  },

  // F3: the verb of the field.
  {
    pattern: phrase(
      /answers? (?:how|whether|what|which|that|if|when|with)|answers (?:an?|the|its|true|false|undefined|null)/,
    ),
    instead: "returns, reports whether",
  },
  {
    pattern: phrase(/asks (?:whether|how|what|which|for)|(?:is|are|was|were|be) asked/),
    instead: "requests, reads, is called",
  },
  { pattern: phrase(/gives? up|gave up|giving up|given up/), instead: "cancels, stops waiting, times out" },
  { pattern: phrase(/takes? back|took back|taken back|taking back/), instead: "cancels, removes" },
  { pattern: phrase(/lets? go|letting go/), instead: "releases, resumes" },
  { pattern: phrase(/lets? (?:her|him|it|them|others?) go|lets? (?:it|them) on/), instead: "releases, resumes" },
  { pattern: phrase(/comes? to|came to|coming to/), instead: "reaches, is, does" },
  { pattern: phrase(/stands? in|stood in|standing in/), instead: "is in, is queued in" },

  // F5: a plain negative.
  {
    pattern: new RegExp(
      String.raw`\b(?:is|are|was|were|be)\s+no\s+(?!longer\b|more\b|less\b|fewer\b|\w+er\s+than\b)(?=\w)`,
      "gi",
    ),
    instead: "is not a, has no, does not exist",
  },

  // F6: adverbs and their order.
  { pattern: phrase(/for ever|for evermore|eternally|for eternity|for all time/), instead: "forever, never ends" },
  { pattern: phrase(/dearer|dearest|costlier|costliest/), instead: "more expensive" },
  { pattern: phrase(/at last|at long last/), instead: "finally" },
  { pattern: opening(/Else/), instead: "Otherwise" },
  {
    pattern: /(?<=[;,:]\s+)else\b(?!\s+(?:if|return|throw)\b|\s*[{(])|(?<=\b(?:or|and)\s)else\b/gi,
    instead: "otherwise",
  },
  { pattern: phrase(/somewhat|some time|awhile|whilst|amongst/), instead: "a number with its unit; while, among" },

  // F8: the private metaphors of version 0.5.0 and its file names.
  { pattern: phrase(/gates?/), instead: "scheduler" },
  { pattern: phrase(/patience|patient|patients|impatient|patiently/), instead: "deferred, timeout, grace period" },
  { pattern: phrase(/crews?/), instead: "job runner" },
  { pattern: phrase(/staff/), instead: "worker set" },
  { pattern: phrase(/beats?/), instead: "timer channel; is faster than" },
  { pattern: phrase(/passages?/), instead: "virtual clock" },
  { pattern: phrase(/knots?/), instead: "wait-for graph, cycle" },
  { pattern: phrase(/worlds?/), instead: "realm, bubble" },
  { pattern: phrase(/rosters?/), instead: "goroutine registry" },
  { pattern: phrase(/vigils?/), instead: "watch, check" },
  { pattern: phrase(/tongues?/), instead: "language, syntax" },
  { pattern: phrase(/doors?/), instead: "entry point" },

  // One spelling: American.
  { pattern: phrase(/(?:un)?cancell(?:ed|ing|er|ers|able)/), instead: "canceled, canceling" },
  { pattern: /\b(?:un|dis)?colour(?:s|ed|ing|ful|less)?\b/gi, instead: "color" },
  { pattern: /\b(?:mis)?behaviour(?:s|al)?\b/gi, instead: "behavior" },
  { pattern: /\bneighbour(?:s|ing|hood)?\b/gi, instead: "neighbor" },
  {
    pattern: /\b(?:dis)?(?:favour|honour|flavour|labour|endeavour|harbour|rumour)(?:s|ed|ing|able|ite|ites)?\b/gi,
    instead: "-or-",
  },
  { pattern: /\b(?:centre|metre|litre|fibre|theatre)(?:s|d)?\b/gi, instead: "-er" },
  { pattern: /\b(?:licence|defence|offence|pretence)s?\b/gi, instead: "-ense" },
  {
    pattern: /\b(?:grey|artefact|catalogue|dialogue|programme|judgement|acknowledgement)(?:s|d)?\b/gi,
    instead: "the American spelling",
  },
  {
    pattern: /\b(?:un)?(?:label|model|signal|travel|marshal|total|channel|level|tunnel|initial)l(?:ed|ing|er|ers)\b/gi,
    instead: "one l",
  },
  {
    pattern:
      /\b(?:de|re|un)?(?:initial|serial|normal|synchron|organ|recogn|optim|summar|material|real|general|special|minim|maxim|util|central|local|parallel|prior|stabil|emphas|apolog|categor|custom|final|visual|token)is(?:e|es|ed|ing|ation|ations|er|ers)\b/gi,
    instead: "-ize",
  },
  { pattern: /\b(?:analys|paralys|catalys)(?:e|es|ed|ing|er)\b/gi, instead: "-yze" },
];
