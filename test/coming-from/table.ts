// The rows of the tables of docs/coming-from: what a call of another library is in goro, as two programs.
//
// A cell of the table is the body of a function. Blank lines divide a body into paragraphs: the preparation, what the cell shows, and how it
// is observed. Of two paragraphs, the cell shows the first.

/** A row: two functions that do the same. */
export interface Row<Theirs, Ours> {
  /** The other library, with what the table has prepared. */
  readonly theirs: (prepared: Theirs) => unknown;

  /** The same with goro. */
  readonly ours: (prepared: Ours) => unknown;

  /**
   * The results that the two return, where they differ. The page describes such a row as a difference.
   *
   * @defaultValue the results are equal
   */
  readonly results?: { readonly theirs: unknown; readonly ours: unknown };

  /**
   * How much of the steps of the two is the same: all, with their times; all, but in another order or at other times; or nothing.
   *
   * @defaultValue "all"
   */
  readonly sameSteps?: "all" | "in any order" | "none";
}

/** The rows of a page by their titles. */
export interface Table<Theirs, Ours> {
  /** Called before each row: the functions of the row get what they return. */
  readonly prepare: { readonly theirs: () => Theirs; readonly ours: () => Ours };
  readonly rows: Readonly<Record<string, Row<Theirs, Ours>>>;
}
