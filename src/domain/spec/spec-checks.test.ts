import { expect, test } from 'vitest';
import { checkSpec } from './check-spec.ts';
import { completeSpec, type ModelSpecInput } from './default-spec.ts';
import { completeTrainer } from './trainer-spec.ts';
import { describeChange, diffSpecs } from './diff-spec.ts';
import { listNames, nearestName } from '../words/nearest-name.ts';
import { gatedSlices } from './gates/declared-slices.ts';
import type { FootprintGate } from './parts/footprint-gate.ts';
import type { GateSpec, ModelSpec } from './spec.ts';

const input: ModelSpecInput = {
  name: 'shop.fraud',
  about: { owner: 'o', useCase: 'u', successCriterion: 's' },
  features: [
    { kind: 'number', name: 'amount', missing: 'refuse', min: 0, max: 10 },
    { kind: 'category', name: 'land', missing: 'allow' },
    { kind: 'time', name: 'at', missing: 'allow' },
  ],
  target: { task: 'binary', column: 'bad', positive: 'yes', negative: 'no', labelDelay: { rows: 500 } },
  source: { kind: 'file', path: 'x.csv', format: 'csv' },
  eventTime: { column: 'at' },
  slices: ['land'],
};
const good = completeSpec(input);
const correction = { halfLifeRows: 500, rowsMax: 3_000, labelledRowsMin: 100 };
const pathsOf = (spec: ModelSpec) => checkSpec(spec).map((problem) => problem.path);

const over = (slices: readonly string[]): GateSpec => ({
  gate: 'noWorseInSlices',
  metric: 'logLoss',
  margin: 0.02,
  alpha: 0.05,
  slices,
  undecided: 'wait',
});

const fair = (slices: readonly string[]): GateSpec => ({
  gate: 'fair',
  measure: 'equalisedOdds',
  atMost: 0.1,
  slices,
  undecided: 'ask',
});

const footprint = (said: Omit<FootprintGate, 'gate' | 'undecided'>): GateSpec => ({
  gate: 'footprint',
  undecided: 'ask',
  ...said,
});

test('recent errors have a part in corrections of two classes alone', () => {
  const watch = { ...good.watch, correction: { ...correction, everyRows: 50, recentErrors: true } };
  expect(pathsOf({ ...good, watch })).toEqual([]);
  const target = { task: 'regression', column: 'amount', labelDelay: { rows: 1 } } as const;
  expect(pathsOf({ ...good, target, watch })).toContain('watch.correction.recentErrors');
});

test('a warm start is refused beside what it cannot keep', () => {
  const trainer = completeTrainer({ kind: 'gbdt', warmStart: true, historyShares: [1] });
  const wrong = (changes: Partial<ModelSpec>) =>
    checkSpec({ ...good, trainer, ...changes }).filter(({ path }) => path === 'trainer.warmStart');
  expect(wrong({})).toEqual([]);
  expect(wrong({ outliers: [{ action: 'drop', quantiles: [0.01, 0.99] }] })).toEqual([]);
  expect(wrong({ split: { ...good.split, blocks: { folds: 5 } } })).toEqual([
    {
      path: 'trainer.warmStart',
      message: 'the champion has seen rows of every block but the newest, so no block can judge what goes on from it',
      fix: 'Leave it out, or split by time.',
    },
  ]);
  expect(wrong({ split: { ...good.split, group: { column: 'land', seed: 1 } } })).toMatchObject([
    { message: expect.stringContaining('groups overlap in time') },
  ]);
  expect(wrong({ outliers: [{ action: 'clip', quantiles: [0.01, 0.99] }] })).toMatchObject([
    { message: expect.stringContaining('limits of outliers are learnt anew by each training') },
  ]);
});

test('gates on what the candidate takes have no problems, in units or in factors of the champion', () => {
  const gates = [
    footprint({ figure: 'latencyP99Ms', atMost: 20 }),
    footprint({ figure: 'memoryBytes', atMostTimesChampion: 1.2 }),
    footprint({ figure: 'rowsPerCoreSecond', atLeastTimesChampion: 0.8, batchRows: 32 }),
    footprint({ figure: 'costPer1000', atMost: 0.01, price: { perCoreHour: 0.04, perGibHour: 0 } }),
  ];
  expect(checkSpec({ ...good, gates })).toEqual([]);
});

