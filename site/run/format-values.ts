// The text that the console prints for its arguments, as on Node for values that programs of the tour print.
//
// See https://nodejs.org/api/util.html#utilformatformat-args

const indentation = "  ";

/** The length up to which the parts of an object are printed in one line, with 6 parts or less. */
const maxLineLength = 72;

/** How many levels of objects are printed. */
const maxDepth = 2;

/** How many elements of an array are printed. */
const maxElements = 100;

/** Returns what `console.log(...values)` prints, without the line break. */
export function formatValues(values: readonly unknown[]): string {
  const [first, ...others] = values;
  if (typeof first !== "string") return values.map(formatValue).join(" ");
  const text = others.length === 0 ? first : first.replace(/%[sdifjoOc%]/g, (mark) => formatMark(mark, others));
  return [text, ...others.map(formatValue)].join(" ");
}

/** Returns the text for `mark`, and removes its argument from `values`. */
function formatMark(mark: string, values: unknown[]): string {
  if (mark === "%%") return "%";
  if (values.length === 0) return mark;
  const value = values.shift();
  switch (mark) {
    case "%s":
      return formatValue(value);
    case "%d":
      return typeof value === "object" ? "NaN" : inspect(typeof value === "bigint" ? value : Number(value), 0, []);
    case "%i":
      return typeof value === "object" ? "NaN" : inspect(Number.parseInt(String(value), 10), 0, []);
    case "%f":
      return inspect(Number.parseFloat(String(value)), 0, []);
    case "%j":
      return JSON.stringify(value) ?? "undefined";
    case "%c":
      return "";
    default:
      return inspect(value, 0, []);
  }
}

function formatValue(value: unknown): string {
  return typeof value === "string" ? value : inspect(value, 0, []);
}

/** @param outer - the objects that contain `value`, the outermost first */
function inspect(value: unknown, depth: number, outer: readonly unknown[]): string {
  switch (typeof value) {
    case "string":
      return quote(value);
    case "bigint":
      return `${value}n`;
    case "number":
      return Object.is(value, -0) ? "-0" : String(value);
    case "function":
      return inspectFunction(value);
    case "object":
      return value === null ? "null" : inspectObject(value, depth, outer);
    default:
      return String(value);
  }
}

