import { brokenDump, shown } from './read-json.ts';
import { refusedFile } from '../file/refused-file.ts';

/** Of a list whose places are the codes: texts, whole numbers and truth values, all as they are written. */
export function wordsFrom(list: unknown, what: string): readonly string[] {
  if (!Array.isArray(list)) throw brokenDump(`${what} is no list`);
  const words = list.map((word: unknown) => {
    if (typeof word === 'string') return word;
    if (Number.isSafeInteger(word) || typeof word === 'boolean') return String(word);
    throw refusedFile(
      `has categories that are neither texts, whole numbers nor truth values, in ${what}`,
      'Train on the texts of the column: column.astype(str).astype("category").',
    );
  });
  const seen = new Set<string>();
  for (const word of words) {
    if (seen.has(word)) throw refusedFile(`has the category ${shown(word)} twice, in ${what}`, 'Name each once.');
    seen.add(word);
  }
  return words;
}
