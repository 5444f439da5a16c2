import { describe, expect, test } from 'vitest';
import { isPerennialError, type PerennialError } from '../../domain/words/errors.ts';
import { signatureOf } from '../../domain/spec/signature.ts';
import type { FeatureSpec, TargetSpec } from '../../domain/spec/spec.ts';
import { graphFromLightGbm } from './lightgbm/graph-from-lightgbm.ts';
import { modelFromDump } from './model-from-dump.ts';
import { graphFromXgBoost } from './xgboost/graph-from-xgboost.ts';

type Json = Record<string, unknown>;
const features: readonly FeatureSpec[] = [
  { name: 'amount', kind: 'number', missing: 'allow' },
  { name: 'items sold', kind: 'number', missing: 'allow' },
  { name: 'country', kind: 'category', missing: 'allow' },
];
const labelDelay = { rows: 0 } as const;
const binary: TargetSpec = { task: 'binary', column: 'y', positive: 'yes', negative: 'no', labelDelay };
const regression: TargetSpec = { task: 'regression', column: 'y', labelDelay };
const multiclass: TargetSpec = { task: 'multiclass', column: 'y', classes: ['a', 'b', 'c'], labelDelay };

const leaf = (value: unknown): Json => ({ leaf_value: value });
const split: Json = {
  split_feature: 0,
  threshold: 1.5,
  decision_type: '<=',
  default_left: true,
  missing_type: 'NaN',
  left_child: leaf(-1),
  right_child: leaf(1),
};
const set: Json = { ...split, split_feature: 2, threshold: '0||1', decision_type: '==' };
const lightgbm = (changed: Json = {}, root: unknown = split): Json => ({
  name: 'tree',
  version: 'v4',
  num_class: 1,
  num_tree_per_iteration: 1,
  objective: 'binary sigmoid:1',
  average_output: false,
  feature_names: ['amount', 'items_sold', 'country'],
  feature_infos: { country: { values: [0, 1] } },
  tree_info: [{ tree_structure: root }],
  pandas_categorical: [['DE', 'FR']],
  ...changed,
});

const tree: Json = {
  tree_param: { size_leaf_vector: '1' },
  left_children: [1, -1, -1],
  right_children: [2, -1, -1],
  split_indices: [0, 0, 0],
  split_conditions: [1.5, -1, 1],
  default_left: [1, 0, 0],
  split_type: [0, 0, 0],
  categories: [],
  categories_nodes: [],
  categories_segments: [],
  categories_sizes: [],
};
const bySet: Json = {
  ...tree,
  split_indices: [2, 0, 0],
  split_type: [1, 0, 0],
  categories: [1],
  categories_nodes: [0],
  categories_segments: [0],
  categories_sizes: [1],
};
interface Changed {
  readonly learner?: Json;
  readonly param?: Json;
  readonly booster?: Json;
  readonly model?: Json;
}
const xgboost = ({ learner, param, booster, model }: Changed = {}, root: Json = tree): Json => ({
  version: [3, 2, 0],
  learner: {
    attributes: {},
    feature_names: ['amount', 'items sold', 'country'],
    feature_types: ['float', 'float', 'c'],
    gradient_booster: {
      name: 'gbtree',
      model: { gbtree_model_param: { num_parallel_tree: '1' }, tree_info: [0], trees: [root], ...model },
      ...booster,
    },
    learner_model_param: { base_score: '[5E-1]', num_class: '0', num_feature: '3', num_target: '1', ...param },
    objective: { name: 'binary:logistic' },
    ...learner,
  },
});

function refusal(turn: () => unknown): PerennialError {
  try {
    turn();
  } catch (error) {
    if (isPerennialError(error)) return error;
    throw error;
  }
  throw new Error('it was taken');
}

function expectRefusal(turn: () => unknown, sentence: RegExp): void {
  const { code, message, hint } = refusal(turn);
  expect(code).toBe('unsupported');
  expect(message).toMatch(sentence);
  expect(message.length).toBeLessThan(400);
  expect(hint.length).toBeGreaterThan(10);
}

const known = (target: TargetSpec) => signatureOf({ features, target });
const byLightGbm = (dump: unknown, target: TargetSpec = binary) =>
  graphFromLightGbm(typeof dump === 'string' ? dump : JSON.stringify(dump), known(target), {});
const byXgBoost = (dump: unknown, target: TargetSpec = binary) =>
  graphFromXgBoost(typeof dump === 'string' ? dump : JSON.stringify(dump), known(target), {});

const deep = (depth: number): unknown => {
  let node: unknown = leaf(1);
  for (let at = 0; at < depth; at++) node = { ...split, left_child: node };
  return node;
};

