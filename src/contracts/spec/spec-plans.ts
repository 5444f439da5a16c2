import { z } from 'zod';
import {
  baselines,
  comparisonSigns,
  correctionModes,
  deadlineActions,
  fairnessMeasures,
  footprintFigures,
  failureKinds,
  seasonPhases,
  guardActions,
  undecidedActions,
  undecidedComparisons,
  holdEnds,
  weekdays,
} from '../../domain/spec/closed-sets.ts';
import { metricNames } from '../../domain/metrics/metrics.ts';
import { correctionFeaturesMax } from '../../domain/spec/parts/watch-spec.ts';
import { proxiesMax, proxyName } from '../../domain/spec/watch/check-proxies.ts';
import { approversMax } from '../../domain/spec/approval/check-approval.ts';
import { servedRowsPerRunMax } from '../../domain/spec/parts/model-process.ts';
import { foldsMax, foldsMin } from '../../domain/spec/split/check-split.ts';
import { slicesPerGateMax } from '../../domain/spec/gates/declared-slices.ts';
import { extentSchema, columnName } from './spec-columns.ts';
import { cronSchema } from './spec-cron.ts';
import { strict } from './strict.ts';
import { tokenNamePattern, tokenNameRule } from '../../domain/words/token-name.ts';
import { charsMax } from '../../domain/words/limits.ts';

const tokenName = z.string().regex(tokenNamePattern, tokenNameRule);
const positiveInt = z.int().min(1);
const waitMs = z.int().min(1).max(86_400_000);
/** An error probability: 0 would never stop anything, 1 always. */
const alpha = z.number().gt(0).lt(1);
const margin = z.number().min(0);

export const metricSchema = z.enum(metricNames());

export const splitSchema = strict({
  validationShare: z.number().gt(0).lt(1),
  testShare: z.number().gt(0).lt(1),
  validationRowsMax: positiveInt,
  testRowsMax: positiveInt,
  group: strict({ column: columnName, seed: z.int() }).exactOptional(),
  blocks: strict({ folds: z.int().min(foldsMin).max(foldsMax) }).exactOptional(),
});

const sliceName = z.string().min(1).max(charsMax.columnName);

export const sliceSchema = z.union(
  [
    columnName,
    strict({ name: sliceName, feature: columnName, is: z.union([z.string().max(charsMax.category), z.boolean()]) }),
    strict({
      name: sliceName,
      feature: columnName,
      from: z.number().exactOptional(),
      below: z.number().exactOptional(),
    }),
  ],
  { error: () => 'must be a column, or { name, feature, is }, or { name, feature, from, below }' },
);

const overSlices = { slices: z.array(sliceName).min(1).max(slicesPerGateMax), undecided: z.enum(undecidedActions) };

export const gateSchema = z.discriminatedUnion(
  'gate',
  [
    strict({ gate: z.literal('atLeast'), metric: metricSchema, value: z.number() }),
    strict({ gate: z.literal('atMost'), metric: metricSchema, value: z.number() }),
    strict({
      gate: z.literal('noWorseThanChampion'),
      metric: metricSchema,
      margin,
      alpha,
      undecided: z.enum(undecidedComparisons).exactOptional(),
    }),
    strict({
      gate: z.literal('betterThanBaseline'),
      baseline: z.enum(baselines),
      metric: metricSchema,
      by: z.number(),
    }),
    strict({ gate: z.literal('noWorseInSlices'), metric: metricSchema, margin, alpha, ...overSlices }),
    strict({
      gate: z.literal('fair'),
      measure: z.enum(fairnessMeasures),
      atMost: z.number().gt(0).lt(1),
      ...overSlices,
    }),
    strict({
      gate: z.literal('footprint'),
      figure: z.enum(footprintFigures),
      atMost: z.number().gt(0).exactOptional(),
      atLeast: z.number().gt(0).exactOptional(),
      atMostTimesChampion: z.number().gt(0).exactOptional(),
      atLeastTimesChampion: z.number().gt(0).exactOptional(),
      batchRows: z.int().min(1).max(servedRowsPerRunMax).exactOptional(),
      price: strict({
        perCoreHour: z.number().gt(0),
        perGibHour: z.number().min(0).exactOptional(),
      }).exactOptional(),
      undecided: z.enum(undecidedActions),
    }),
  ],
  {
    error: () =>
      'must be one of "atLeast", "atMost", "noWorseThanChampion", "betterThanBaseline", "noWorseInSlices", "fair", ' +
      '"footprint"',
  },
);

const money = strict({ fixed: z.number(), per: strict({ column: columnName, factor: z.number() }).exactOptional() });

export const valueSchema = strict({
  currency: z.string().min(1).max(16),
  truePositive: money,
  falsePositive: money,
  trueNegative: money,
  falseNegative: money,
});

const timeOfDay = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'must be a time of day like "18:00"');

const freezeWindowSchema = strict({
  days: z.array(z.enum(weekdays)).min(1).max(weekdays.length),
  from: timeOfDay,
  to: timeOfDay,
  timeZone: z.string().min(1).max(64),
});

