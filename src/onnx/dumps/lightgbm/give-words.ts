import { listed, refusedFile } from '../../file/refused-file.ts';
import type { Dump, DumpFeature } from '../dump.ts';
import type { LightGbmDump } from './read-lightgbm.ts';

/**
 * Gives each column of categories its words: LightGBM keeps them in the order of the columns that pandas had as
 * categories, and does not say which those are. They are the features that are text here or that it trained as
 * categories; a column that never varied is neither said nor split by LightGBM, hence both.
 */
export function giveWords(dump: LightGbmDump, isText: (feature: number) => boolean): Dump {
  if (dump.wordLists.length === 0) return dump;
  const places = [...dump.features.keys()].filter((at) => isText(at) || dump.features[at]?.isCategory === true);
  if (places.length !== dump.wordLists.length)
    throw refusedFile(
      `holds the words of ${dump.wordLists.length} columns of categories, and ${places.length} are categories here` +
        (places.length === 0 ? '' : ` (${listed(places.map((at) => ({ name: dump.features[at]?.name ?? `${at}` })))})`),
      'Make the same columns categories in training and in the definition: column.astype("category").',
    );
  const lists = new Map(places.map((at, index) => [at, dump.wordLists[index] ?? null]));
  const features = dump.features.map((feature, at): DumpFeature =>
    lists.has(at) ? { ...feature, words: lists.get(at) ?? null } : feature,
  );
  return { ...dump, features };
}