test('a gate over declared slices has no problems, and a column stands for each of its values', () => {
  const spec: ModelSpec = {
    ...good,
    features: [...good.features, { kind: 'boolean', name: 'online', missing: 'allow' }],
    slices: [
      'land',
      'online',
      { name: 'large', feature: 'amount', from: 5 },
      { name: 'at', feature: 'land', is: 'at' },
    ],
    gates: [over(['large', 'online']), over(['at', 'large']), fair(['online'])],
  };
  expect(checkSpec(spec)).toEqual([]);
  const slices = gatedSlices(spec);
  expect(slices.map(({ name }) => name)).toEqual(['large', 'online = true', 'online = false', 'at']);
  const held = (value: string | number | boolean | null) =>
    slices.filter(({ holds }) => holds(value)).map(({ name }) => name);
  expect([held(5), held(4.9), held(true), held('at'), held(null)]).toEqual([
    ['large'],
    [],
    ['online = true'],
    ['at'],
    [],
  ]);
});

test('the defaults have no problems, for every task, with windows in rows and in time', () => {
  expect(checkSpec(good)).toEqual([]);
  expect(checkSpec(completeSpec({ ...input, watch: { window: { ms: 60_000 } } }))).toEqual([]);
  expect(
    checkSpec(completeSpec({ ...input, target: { task: 'regression', column: 'y', labelDelay: { rows: 1 } } })),
  ).toEqual([]);
  expect(
    checkSpec(
      completeSpec({
        ...input,
        target: { task: 'multiclass', column: 'y', classes: ['a', 'b', 'c'], labelDelay: { rows: 1 } },
      }),
    ),
  ).toEqual([]);
});

test('extents follow the window, and what is said wins over what follows', () => {
  const spec = completeSpec({
    ...input,
    watch: { window: { rows: 200 } },
    rollout: { lookEvery: { rows: 50 }, promotion: { margin: 0.5 } },
  });
  expect(spec.rollout).toMatchObject({
    shadow: { rows: 200 },
    lookEvery: { rows: 50 },
    deadline: { rows: 1_100 },
    promotion: { metric: 'logLoss', margin: 0.5, labelledRowsMin: 100 },
  });
  expect(spec.retrain).toMatchObject({ cooldown: { rows: 400 }, budget: { runs: 1, per: { rows: 1_000 } } });
});

