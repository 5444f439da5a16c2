import { refusedFile } from '../../file/refused-file.ts';
import { wordsFrom } from '../category-words.ts';
import type { Dump, DumpFeature, DumpTree } from '../dump.ts';
import { DumpBudget, dumpFeaturesMax, dumpSumsMax } from '../dump-limits.ts';
import {
  brokenDump,
  countIn,
  flagOf,
  isObject,
  listIn,
  memberOf,
  objectIn,
  shown,
  textIn,
  type JsonObject,
} from '../read-json.ts';
import { objectiveOf } from './objectives.ts';
import { readNode } from './read-tree.ts';

/** A dump whose lists of category words are not yet given to its features. */
export interface LightGbmDump extends Dump {
  /** As pandas had them, one list per column of categories, in the order of the columns. */
  readonly wordLists: readonly (readonly string[])[];
}

/** What `Booster.dump_model()` of LightGBM 4 gives, as JSON. Throws `unsupported` with one sentence for any other. */
export function readLightGbm(dump: JsonObject): LightGbmDump {
  const version = textIn(dump, 'version', 'it');
  if (version !== 'v4')
    throw refusedFile(
      `is a LightGBM dump of version ${shown(version)}; v4 is what is read here`,
      'Train and dump it with LightGBM 4.',
    );
  const objective = memberOf(dump, 'objective');
  const sums = countIn(dump, 'num_tree_per_iteration', 'it', 1, dumpSumsMax);
  const features = featuresOf(dump);
  return {
    maker: 'LightGBM',
    features,
    trees: treesOf(dump, features.length, sums),
    base: new Array<number>(sums).fill(0),
    objective: objectiveOf(typeof objective === 'string' ? objective : null),
    precision: 'double',
    wordLists: wordListsOf(dump),
  };
}

function featuresOf(dump: JsonObject): readonly DumpFeature[] {
  const names = listIn(dump, 'feature_names', 'it').map(String);
  if (names.length === 0 || names.length > dumpFeaturesMax)
    throw refusedFile(`reads ${names.length} features; 1 to ${dumpFeaturesMax} are served`, 'Train on fewer.');
  // LightGBM numbers columns that came without names.
  const isNamed = names.some((name, index) => name !== `Column_${index}`);
  const infos = objectIn(dump, 'feature_infos', 'it');
  return names.map((name) => {
    const info = memberOf(infos, name);
    const values = isObject(info) ? memberOf(info, 'values') : undefined;
    const isCategory = Array.isArray(values) && values.length > 0;
    return { name: isNamed ? name : null, isCategory, words: null };
  });
}

function treesOf(dump: JsonObject, features: number, sums: number): readonly DumpTree[] {
  const list = listIn(dump, 'tree_info', 'it');
  const budget = new DumpBudget();
  budget.trees(list.length);
  if (list.length === 0 || list.length % sums !== 0)
    throw brokenDump(`it has ${list.length} trees for ${sums} sums of each iteration`);
  const isMean = flagOf(memberOf(dump, 'average_output') ?? false, '"average_output"');
  const reading = { features, weight: isMean ? sums / list.length : 1, budget };
  return list.map((tree, index) => {
    const where = `tree ${index}`;
    if (!isObject(tree)) throw brokenDump(`${where} is no object`);
    return { target: index % sums, root: readNode(objectIn(tree, 'tree_structure', where), reading, where) };
  });
}

function wordListsOf(dump: JsonObject): readonly (readonly string[])[] {
  const lists = memberOf(dump, 'pandas_categorical') ?? [];
  if (!Array.isArray(lists)) throw brokenDump('its pandas_categorical is no list');
  return lists.map((list: unknown) => wordsFrom(list, 'a list of pandas_categorical'));
}
