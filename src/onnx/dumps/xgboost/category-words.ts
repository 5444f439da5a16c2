import type { PerennialError } from '../../../domain/words/errors.ts';
import { refusedFile } from '../../file/refused-file.ts';
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

/** Of texts of a pandas column XGBoost 3.1 and 3.2 count characters where they mean bytes, and lose the last ones. */
function cutWrongly(where: string): PerennialError {
  return refusedFile(
    `has letters beyond ASCII in ${where}, whose words XGBoost writes in a way that does not say where each ends`,
    'Train on words of ASCII letters, or with LightGBM.',
  );
}

function textsOf(offsets: readonly unknown[], values: readonly unknown[], where: string): readonly string[] {
  const ends = offsets.map((offset) => countOf(offset, `an offset of ${where}`, 0, values.length));
  const bytes = Uint8Array.from(values, (value) => countOf(value, `a byte of ${where}`, -128, 255) & 255);
  if (bytes.some((byte) => byte > 127)) throw cutWrongly(where);
  return ends.slice(1).map((end, index) => {
    const begin = ends[index] ?? 0;
    if (begin > end) throw brokenDump(`${where} overlap`);
    return new TextDecoder().decode(bytes.subarray(begin, end));
  });
}