test.each<[string, Partial<ModelSpec>, string[]]>([
  ['name', { name: 'Payments Fraud' }, ['name']],
  ['two dots', { name: 'a.b.c' }, ['name']],
  ['no features', { features: [], slices: [] }, ['features']],
  ['all labels', { watch: { ...good.watch, labelCoverage: 1 } }, ['watch.labelCoverage']],
  [
    'more than an AUROC can rise',
    { watch: { ...good.watch, multivariate: { aurocRiseMin: 0.6 } } },
    ['watch.multivariate.aurocRiseMin'],
  ],
  [
    'recent errors that are old',
    { watch: { ...good.watch, correction: { ...correction, recentErrors: true } } },
    ['watch.correction.recentErrors'],
  ],
  [
    'labels that always alarm',
    { watch: { ...good.watch, labelDrift: { falseAlarmRate: 1 } } },
    ['watch.labelDrift.falseAlarmRate'],
  ],
  [
    'slices that are judged and not declared',
    { slices: [], gates: [], watch: { ...good.watch, decay: { ...good.watch.decay, slices: true } } },
    ['watch.decay.slices'],
  ],
  [
    'an estimate that always rings',
    { watch: { ...good.watch, estimateAlarm: { alpha: 1, relativeRiseMin: -1 } } },
    ['watch.estimateAlarm.alpha', 'watch.estimateAlarm.relativeRiseMin'],
  ],
  [
    'proxies that cannot be told apart',
    {
      watch: {
        ...good.watch,
        proxies: [
          { name: 'call', meaning: 'they called', better: 'lower' },
          { name: 'call', meaning: ' ', better: 'lower' },
          { name: 'No-name', meaning: 'nobody', better: 'higher' },
        ],
      },
    },
    ['watch.proxies[1].name', 'watch.proxies[1].meaning', 'watch.proxies[2].name'],
  ],
  [
    'too many proxies',
    {
      watch: {
        ...good.watch,
        proxies: Array.from({ length: 9 }, (_, at) => ({ name: `p${at}`, meaning: 'x', better: 'lower' as const })),
      },
    },
    ['watch.proxies'],
  ],
  ['few labels', { watch: { ...good.watch, labelCoverage: 0.4 } }, ['watch.labelCoverage']],
  [
    'duplicate feature but for case',
    { features: [...good.features, { kind: 'number', name: 'AMOUNT', missing: 'allow' }] },
    ['features[3]'],
  ],
  [
    'range',
    { features: [{ kind: 'number', name: 'a', missing: 'allow', min: 2, max: 1 }], slices: [] },
    ['features[0]'],
  ],
  [
    'reserved name',
    { features: [{ kind: 'number', name: '_order', missing: 'allow' }], slices: [] },
    ['features[0].name'],
  ],
  ['target is a feature', { target: { ...good.target, column: 'amount' } as ModelSpec['target'] }, ['features']],
  [
    'one class',
    {
      target: { task: 'multiclass', column: 'y', classes: ['a'], labelDelay: { rows: 1 } },
      gates: [],
      rollout: good.rollout,
    },
    ['target'],
  ],
  ['slice by a number', { slices: ['amount'] }, ['slices[0]']],
  ['unknown slice', { slices: ['lnd'] }, ['slices[0]']],
  ['slices of one name', { slices: ['land', { name: 'land', feature: 'land', is: 'at' }] }, ['slices[1]']],
  ['a value of a number', { slices: [{ name: 'ten', feature: 'amount', is: 'x' }] }, ['slices[0]']],
  ['a range of a category', { slices: [{ name: 'low', feature: 'land', below: 1 }] }, ['slices[0].feature']],
  ['a range of everything', { slices: [{ name: 'all', feature: 'amount' }] }, ['slices[0]']],
  ['an empty range', { slices: [{ name: 'none', feature: 'amount', from: 2, below: 2 }] }, ['slices[0]']],
  ['no such feature', { slices: [{ name: 'x', feature: 'lnd', is: 'at' }] }, ['slices[0].feature']],
  ['a gate over an undeclared slice', { gates: [over(['lnd'])] }, ['gates[0].slices[0]']],
  ['a gate over values that only the rows tell', { gates: [over(['land'])] }, ['gates[0].slices']],
  [
    'fair between one group',
    { slices: [{ name: 'one', feature: 'land', is: 'at' }], gates: [fair(['one'])] },
    ['gates[0].slices'],
  ],
  [
    'fair answers of a regression',
    {
      target: { task: 'regression', column: 'y', labelDelay: { rows: 1 } },
      slices: [
        { name: 'one', feature: 'land', is: 'at' },
        { name: 'two', feature: 'land', is: 'de' },
      ],
      gates: [fair(['one', 'two'])],
      rollout: { ...good.rollout, promotion: { ...good.rollout.promotion, metric: 'mae' } },
    },
    ['gates[0]'],
  ],
  ['a footprint without a limit', { gates: [footprint({ figure: 'fileBytes' })] }, ['gates[0]']],
  ['two limits', { gates: [footprint({ figure: 'fileBytes', atMost: 1, atMostTimesChampion: 1 })] }, ['gates[0]']],
  ['a limit on the wrong side', { gates: [footprint({ figure: 'fileBytes', atLeast: 1 })] }, ['gates[0].atLeast']],
  ['throughput at most', { gates: [footprint({ figure: 'rowsPerCoreSecond', atMost: 1 })] }, ['gates[0].atMost']],
  ['a limit of nothing', { gates: [footprint({ figure: 'memoryBytes', atMost: 0 })] }, ['gates[0].atMost']],
  ['cost without a price', { gates: [footprint({ figure: 'costPer1000', atMost: 1 })] }, ['gates[0].price']],
  [
    'a core for nothing',
    { gates: [footprint({ figure: 'costPer1000', atMost: 1, price: { perCoreHour: 0, perGibHour: -1 } })] },
    ['gates[0].price.perCoreHour', 'gates[0].price.perGibHour'],
  ],
  [
    'a price of latency',
    { gates: [footprint({ figure: 'latencyP99Ms', atMost: 1, price: { perCoreHour: 1 } })] },
    ['gates[0].price'],
  ],
  [
    'runs of what has none',
    { gates: [footprint({ figure: 'latencyP99Ms', atMost: 1, batchRows: 2 })] },
    ['gates[0].batchRows'],
  ],
  [
    'runs larger than any',
    { gates: [footprint({ figure: 'rowsPerCoreSecond', atLeast: 1, batchRows: 257 })] },
    ['gates[0].batchRows'],
  ],
  [
    'success by a metric of another task',
    { about: { ...good.about, successCriterion: { metric: 'rmse', atMost: 1 } } },
    ['about.successCriterion.metric'],
  ],
  [
    'success that more of a loss would be',
    { about: { ...good.about, successCriterion: { metric: 'logLoss', atLeast: 1 } } },
    ['about.successCriterion'],
  ],
  [
    'success in money that nobody declared',
    { about: { ...good.about, successCriterion: { metric: 'value', atLeast: 1 } } },
    ['about.successCriterion.metric'],
  ],
  ['a gate over no slice', { gates: [over([])] }, ['gates[0].slices']],
  [
    'more slices than rows can bear',
    {
      features: [
        { kind: 'category', name: 'land', missing: 'allow', values: Array.from({ length: 21 }, (_, i) => `${i}`) },
      ],
      eventTime: null,
      gates: [over(['land'])],
    },
    ['gates[0].slices'],
  ],
  [
    'unknown column in a rule',
    {
      contract: {
        quarantineShareMax: 0.1,
        rules: [{ rule: 'unique', id: 'u', columns: ['amount', 'nowhere'], severity: 'warn' }],
      },
    },
    ['contract.rules[0]'],
  ],
  ['gate of another task', { gates: [{ gate: 'atMost', metric: 'rmse', value: 1 }] }, ['gates[0].metric']],
  ['value without value', { gates: [{ gate: 'atLeast', metric: 'value', value: 1 }] }, ['gates[0].metric']],
  [
    'steps that go back',
    {
      rollout: {
        ...good.rollout,
        canary: [
          { percent: 20, extent: { rows: 1 } },
          { percent: 10, extent: { rows: 1 } },
        ],
      },
    },
    ['rollout.canary[1].percent'],
  ],
  ['alpha of 1', { rollout: { ...good.rollout, alpha: 1 } }, ['rollout.alpha']],
  ['NaN', { rollout: { ...good.rollout, riskRatioMax: Number.NaN } }, ['rollout.riskRatioMax']],
  ['lease shorter than polls', { rollout: { ...good.rollout, leaseMs: 1_500 } }, ['rollout.leaseMs']],
  ['nothing left to train on', { split: { ...good.split, testShare: 0.9 } }, ['split']],
  ['growth that is none', { retrain: { ...good.retrain, growthFactor: 1 } }, ['retrain.growthFactor']],
])('%s is a problem with a path and a fix', (_, changes, paths) => {
  const spec = { ...good, ...changes };
  expect(pathsOf(spec)).toEqual(paths);
  for (const problem of checkSpec(spec)) expect(problem.fix).not.toBe('');
});