function quote(text: string): string {
  const mark = !text.includes("'") ? "'" : !text.includes('"') ? '"' : !text.includes("`") ? "`" : "'";
  const escaped = JSON.stringify(text).slice(1, -1).replace(/\\"/g, '"');
  return `${mark}${mark === "'" ? escaped.replace(/'/g, "\\'") : escaped}${mark}`;
}

function inspectFunction(value: object): string {
  const { name } = value as { name: unknown };
  if (/^class\b/.test(Function.prototype.toString.call(value))) return `[class ${String(name) || "(anonymous)"}]`;
  return name === "" ? "[Function (anonymous)]" : `[Function: ${String(name)}]`;
}

function inspectObject(value: object, depth: number, outer: readonly unknown[]): string {
  if (outer.includes(value)) return "[Circular *1]";
  const custom = (value as Record<symbol, unknown>)[Symbol.for("nodejs.util.inspect.custom")];
  if (typeof custom === "function") {
    const text: unknown = custom.call(value, maxDepth - depth, {}, inspectValue);
    return typeof text === "string" ? text : inspect(text, depth, outer);
  }
  if (value instanceof Error) return depth === 0 ? (value.stack ?? String(value)) : `[${value.stack ?? String(value)}]`;
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? "Invalid Date" : value.toISOString();
  if (value instanceof RegExp) return String(value);
  const name = className(value);
  if (depth > maxDepth) return Array.isArray(value) ? "[Array]" : `[${name}]`;
  const inner = (part: unknown): string => inspect(part, depth + 1, [...outer, value]);
  const fields = Object.entries(value).filter(([key]) => !isList(value) || !/^\d+$/.test(key));
  const named = fields.map(([key, field]) => `${/^[\w$]+$/.test(key) ? key : quote(key)}: ${inner(field)}`);
  if (isList(value)) {
    const elements = Array.from(value.slice(0, maxElements), inner);
    const more = value.length > maxElements ? [moreItems(value.length - maxElements)] : [];
    const prefix = Array.isArray(value) && name === "Array" ? "" : `${name}(${value.length}) `;
    const rows = elements.length > 6 ? groupElements(elements) : elements;
    const print = rows.length < elements.length ? lines : braces;
    return print(prefix, "[", [...rows, ...more, ...named], "]");
  }
  if (value instanceof Map) {
    const entries = Array.from(value, ([key, field]) => `${inner(key)} => ${inner(field)}`);
    return braces(`${name}(${value.size}) `, "{", [...entries, ...named], "}");
  }
  if (value instanceof Set) {
    return braces(`${name}(${value.size}) `, "{", [...Array.from(value, inner), ...named], "}");
  }
  if (value instanceof Promise) return braces("Promise ", "{", ["<pending>", ...named], "}");
  return braces(name === "Object" ? "" : `${name} `, "{", named, "}");
}

function inspectValue(value: unknown): string {
  return inspect(value, 0, []);
}

function isList(value: object): value is unknown[] {
  return Array.isArray(value) || (ArrayBuffer.isView(value) && !(value instanceof DataView));
}

function className(value: object): string {
  const prototype = Object.getPrototypeOf(value) as { constructor?: { name?: unknown } } | null;
  if (prototype === null) return "[Object: null prototype]";
  return typeof prototype.constructor?.name === "string" ? prototype.constructor.name : "Object";
}

function moreItems(count: number): string {
  return `... ${count} more item${count === 1 ? "" : "s"}`;
}

function braces(prefix: string, open: string, parts: readonly string[], close: string): string {
  if (parts.length === 0) return `${prefix}${open}${close}`;
  const line = parts.join(", ");
  const isShort = line.length + prefix.length + parts.length <= maxLineLength && !line.includes("\n");
  return isShort ? `${prefix}${open} ${line} ${close}` : lines(prefix, open, parts, close);
}

function lines(prefix: string, open: string, parts: readonly string[], close: string): string {
  const indented = parts.map((part) => part.replace(/\n/g, `\n${indentation}`));
  return `${prefix}${open}\n${indentation}${indented.join(`,\n${indentation}`)}\n${close}`;
}

/** Returns the elements of a long array in rows with columns of the same width. */
function groupElements(elements: readonly string[]): string[] {
  if (elements.some((element) => element.includes("\n"))) return [...elements];
  const lengths = elements.map((element) => element.length + 2);
  const longest = Math.max(...lengths);
  const total = lengths.reduce((sum, length) => sum + length, 0);
  if (longest * 3 >= 80 || (total / longest <= 5 && longest > 8)) return [...elements];
  const averageBias = Math.sqrt(longest - total / elements.length);
  const biasedLongest = Math.max(longest - 3 - averageBias, 1);
  const columns = Math.min(
    Math.round(Math.sqrt(2.5 * biasedLongest * elements.length) / biasedLongest),
    Math.floor((80 - 2) / longest),
    12,
  );
  if (columns <= 1) return [...elements];
  const widths = Array.from({ length: columns }, (_, column) =>
    Math.max(...lengths.filter((_, index) => index % columns === column)),
  );
  const isNumeric = elements.every((element) => /^-?[\d.]+n?$/.test(element));
  const rows: string[] = [];
  for (let start = 0; start < elements.length; start += columns) {
    const row = elements.slice(start, start + columns);
    const cells = row.map((element, column) => {
      const width = (widths[column] as number) - 2;
      const isLast = column === row.length - 1;
      if (isNumeric) return element.padStart(width) + (isLast ? "" : ", ");
      return isLast ? element : `${element}, `.padEnd(width + 2);
    });
    rows.push(cells.join(""));
  }
  return rows;
}
