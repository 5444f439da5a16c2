import { expect, test } from 'vitest';
import { completeSpec } from '../../../domain/spec/default-spec.ts';
import type { TargetSpec } from '../../../domain/spec/spec.ts';
import type { SearchedFamilies, TrainerInput } from '../../../domain/spec/trainer-spec.ts';
import { isPerennialError } from '../../../domain/words/errors.ts';
import * as draw from '../../../sdk/declare/trainer/draws.ts';
import { search } from '../../../sdk/declare/trainer/trainer.ts';
import { parseSpec } from '../parse-spec.ts';

const column = { column: 'outcome', labelDelay: { rows: 10 } };
const binary = { task: 'binary', positive: 'yes', negative: 'no', ...column } as const;

const specWith = (trainer: TrainerInput, target: TargetSpec = binary): unknown =>
  JSON.parse(
    JSON.stringify(
      completeSpec({
        name: 'searched',
        about: { owner: 'o', useCase: 'u', successCriterion: 's' },
        features: [{ kind: 'number', name: 'amount', missing: 'refuse' }],
        target,
        source: { kind: 'file', path: 'a.csv', format: 'csv' },
        trainer,
      }),
    ),
  );

function refusalOf(trainer: unknown): string {
  try {
    parseSpec({ ...(specWith(search()) as object), trainer });
  } catch (error) {
    if (isPerennialError(error)) return error.message;
    throw error;
  }
  return 'accepted';
}

test('a search is a trainer with families, ranges and limits, and comes back as it was', () => {
  for (const trainer of [
    search(),
    search({ linear: {} }, { trialsMax: 1 }),
    search(
      { gbdt: { leavesMax: draw.integer(2, 64), l2: draw.oneOf(0, 1), treesMax: 50 } },
      { sampler: 'random', halving: { rungs: 2, factor: 4 }, computeMsMax: 60_000, cost: { perHour: 2, max: 5 } },
    ),
  ]) {
    const spec = specWith(trainer);
    expect(parseSpec(spec)).toEqual(spec);
  }
});

const base = specWith(search()) as { readonly trainer: object };

test.each([
  [{ families: {} }, /trainer\.families: names no family/],
  [{ families: { forest: {} } }, /has no member "forest"/],
  [{ families: { gbdt: { leafsMax: 3 } } }, /did you mean "leavesMax"/],
  [{ families: { gbdt: { seed: 3 } } }, /has no member "seed"/],
  [{ families: { gbdt: { learningRate: { of: 'logUniform', low: 0, high: 1 } } } }, /learningRate: begins with 0/],
  [{ families: { gbdt: { learningRate: { of: 'uniform', low: 0.5, high: 0.1 } } } }, /goes from 0\.5 to 0\.1/],
  [{ families: { gbdt: { learningRate: { of: 'uniform', low: 0.5, high: 7 } } } }, /families\.gbdt\.learningRate/],
  [{ families: { gbdt: { leavesMax: { of: 'integer', low: 2.5, high: 9 } } } }, /no whole ends/],
  [{ families: { gbdt: { leavesMax: { of: 'normal', low: 2, high: 9 } } } }, /must be a value, or a range/],
  [{ families: { gbdt: { leavesMax: { of: 'oneOf', values: [] } } } }, /leavesMax/],
  [{ families: { gbdt: { leavesMax: { of: 'oneOf', values: [7, 7] } } } }, /has a value twice/],
  [{ families: { gbdt: { leavesMax: '7' } } }, /leavesMax/],
  [{ sampler: 'grid' }, /is a range, of which a grid has no end/],
  [{ sampler: 'best' }, /trainer\.sampler/],
  [{ sampler: 'grid', trialsMax: 2, families: { linear: { l2: { of: 'oneOf', values: [1, 2, 3] } } } }, /3 settings/],
  [{ trialsMax: 0 }, /trainer\.trialsMax/],
  [{ trialsMax: 501 }, /trainer\.trialsMax/],
  [{ parallel: 17 }, /trainer\.parallel/],
  [{ halving: { rungs: 1, factor: 3 } }, /trainer\.halving\.rungs/],
  [{ cost: { perHour: 0, max: 3 } }, /trainer\.cost\.perHour/],
])('refuses %j with its place', (change, said) => {
  expect(refusalOf({ ...base.trainer, ...change })).toMatch(said);
});

test('what is minimised is said, and is the same for all that is compared', () => {
  const regression = (families: SearchedFamilies) => specWith(search(families), { task: 'regression', ...column });
  expect(() => parseSpec(regression({ gbdt: { objective: 'absolute' } }))).not.toThrow();
  expect(() => parseSpec(regression({ gbdt: { objective: 'absolute' }, linear: {} }))).toThrow(/another loss than/);
  expect(() => parseSpec(regression({ gbdt: { objective: draw.oneOf('absolute', 'huber') } }))).toThrow(
    /cannot be comp/,
  );
  expect(() => parseSpec(regression({ gbdt: { monotone: { amuont: 'increasing' } } }))).toThrow(/Did you mean amount/);
});

test('blocks leave no rows on which trials could be compared', () => {
  const spec = specWith(search()) as { split: object };
  const split = { ...spec.split, blocks: { folds: 5 } };
  expect(() => parseSpec({ ...spec, split })).toThrow(/trials are compared on validation rows, and blocks leave none/);
});
