import { z } from 'zod';
import {
  batchRuleSeverities,
  comparisonSigns,
  contractRuleKinds,
  dateOrders,
  epochUnits,
  inputUses,
  missingPolicies,
  ruleSeverities,
  servePolicies,
} from '../../domain/spec/closed-sets.ts';
import { modelNamePattern } from '../../domain/spec/check-spec.ts';
import { metricNames } from '../../domain/metrics/metrics.ts';
import { decimalsMax } from '../../domain/spec/columns/check-rules.ts';
import { historyBatchesMax } from '../../domain/spec/columns/check-history-rules.ts';
import { rowSqlMax } from '../../domain/row-sql/tree.ts';
import { successRowsMax } from '../../domain/spec/gates/success-criterion.ts';
import { expressionSchema } from './spec-expression.ts';
import { ofNoKind, strict } from './strict.ts';
import { charsMax } from '../../domain/words/limits.ts';

export const modelName = z
  .string()
  .regex(
    modelNamePattern,
    'must be lower-case letters, digits, "-" or "_", starting with a letter, with at most one dot between team and ' +
      'model, such as "fraud" or "payments.fraud"',
  );

/** A column may have any header that a file may have; control characters would break logs and quoting. */
export const columnName = z
  .string()
  .min(1)
  .max(charsMax.columnName)
  // oxlint-disable-next-line no-control-regex -- control characters are exactly what is refused
  .regex(/^[^\u0000-\u001f\u007f]+$/, 'must not contain control characters');

export const words = z.string().min(1).max(charsMax.words);

/** Columns that together name whom a row of a view is about. */
export const entityColumnsMax = 8;
const positiveInt = z.int().min(1);

export const extentSchema = z.union([strict({ rows: positiveInt.max(1e12) }), strict({ ms: positiveInt.max(1e13) })], {
  error: () => 'must be { rows: <whole number> } or { ms: <milliseconds> }',
});

const windowRows = z.int().min(30).max(successRowsMax).exactOptional();

export const aboutSchema = strict({
  owner: words,
  useCase: words,
  successCriterion: z.union(
    [
      words,
      strict({ metric: z.enum(metricNames()), atLeast: z.number(), windowRows }),
      strict({ metric: z.enum(metricNames()), atMost: z.number(), windowRows }),
    ],
    { error: () => 'must be words, or { metric, atLeast } or { metric, atMost }, with windowRows where wished' },
  ),
  replaces: words.exactOptional(),
});

const missing = z.enum(missingPolicies);
const serve = z.enum(servePolicies).exactOptional();
const use = z.enum(inputUses).exactOptional();

const revisionDigest = z
  .string()
  .regex(/^[0-9a-f]{64}$/, 'must be the digest of a revision: 64 hexadecimal digits')
  .nullable();

/** A feature that comes from a view, and by which columns its value is found. */
const viewPin = strict({
  view: modelName,
  feature: columnName,
  digest: revisionDigest,
  on: z.array(columnName).min(1).max(entityColumnsMax),
}).exactOptional();

const featureBase = { name: columnName, missing, about: words.exactOptional(), serve, use };

/** How a file writes instants; which zones there are is asked in the domain. */
export const timeReading = {
  dateOrder: z.enum(dateOrders).exactOptional(),
  timeZone: z.string().min(1).max(charsMax.timeZone).exactOptional(),
  epochUnit: z.enum(epochUnits).exactOptional(),
};

export const eventTimeSchema = strict({ column: columnName, ...timeReading });

export const featureSchema = featuresOver({ ...featureBase, from: viewPin });
/** As a row brings it: no view does. */
export const ownFeatureSchema = featuresOver(featureBase);

function featuresOver<Base extends typeof featureBase>(base: Base) {
  return z.discriminatedUnion(
    'kind',
    [
      strict({
        ...base,
        kind: z.literal('number'),
        min: z.number().exactOptional(),
        max: z.number().exactOptional(),
        integer: z.boolean().exactOptional(),
      }),
      strict({
        ...base,
        kind: z.literal('category'),
        values: z.array(z.string().max(charsMax.category)).min(1).max(20_000).exactOptional(),
      }),
      strict({ ...base, kind: z.literal('boolean') }),
      strict({ ...base, ...timeReading, kind: z.literal('time') }),
    ],
    { error: ofNoKind('must be one of "number", "category", "boolean", "time"') },
  );
}

export const derivedSchema = strict({ name: columnName, expression: expressionSchema, about: words.exactOptional() });

const classLabel = z.string().min(1).max(charsMax.classLabel);
const targetBase = { column: columnName };

export const targetSchema = targetsOver({ ...targetBase, labelDelay: extentSchema });
/** What a label looks like, without when it comes. */
export const labelSchema = targetsOver(targetBase);

