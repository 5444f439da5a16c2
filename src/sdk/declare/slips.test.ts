import { expect, test } from 'vitest';
import { parseSpec } from '../../contracts/spec/parse-spec.ts';
import { parseView } from '../../contracts/spec/view-spec.ts';
import { PerennialError } from '../../domain/words/errors.ts';
import * as sdk from '../index.ts';

// What a person may write where no compiler looks: a definition is run without being checked.
const words: Record<string, (...given: unknown[]) => unknown> = { ...untyped(sdk) };
const repairs = untyped(sdk.repair);
const outliers = untyped(sdk.outlier);

function untyped(from: object): Record<string, (...given: unknown[]) => unknown> {
  return Object.fromEntries(
    Object.entries(from).flatMap(([name, value]: [string, unknown]) =>
      typeof value === 'function' ? [[name, (...given: unknown[]): unknown => Reflect.apply(value, null, given)]] : [],
    ),
  );
}

function word(name: string, ...given: unknown[]): unknown {
  const called = words[name];
  if (called === undefined) throw new Error(`no word ${name}`);
  return called(...given);
}

const about = { owner: 'shop', useCase: 'Tests.', successCriterion: 'They pass.' };

function model(part: () => object): () => unknown {
  return () =>
    parseSpec(
      word('defineModel', 'shop', {
        about,
        source: word('csv', 'a.csv'),
        features: { amount: word('number'), country: word('category', ['DE', 'FR']), at: word('time') },
        target: word('binary', 'back', { positive: 'yes', negative: 'no' }),
        ...part(),
      }),
    );
}

function view(part: () => object): () => unknown {
  return () =>
    parseView(
      word('defineView', {
        name: 'cards',
        owner: 'risk',
        entity: 'card',
        eventTime: 'at',
        source: word('csv', 'a.csv'),
        features: { limit: word('number') },
        ...part(),
      }),
    );
}

function said(run: () => unknown): string {
  try {
    run();
  } catch (error) {
    if (error instanceof PerennialError) return `${error.message} ${error.hint}`;
    throw error;
  }
  return 'nothing';
}

const rules =
  (...given: [string, ...unknown[]]) =>
  () => ({ contract: { rules: [word(...given)] } });
const gates =
  (...given: [string, ...unknown[]]) =>
  () => ({ gates: [word(...given)] });
const steps = (declaration: () => unknown) => () => ({ steps: { evaluate: [declaration()] } });
const features = (name: string, declaration: () => unknown) => () => ({
  features: { amount: word('number'), [name]: declaration() },
});

test('the definition without a slip is taken', () => {
  expect(said(model(() => ({})))).toBe('nothing');
  expect(said(view(() => ({})))).toBe('nothing');
});

