import { wordsFrom } from '../category-words.ts';
import { brokenDump, countOf, isObject, listIn, memberOf, objectIn, type JsonObject } from '../read-json.ts';

/**
 * The words of the codes of each feature, which XGBoost 3.1 and later keep where they were trained on a data frame
 * (`cats`): texts as the bytes of all of them and where each begins, or whole numbers. Null without.
 */
export function categoryWords(model: JsonObject, features: number): readonly (readonly string[] | null)[] {
  if (memberOf(model, 'cats') === undefined) return [];
  const columns = listIn(objectIn(model, 'cats', 'its model'), 'enc', 'its cats');
  if (columns.length > features) throw brokenDump(`its cats are ${columns.length}, and its features ${features}`);
  return columns.map((column: unknown, at) => {
    const where = `the categories of feature ${at}`;
    if (!isObject(column)) throw brokenDump(`${where} are no object`);
    const values = listIn(column, 'values', where);
    if (memberOf(column, 'offsets') === undefined) return values.length === 0 ? null : wordsFrom(values, where);
    const words = textsOf(listIn(column, 'offsets', where), values, where);
    return words.length === 0 ? null : wordsFrom(words, where);
  });
}

function textsOf(offsets: readonly unknown[], values: readonly unknown[], where: string): readonly string[] {
  const ends = offsets.map((offset) => countOf(offset, `an offset of ${where}`, 0, values.length));
  // Signed in the file, unsigned in UTF-8.
  const bytes = Uint8Array.from(values, (value) => countOf(value, `a byte of ${where}`, -128, 255) & 255);
  return ends.slice(1).map((end, index) => {
    const begin = ends[index] ?? 0;
    if (begin > end) throw brokenDump(`${where} overlap`);
    return new TextDecoder().decode(bytes.subarray(begin, end));
  });
}