test('a diff names what changed, features by name, an inserted one as one line', () => {
  const [amount, ...others] = good.features;
  const after: ModelSpec = {
    ...good,
    features: [{ ...amount, max: 20 } as never, { kind: 'boolean', name: 'new', missing: 'allow' }, ...others],
    rollout: { ...good.rollout, alpha: 0.01, canary: [{ percent: 30, extent: { rows: 500 } }] },
    eventTime: null,
  };
  expect(diffSpecs(good, after).map(describeChange)).toEqual([
    '~ eventTime: {"column":"at"} -> null',
    '~ features.amount.max: 10 -> 20',
    '+ features.new: {"kind":"boolean","missing":"allow","name":"new"}',
    '~ rollout.canary[0].percent: 20 -> 30',
    '~ rollout.alpha: 0.05 -> 0.01',
  ]);
  expect(diffSpecs(good, { ...good })).toEqual([]);
  expect(diffSpecs(good, { ...good, features: [...good.features].reverse() }).map((change) => change.path)).toEqual([
    'features (order)',
  ]);
});

test('the name that was meant', () => {
  expect(nearestName('clas', ['period', 'class'])).toBe('class');
  expect(nearestName('CLASS', ['period', 'class'])).toBe('class');
  expect(nearestName('amuont', ['amount', 'count'])).toBe('amount');
  expect(nearestName('zebra', ['period', 'class'])).toBeNull();
  expect(listNames(Array.from({ length: 42 }, (_, index) => `c${index}`))).toMatch(/c39 and 2 more$/);
});