function targetsOver<Base extends typeof targetBase>(base: Base) {
  return z.discriminatedUnion(
    'task',
    [
      strict({ ...base, task: z.literal('binary'), positive: classLabel, negative: classLabel }),
      strict({ ...base, task: z.literal('multiclass'), classes: z.array(classLabel).min(2).max(1_000) }),
      strict({ ...base, task: z.literal('regression') }),
    ],
    { error: ofNoKind('must be one of "binary", "multiclass", "regression"') },
  );
}

const ruleId = z
  .string()
  .max(charsMax.ruleId, `must be 1 to ${charsMax.ruleId} characters long`)
  .regex(/^[A-Za-z0-9_.-]+$/, `must be 1 to ${charsMax.ruleId} letters, digits, ".", "_" or "-"`);
/** Whether a rule may be called so. */
export function isRuleId(text: string): boolean {
  return ruleId.safeParse(text).success;
}
const severity = z.enum(ruleSeverities);
const batchSeverity = z.enum(batchRuleSeverities);
const share = z.number().min(0).max(1);
const characters = z.int().min(0).max(charsMax.value);

const tolerance = z.number().exactOptional();
const columnHistory = {
  id: ruleId,
  column: columnName,
  against: z
    .string()
    .regex(/^[0-9a-f]{64}$/, 'must be the whole digest of a snapshot')
    .exactOptional(),
  severity: batchSeverity,
};

export const ruleSchema = z.discriminatedUnion(
  'rule',
  [
    strict({ rule: z.literal('unique'), id: ruleId, columns: z.array(columnName).min(1).max(16), severity, tolerance }),
    strict({
      rule: z.literal('references'),
      id: ruleId,
      columns: z.array(columnName).min(1).max(entityColumnsMax),
      view: modelName,
      digest: revisionDigest,
      severity,
      tolerance,
      serve,
    }),
    strict({
      rule: z.literal('compare'),
      id: ruleId,
      left: columnName,
      op: z.enum(comparisonSigns),
      right: z.union([
        strict({ column: columnName }),
        strict({ value: z.union([z.number(), z.string().max(charsMax.category), z.boolean()]) }),
      ]),
      severity,
      tolerance,
      serve,
    }),
    strict({
      rule: z.literal('length'),
      id: ruleId,
      column: columnName,
      min: characters.exactOptional(),
      max: characters.exactOptional(),
      severity,
      tolerance,
      serve,
    }),
    strict({
      rule: z.literal('pattern'),
      id: ruleId,
      column: columnName,
      pattern: z.string().min(1).max(charsMax.pattern),
      severity,
      tolerance,
      serve,
    }),
    strict({
      rule: z.literal('decimals'),
      id: ruleId,
      column: columnName,
      precision: z.int().min(1).max(decimalsMax),
      scale: z.int().min(0).max(decimalsMax),
      severity,
      tolerance,
      serve,
    }),
    strict({
      rule: z.literal('expression'),
      id: ruleId,
      name: z.string().min(1).max(charsMax.ruleName),
      expression: z.string().min(1).max(rowSqlMax.characters),
      severity,
      tolerance,
      serve,
    }),
    strict({
      rule: z.literal('rowCount'),
      id: ruleId,
      min: z.int().min(0),
      max: z.int().min(0).exactOptional(),
      severity: batchSeverity,
    }),
    strict({
      rule: z.literal('missingShare'),
      id: ruleId,
      column: columnName,
      shareMax: share,
      severity: batchSeverity,
    }),
    strict({
      rule: z.literal('rowCountHistory'),
      id: ruleId,
      batches: z.int().min(2).max(historyBatchesMax),
      factor: z.number().exactOptional(),
      deviations: z.number().exactOptional(),
      severity: batchSeverity,
    }),
    strict({
      rule: z.literal('schemaChange'),
      id: ruleId,
      mayAdd: z.boolean(),
      severity: batchSeverity,
    }),
    strict({ rule: z.literal('meanShift'), ...columnHistory, deviationsMax: z.number() }),
    strict({ rule: z.literal('spreadShift'), ...columnHistory, factorMax: z.number() }),
    strict({ rule: z.literal('missingChange'), ...columnHistory, changeMax: share }),
    strict({ rule: z.literal('shareChange'), ...columnHistory, changeMax: share }),
    strict({ rule: z.literal('distance'), ...columnHistory, distanceMax: share }),
    strict({
      rule: z.literal('freshness'),
      id: ruleId,
      column: columnName,
      ageMsMax: positiveInt,
      severity: batchSeverity,
    }),
  ],
  { error: () => `must be one of ${contractRuleKinds.map((kind) => `"${kind}"`).join(', ')}` },
);

export const contractSchema = strict({ rules: z.array(ruleSchema).max(200), quarantineShareMax: share, serve });
