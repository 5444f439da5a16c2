/** Words that are remembered of a column: one of more of them repeats few. */
const wordsMax = 65_536;

/**
 * The words of a column, each kept once: each cell that is read of a file is a text of its own, however often the
 * column repeats it.
 */
export class Words {
  readonly #known = new Map<string, string>();

  /** The same text, as it was met first. */
  once(text: string): string {
    const known = this.#known.get(text);
    if (known !== undefined) return known;
    if (this.#known.size < wordsMax) this.#known.set(text, text);
    return text;
  }
}