test('the dumps that the refusals begin with are taken', () => {
  expect(byLightGbm(lightgbm()).length).toBeGreaterThan(100);
  expect(byLightGbm(lightgbm({}, set)).length).toBeGreaterThan(100);
  expect(byLightGbm(lightgbm({}, deep(499))).length).toBeGreaterThan(100);
  expect(byXgBoost(xgboost()).length).toBeGreaterThan(100);
  const enc = [
    { offsets: [], values: [] },
    { offsets: [], values: [] },
    { offsets: [0, 2, 4], values: [68, 69, 70, 82] },
  ];
  expect(byXgBoost(xgboost({ model: { cats: { enc } } }, bySet)).length).toBeGreaterThan(100);
});

type Case = readonly [about: string, dump: unknown, sentence: RegExp, target?: TargetSpec];
const named = (cases: readonly Case[]) => cases.map((one) => [one[0], one] as const);
const lightgbmCases: readonly Case[] = [
  ['no JSON', '{"tree_info": [', /is no JSON object/],
  ['a list', '[]', /is no JSON object/],
  ['bytes', '{L\0\0\0', /binary form/],
  ['another version', lightgbm({ version: 'v3' }), /version "v3"; v4/],
  ['no objective', lightgbm({ objective: undefined }), /says no objective/],
  ['an objective that ranks', lightgbm({ objective: 'lambdarank' }), /objective "lambdarank", whose answers/],
  ['an objective by a name of JavaScript', lightgbm({ objective: '__proto__' }), /objective "__proto__"/],
  ['one against the rest', lightgbm({ objective: 'multiclassova num_class:3' }), /"multiclassova"/, multiclass],
  ['a value for two classes', lightgbm({ objective: 'regression' }), /answers a value .* 2 classes is what is asked/],
  ['two classes for a value', lightgbm(), /answers 2 classes .* a value is what is asked/, regression],
  ['two classes for three', lightgbm(), /answers 2 classes .* 3 classes is what is asked/, multiclass],
  ['two sums for one answer', lightgbm({ num_tree_per_iteration: 2, tree_info: [{}, {}] }), /tree 0 has no object/],
  ['a share of the trees', lightgbm({ num_tree_per_iteration: 2 }), /1 trees for 2 sums/],
  ['no trees', lightgbm({ tree_info: [] }), /0 trees/],
  ['a sigmoid that is none', lightgbm({ objective: 'binary sigmoid:-1' }), /sigmoid is no number above 0/],
  ['linear leafs', lightgbm({}, { ...leaf(1), leaf_const: 0, leaf_coeff: [] }), /linear model in each leaf/],
  ['no leaf', lightgbm({}, {}), /"leaf_value" of tree 0 is no number/],
  ['NaN before a text that does not end', `{"a": NaN, "${'\\"'.repeat(500_000)}`, /it is no JSON object/],
  ['a leaf of NaN', JSON.stringify(lightgbm({}, leaf(7))).replace('7', 'NaN'), /"leaf_value" of tree 0 is no number/],
  ['a leaf of 1e999', JSON.stringify(lightgbm({}, leaf(7))).replace('7', '1e999'), /"leaf_value" of tree 0/],
  ['a cut of null', lightgbm({}, { ...split, threshold: null }), /"threshold" of tree 0 is no number/],
  ['an unknown decision', lightgbm({}, { ...split, decision_type: '>' }), /decides by ">"/],
  ['an unknown missing type', lightgbm({}, { ...split, missing_type: 'Some' }), /missing_type "Some"/],
  ['a feature beyond', lightgbm({}, { ...split, split_feature: 3 }), /no whole number from 0 to 2/],
  ['a child that is none', lightgbm({}, { ...split, left_child: null }), /no object "left_child"/],
  ['a tree that is a list', lightgbm({}, deep(501)), /deeper than 500/],
  ['nesting without end', '{"a":'.repeat(200_000), /is no JSON object/],
  ['a feature of no name here', lightgbm({ feature_names: ['amounts', 'b', 'country'] }), /reads "amounts", which/],
  ['a feature twice', lightgbm({ feature_names: ['items sold', 'items_sold', 'country'] }), /as two columns/],
  ['columns without names', lightgbm({ feature_names: ['Column_0', 'Column_1'] }), /2 columns without names/],
  ['a category by order', lightgbm({}, { ...split, split_feature: 2 }), /splits "country" by order/],
  ['codes without words', lightgbm({ pandas_categorical: null }, set), /splits "country" by codes/],
  [
    'words of other columns',
    lightgbm({ pandas_categorical: [['a'], ['b']] }),
    /2 columns of categories, and 1 are .*"country"/,
  ],
  ['a word twice', lightgbm({ pandas_categorical: [['DE', 'DE']] }), /"DE" twice/],
  ['words that are none', lightgbm({ pandas_categorical: [[1.5]] }), /neither texts/],
  [
    'a category beyond its words',
    lightgbm({ pandas_categorical: [['DE']] }, set),
    /by the category 1, and has 1 words/,
  ],
  ['a negative category', lightgbm({}, { ...set, threshold: '0||-1' }), /no whole number from 0/],
  ['a code beyond float32', lightgbm({}, { ...set, threshold: '99999999' }), /no whole number from 0/],
];