test('an approval is left out, or completed by what it leaves out', () => {
  expect(good.rollout).not.toHaveProperty('approval');
  const declared = completeSpec({ ...input, rollout: { approval: { people: 2 } } });
  expect(declared.rollout.approval).toEqual({ people: 2, fourEyes: false, atDeadline: 'take-out' });
  expect(checkSpec(declared)).toEqual([]);
});

test('who may approve is declared, each once and as many as must', () => {
  const withBy = (by: readonly string[], people = 2) =>
    checkSpec(completeSpec({ ...input, rollout: { approval: { people, by } } })).map(
      ({ path, message }) => `${path}: ${message}`,
    );
  expect(withBy(['ann', 'bob'])).toEqual([]);
  expect(withBy(['ann', 'bob', 'ann'])).toEqual(['rollout.approval.by: "ann" is named twice']);
  expect(withBy(['ann'])).toEqual(['rollout.approval.by: 2 people must approve, and fewer are named']);
  expect(withBy([], 0)).toEqual(['rollout.approval.by: 0 names']);
});

test('a season needs the time of each row and a zone that exists', () => {
  const withSeason = (timeZone: string, spec: ModelSpec = good): ModelSpec => ({
    ...spec,
    watch: { ...spec.watch, season: { phases: 'hour-of-week', timeZone } },
  });
  expect(checkSpec(withSeason('Europe/Berlin'))).toEqual([]);
  expect(pathsOf(withSeason('Europe/Atlantis'))).toEqual(['watch.season.timeZone']);
  expect(pathsOf(withSeason('UTC', { ...good, eventTime: null }))).toEqual(['watch.season']);
  expect(checkSpec(withSeason('', good))[0]?.message).toBe('"" is no known time zone');
});

test('a limit of failures and freeze windows are left out, or declared as they are, and checked', () => {
  expect(good.rollout).not.toHaveProperty('excessFailuresMax');
  expect(good.rollout).not.toHaveProperty('freezeWindows');
  const window = { days: ['sat', 'sun'], from: '00:00', to: '00:00', timeZone: 'Europe/Berlin' } as const;
  const rollout = { excessFailuresMax: 20, freezeWindows: [window] };
  const declared = completeSpec({ ...input, rollout });
  expect(declared.rollout).toMatchObject(rollout);
  expect(checkSpec(declared)).toEqual([]);
  const problems = (changed: NonNullable<typeof input.rollout>) =>
    checkSpec(completeSpec({ ...input, rollout: changed })).map(
      ({ path, message, fix }) => `${path}: ${message}. ${fix}`,
    );
  expect(problems({ excessFailuresMax: 0 })).toEqual([expect.stringMatching(/^rollout\.excessFailuresMax: /)]);
  expect(problems({ freezeWindows: [{ days: [], from: '24:00', to: '8:00', timeZone: 'Berlin' }] })).toEqual([
    "rollout.freezeWindows[0].days: no day is named. Name at least one, like 'sat'.",
    'rollout.freezeWindows[0].from: "24:00" is no time of day. Write hours and minutes like \'18:00\'.',
    'rollout.freezeWindows[0].to: "8:00" is no time of day. Write hours and minutes like \'18:00\'.',
    "rollout.freezeWindows[0].timeZone: \"Berlin\" is no known time zone. Use a name like 'Europe/Berlin' or 'UTC'.",
  ]);
  const workdays = { ...window, days: ['mon', 'tue', 'wed', 'thu', 'fri'] } as const;
  expect(problems({ freezeWindows: [window, workdays] })).toEqual([
    'rollout.freezeWindows: the windows cover the whole week, so no rollout could ever move forward. ' +
      'Leave a gap between them.',
  ]);
});

test('a step in time may ask for rows as well; one in rows has them', () => {
  const paths = (step: NonNullable<NonNullable<typeof input.rollout>['canary']>[number]) =>
    checkSpec(completeSpec({ ...input, rollout: { canary: [step] } })).map(
      ({ path, message }) => `${path}: ${message}`,
    );
  expect(paths({ percent: 5, extent: { ms: 3_600_000 }, rowsMin: 500 })).toEqual([]);
  expect(paths({ percent: 5, extent: { rows: 900 }, rowsMin: 500 })).toEqual([
    'rollout.canary[0].rowsMin: the step is declared in rows already',
  ]);
  expect(paths({ percent: 5, extent: { ms: 3_600_000 }, rowsMin: 0 })).toHaveLength(1);
});
