// Tables of Markdown, and the blocks of a page that a script generates.

/** Formats a table as Prettier does: each column is as wide as its widest cell. The first of `rows` is the head. */
export function markdownTable(rows: readonly (readonly string[])[]): string {
  const columns = (rows[0] ?? []).map((_, column) => column);
  const widths = columns.map((column) => Math.max(3, ...rows.map((row) => row[column]?.length ?? 0)));
  const formatRow = (row: readonly string[]): string =>
    `| ${row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(" | ")} |`;
  const [head = [], ...body] = rows;
  const rule = `| ${widths.map((width) => "-".repeat(width)).join(" | ")} |`;
  return [formatRow(head), rule, ...body.map(formatRow)].join("\n");
}

/** Returns `page` with the text between `<!-- name -->` and `<!-- end -->` replaced by `block`. */
export function replaceBlock(page: string, name: string, block: string): string {
  return page.replace(
    new RegExp(`(<!-- ${name} -->\n)[^]*?(<!-- end -->)`),
    (_, begin: string, end: string) => `${begin}\n${block}\n\n${end}`,
  );
}