const xgboostCases: readonly Case[] = [
  ['a dump of the other library', lightgbm(), /no object "learner"/],
  ['no trees at all', xgboost({ booster: { name: 'gblinear' } }), /boosted by "gblinear"/],
  ['dropped trees without weights', xgboost({ booster: { name: 'dart' } }), /no object "gbtree"/],
  ['an objective that ranks', xgboost({ learner: { objective: { name: 'rank:ndcg' } } }), /"rank:ndcg"/],
  ['several targets', xgboost({ param: { num_target: '2' } }), /several targets/],
  [
    'leafs of several numbers',
    xgboost({}, { ...tree, tree_param: { size_leaf_vector: '3' } }),
    /several numbers in each leaf/,
  ],
  [
    'a base score of no class',
    xgboost({ param: { base_score: '[1E0]' } }),
    /base_score "\[1E0\]" is none of its objective/,
  ],
  ['a base score that is none', xgboost({ param: { base_score: 'half' } }), /base_score "half"/],
  ['base scores for others', xgboost({ param: { base_score: '[0.1,0.2]' } }), /2 numbers for 1 sums/],
  ['a tree of another group', xgboost({ model: { tree_info: [1] } }), /group of tree 0/],
  ['a best iteration beyond', xgboost({ learner: { attributes: { best_iteration: '7' } } }), /best_iteration/],
  ['too many features', xgboost({ param: { num_feature: '99999' } }), /"num_feature"/],
  [
    'other names than features',
    xgboost({ learner: { feature_names: ['a'] } }),
    /feature_names are 1, and its features 3/,
  ],
  ['a node that comes back', xgboost({}, { ...tree, left_children: [0, -1, -1] }), /comes back to its node 0/],
  ['two ways to a node', xgboost({}, { ...tree, left_children: [2, -1, -1] }), /comes back to its node 2/],
  ['a child beyond', xgboost({}, { ...tree, left_children: [9, -1, -1] }), /a child of node 0/],
  ['a child that is no place', xgboost({}, { ...tree, left_children: [0.5, -1, -1] }), /a child of node 0/],
  ['no nodes', xgboost({}, { ...tree, left_children: [] }), /has no node/],
  ['a cut of null', xgboost({}, { ...tree, split_conditions: [null, 1, 1] }), /condition of node 0/],
  ['a set without members', xgboost({}, { ...bySet, categories_nodes: [] }), /names no categories/],
  ['members beyond the list', xgboost({}, { ...bySet, categories_sizes: [9] }), /more categories than it holds/],
  ['codes without words', xgboost({}, bySet), /splits "country" by codes/],
  [
    'letters beyond ASCII',
    xgboost({ model: { cats: { enc: [{ offsets: [0, 5], values: [-60, -116, 101] }] } } }),
    /an offset of/,
  ],
  [
    'letters in two bytes',
    xgboost({ model: { cats: { enc: [{ offsets: [0, 2], values: [-60, -116] }] } } }),
    /beyond ASCII/,
  ],
  ['words that overlap', xgboost({ model: { cats: { enc: [{ offsets: [2, 0], values: [68, 69] }] } } }), /overlap/],
  ['words that are no bytes', xgboost({ model: { cats: { enc: [{ offsets: [0], values: [999] }] } } }), /a byte of/],
];

describe('refused, each with one sentence', () => {
  test.each(named(lightgbmCases))('LightGBM: %s', (_about, [, dump, sentence, target]) => {
    expectRefusal(() => byLightGbm(dump, target), sentence);
  });

  test.each(named(xgboostCases))('XGBoost: %s', (_about, [, dump, sentence, target]) => {
    expectRefusal(() => byXgBoost(dump, target), sentence);
  });

  test('what comes alone', () => {
    const take = (text: string, said = {}) => modelFromDump(Buffer.from(text), said, []);
    expectRefusal(() => take('{}'), /neither a LightGBM dump nor an XGBoost model/);
    expectRefusal(() => take('tree\nversion=v4\n'), /text form/);
    const one = { features: [{ name: 'a', kind: 'number' }] };
    expectRefusal(() => take(JSON.stringify(lightgbm()), one), /reads 3 features, and the signature names 1/);
    const classes = { output: { classes: ['a', 'b', 'c'] } };
    expectRefusal(() => take(JSON.stringify(lightgbm()), classes), /answers 2 classes, and the signature names 3/);
  });
});

test('what stands in a prototype is no member', () => {
  const text = JSON.stringify(lightgbm({ feature_names: ['__proto__', 'constructor', 'country'] }));
  expectRefusal(() => graphFromLightGbm(text, known(binary), {}), /reads "__proto__", which is no feature/);
  expectRefusal(() => byLightGbm('{"__proto__": {"version": "v4"}}'), /has no text "version"/);
});
