/** Which rows of a list, in the order of their names. */
export interface Listed {
  limit: number;
  /** The name that the previous page ended with; null: from the beginning. */
  after: string | null;
  /** null: all of them. */
  only: readonly string[] | null;
  /** Part of the name, or of the name for people, in any case; null: whatever they are called. */
  search: string | null;
}
