import { refusedFile } from '../../file/refused-file.ts';
import type { Dump, DumpFeature, DumpTree } from '../dump.ts';
import { DumpBudget, dumpFeaturesMax, dumpSumsMax } from '../dump-limits.ts';
import {
  brokenDump,
  countIn,
  countOf,
  isObject,
  listIn,
  memberOf,
  numberOf,
  objectIn,
  shown,
  textIn,
  type JsonObject,
} from '../read-json.ts';
import { parseWhole } from '../../../domain/words/whole-number.ts';
import { categoryWords } from './category-words.ts';
import { objectiveOf } from './objectives.ts';
import { readTree } from './read-tree.ts';

/**
 * What `Booster.save_model('model.json')` of XGBoost 2 and 3 writes. Where training stopped early its best iteration
 * is the last one that counts, as in scikit-learn's interface. Throws `unsupported` with one sentence for any other.
 */
export function readXgBoost(file: JsonObject): Dump {
  const learner = objectIn(file, 'learner', 'it');
  const param = objectIn(learner, 'learner_model_param', 'its learner');
  const sums = Math.max(1, countIn(param, 'num_class', 'learner_model_param', 0, dumpSumsMax));
  if (countOf(wholeOf(memberOf(param, 'num_target') ?? '1'), 'num_target', 0, dumpSumsMax) > 1)
    throw refusedFile('answers several targets for each row', 'Train one model per target.');
  const name = textIn(objectIn(learner, 'objective', 'its learner'), 'name', 'its objective');
  const { objective, base } = objectiveOf(name, textIn(param, 'base_score', 'learner_model_param'), sums);
  const { model, weights } = boosterOf(objectIn(learner, 'gradient_booster', 'its learner'));
  const count = countIn(param, 'num_feature', 'learner_model_param', 1, dumpFeaturesMax);
  return {
    maker: 'XGBoost',
    features: featuresOf(learner, model, count),
    trees: treesOf(learner, model, { weights, sums, features: count }),
    base,
    objective,
    precision: 'float',
  };
}

/** Its numbers stand in texts. */
function wholeOf(value: unknown): unknown {
  return typeof value === 'string' ? parseWhole(value) : value;
}

/** The trees, and by what each counts where some were dropped while it was trained (DART). */
function boosterOf(booster: JsonObject): { readonly model: JsonObject; readonly weights: readonly unknown[] | null } {
  const name = textIn(booster, 'name', 'its gradient_booster');
  if (name === 'gbtree') return { model: objectIn(booster, 'model', 'its gradient_booster'), weights: null };
  if (name === 'dart')
    return {
      model: objectIn(objectIn(booster, 'gbtree', 'its gradient_booster'), 'model', 'its gbtree'),
      weights: listIn(booster, 'weight_drop', 'its gradient_booster'),
    };
  throw refusedFile(`is boosted by ${shown(name)}, which has no trees`, 'Train with booster="gbtree".');
}

function featuresOf(learner: JsonObject, model: JsonObject, count: number): readonly DumpFeature[] {
  const names = namesIn(learner, 'feature_names', count);
  const types = namesIn(learner, 'feature_types', count);
  const words = categoryWords(model, count);
  return Array.from({ length: count }, (_, at) => ({
    name: names[at] ?? null,
    isCategory: types[at] === 'c',
    words: words[at] ?? null,
  }));
}

/** Empty where it was trained on a matrix without names. */
function namesIn(learner: JsonObject, member: string, count: number): readonly string[] {
  if (memberOf(learner, member) === undefined) return [];
  const names = listIn(learner, member, 'its learner').map(String);
  if (names.length !== 0 && names.length !== count)
    throw brokenDump(`its ${member} are ${names.length}, and its features ${count}`);
  return names;
}

function treesOf(
  learner: JsonObject,
  model: JsonObject,
  { weights, sums, features }: { weights: readonly unknown[] | null; sums: number; features: number },
): readonly DumpTree[] {
  const trees = listIn(model, 'trees', 'its model');
  const targets = listIn(model, 'tree_info', 'its model');
  const budget = new DumpBudget();
  budget.trees(trees.length);
  return trees.slice(0, treesThatCount(learner, model, sums, trees.length)).map((tree, index) => {
    const where = `tree ${index}`;
    if (!isObject(tree)) throw brokenDump(`${where} is no object`);
    const weight = weights === null ? 1 : numberOf(weights[index], `the weight of ${where}`);
    const target = countOf(targets[index], `the group of ${where}`, 0, sums - 1);
    return { target, root: readTree(tree, weight, { features, budget }, where) };
  });
}

/** All, or those up to the best iteration. */
function treesThatCount(learner: JsonObject, model: JsonObject, sums: number, trees: number): number {
  const attributes = memberOf(learner, 'attributes');
  const said = isObject(attributes) ? memberOf(attributes, 'best_iteration') : undefined;
  if (said === undefined) return trees;
  const best = countOf(wholeOf(said), 'best_iteration', 0, trees);
  if (memberOf(model, 'iteration_indptr') !== undefined)
    return countOf(listIn(model, 'iteration_indptr', 'its model')[best + 1], 'the end of best_iteration', 0, trees);
  const parameters = objectIn(model, 'gbtree_model_param', 'its model');
  const parallel = countOf(wholeOf(memberOf(parameters, 'num_parallel_tree') ?? '1'), 'num_parallel_tree', 1, trees);
  return Math.min(trees, (best + 1) * sums * parallel);
}