test.each([
  [features('x', () => word('number', { mn: 0 })), 'features[1] has no member "mn"; known here: '],
  [features('x', () => word('boolean', { mising: 'allow' })), 'has no member "mising"; did you mean "missing"'],
  [features('x', () => word('time', { timezone: 'UTC' })), 'has no member "timezone"; did you mean "timeZone"'],
  [features('x', () => word('category', ['a'], { min: 0 })), 'features[1] has no member "min"'],
  [features('x', () => word('number', 0, 100)), 'number: its options are no object'],
  [features('x', () => word('category', 'DE', 'FR')), 'category: its names are no list'],
  [features('x', () => 'number'), 'features.x is not declared'],
  [features('x', () => words['number']), 'features.x is not declared'],
  [() => ({ featurs: {} }), 'has no member "featurs" Did you mean features?'],
  [() => ({ features: undefined }), 'lacks features It needs about, features, target, source.'],
  [() => ({ colour: 'red' }), 'has no member "colour" It may have about,'],
  [() => ({ target: 'back' }), 'target is not declared Write binary('],
  [() => ({ source: 'a.csv' }), "source is not declared Write csv('file.csv')"],
  [() => ({ source: word('csv', 'a.csv', { delimiter: ';' }) }), 'source has no member "delimiter"'],
  [() => ({ target: word('regression', 'x', { delay: '1 day' }) }), 'target has no member "delay"'],
  [() => ({ target: word('regression', 'x', { labelDelay: 100 }) }), 'target.labelDelay: 100 is neither a duration'],
  [() => ({ outliers: outliers['clip']?.({ quantiles: [0, 1], feature: 'x' }) }), 'no member "feature"'],
  [() => ({ repairs: [repairs['unit']?.('amount', { from: 'g', to: 'kg', per: 1 })] }), 'no member "per"'],
  [() => ({ repairs: [repairs['castTo']?.('amount', 'number', { mark: ',' })] }), 'no member "mark"'],
  [() => ({ retrain: { budget: { runs: 1, per: '100 rows', pr: 3 } } }), 'retrain.budget has no member "pr"'],
  [rules('unique', 'amount'), 'unique: its names are no list'],
  [rules('unique', ['amount'], { sevrity: 'warn' }), 'has no member "sevrity"; did you mean "severity"'],
  [rules('compare', 'amount', '>', 0, { tolerence: 0.1 }), 'has no member "tolerence"; did you mean "tolerance"'],
  [rules('compare', 'amount', '>', 0, 'warn'), 'compare: its options are no object'],
  [rules('rowCount', { min: 1 }, { serve: 'refuse' }), 'has no member "serve"'],
  [rules('missingShare', 'amount', 0.2, { sevrity: 'warn' }), 'has no member "sevrity"'],
  [rules('schemaChange', { mayadd: false }), 'has no member "mayadd"; did you mean "mayAdd"'],
  [rules('meanShift', 'amount', 1, { versus: 'x' }), 'has no member "versus"'],
  [gates('betterThanBaseline', 'auroc', { bye: 1 }), 'has no member "bye"'],
  [gates('noWorseThanChampion', 'logLoss', { margin: 0.1, alfa: 0.1 }), 'has no member "alfa"; known here: '],
  [steps(() => word('step', 'audit')), "step('audit'): its options are no object"],
  [steps(() => word('step', 'audit', {})), "steps.evaluate[0] is not declared Write step('name', { queue: '…' })."],
  [steps(() => 'audit'), 'steps.evaluate[0] is not declared'],
  [steps(() => word('step', 'audit', { queue: 'q', timeout: 5 })), 'has no member "timeout"; did you mean "timeoutMs"'],
  [steps(() => word('step', 'audit', { queue: 'perennial-cpu' })), 'is one of the platform'],
  [() => ({ steps: { evaluate: word('step', 'audit', { queue: 'q' }) } }), 'steps.evaluate: its names are no list'],
  [
    () => ({ steps: { evaluat: [word('step', 'audit', { queue: 'q' })] } }),
    'steps has no member "evaluat"; did you mean "evaluate"',
  ],
])('a slip in a model: %#', (part, words) => {
  expect(said(model(part))).toContain(words);
});

test.each([
  [() => ({ ttll: '1 day' }), 'view cards has no member "ttll"'],
  [() => ({ source: undefined }), 'view cards lacks source'],
  [() => ({ features: { limit: words['number'] } }), 'features.limit is not declared'],
  [() => ({ features: { limit: word('number', { mx: 1 }) } }), 'has no member "mx"; known here: '],
])('a slip in a view: %#', (part, words) => {
  expect(said(view(part))).toContain(words);
});

test('a definition without its name, or in its place, is told how it is written', () => {
  for (const given of [[{ features: {} }], [undefined, {}], ['shop', 'orders'], []])
    expect(said(() => word('defineModel', ...given))).toContain("Write defineModel('orders', { features: { … }");
  for (const given of [['cards', {}], []])
    expect(said(() => word('defineView', ...given))).toContain("Write defineView({ name: 'cards'");
});

test('a source may take the options of another one whole, and no word is made another by an option', () => {
  const other = word('csv', 'a.csv', { nullTexts: ['?'] });
  expect(word('csv', 'b.csv', other)).toEqual({ ...(other as object), path: 'b.csv' });
  expect(word('number', { kind: 'category' })).toMatchObject({ kind: 'number' });
  expect(word('regression', 'x', { task: 'binary', column: 'y' })).toMatchObject({ task: 'regression', column: 'x' });
});