export const rolloutSchema = strict({
  shadow: extentSchema,
  canary: z
    .array(
      strict({
        percent: z.number().gt(0).max(100),
        extent: extentSchema,
        rowsMin: positiveInt.max(1e12).exactOptional(),
        approval: z.boolean().exactOptional(),
      }),
    )
    .max(20),
  lookEvery: extentSchema,
  pollMs: waitMs.min(10),
  alpha,
  riskRatioMax: z.number().min(1),
  failures: z.array(z.enum(failureKinds)).max(failureKinds.length),
  slowMs: waitMs,
  breaker: strict({ errorShareMax: z.number().min(0).max(1), rowsMin: positiveInt }),
  promotion: strict({ metric: metricSchema, margin, alpha, labelledRowsMin: positiveInt }),
  deadline: extentSchema,
  atDeadline: z.enum(deadlineActions),
  holdMsMax: z.int().min(1).max(31_536_000_000),
  automaticPercentMax: z.number().min(0).max(100),
  ackTimeoutMs: waitMs,
  leaseMs: waitMs,
  guard: strict({ labelledRows: positiveInt, action: z.enum(guardActions) }).exactOptional(),
  approval: strict({
    people: positiveInt.max(10),
    fourEyes: z.boolean(),
    atDeadline: z.enum(holdEnds),
    by: z.array(tokenName).min(1).max(approversMax).exactOptional(),
  }).exactOptional(),
  excessFailuresMax: positiveInt.max(1e9).exactOptional(),
  freezeWindows: z.array(freezeWindowSchema).min(1).max(20).exactOptional(),
});

export const seasonSchema = strict({ phases: z.enum(seasonPhases), timeZone: z.string().min(1).max(64) });

export const watchSchema = strict({
  window: extentSchema,
  falseAlarmRate: alpha,
  effectMin: z.number().min(0).max(1),
  missingShareRiseMax: z.number().min(0).max(1),
  season: seasonSchema.nullable().exactOptional(),
  multivariate: z
    .union([z.literal(true), strict({ aurocRiseMin: z.number().min(0).max(0.5) })], {
      error: () => 'must be true, { aurocRiseMin } with 0 to 0.5, or null',
    })
    .nullable()
    .exactOptional(),
  labelCoverage: z.number().min(0.5).max(0.999).exactOptional(),
  decay: strict({
    alpha,
    relativeRiseMin: z.number().min(0),
    labelledRowsMin: positiveInt,
    referenceRows: positiveInt.exactOptional(),
    slices: z.boolean().exactOptional(),
  }),
  proxies: z
    .array(
      strict({
        name: z.string().regex(proxyName, 'must be up to 64 of a-z, 0-9 and "_", beginning with a letter'),
        meaning: z.string().min(1).max(charsMax.words),
        better: z.enum(['higher', 'lower']),
      }),
    )
    .max(proxiesMax)
    .exactOptional(),
  labelDrift: strict({ falseAlarmRate: alpha }).nullable().exactOptional(),
  estimateAlarm: strict({ alpha, relativeRiseMin: z.number().min(0) })
    .nullable()
    .exactOptional(),
  correction: strict({
    halfLifeRows: positiveInt,
    rowsMax: positiveInt,
    labelledRowsMin: positiveInt,
    featuresMax: z.int().min(0).max(correctionFeaturesMax).exactOptional(),
    everyRows: z.int().min(50).exactOptional(),
    recentErrors: z.boolean().exactOptional(),
    mode: z.enum(correctionModes).exactOptional(),
  })
    .nullable()
    .exactOptional(),
  webhooks: z
    .array(
      z
        .url({ protocol: /^https?$/, error: () => 'must be a URL that begins with http:// or https://' })
        .max(charsMax.url),
    )
    .max(8),
});

export const retrainSchema = strict({
  schedule: z
    .union([extentSchema, cronSchema], {
      error: () => 'must be { rows }, { ms }, { cron, timeZone } or null',
    })
    .nullable(),
  newLabelledRows: positiveInt.nullable(),
  growthFactor: z.number().gt(1).nullable(),
  onDrift: z.boolean(),
  onDecay: z.boolean(),
  onSpecChange: z.boolean(),
  onSourceChange: z.boolean().exactOptional(),
  staleAfter: extentSchema.nullable(),
  cooldown: extentSchema,
  budget: strict({ runs: positiveInt, per: extentSchema, savedMax: positiveInt.exactOptional() }),
  followUpRowsMax: positiveInt.exactOptional(),
  labelledRowsMin: positiveInt,
});

const kept = strict({ ms: z.int().min(86_400_000).max(1e13) }).nullable();

export const retentionSchema = strict({ predictions: kept, labels: kept, evidence: kept, artifacts: kept });

const fallbackAnswer = z.union([z.string().min(1).max(charsMax.classLabel), z.number()], {
  error: () => 'must be a class label or a number',
});

export const fallbackSchema = strict({
  rules: z
    .array(
      strict({
        when: strict({
          feature: columnName,
          op: z.enum(comparisonSigns),
          value: z.union([z.number(), z.string().max(charsMax.category), z.boolean()], {
            error: () => 'must be a number, text, true or false',
          }),
        }),
        answer: fallbackAnswer,
      }),
    )
    .max(50),
  otherwise: fallbackAnswer,
});
