/** The public surface: declare a model, and know its types. */
export {
  column,
  compare,
  decimals,
  freshness,
  lengthWithin,
  missingShare,
  pattern,
  rowCount,
  rule,
  sql,
  references,
  unique,
} from './declare/contract-rules.ts';
export {
  distance,
  meanShift,
  missingChange,
  rowCountHistory,
  schemaChange,
  shareChange,
  spreadShift,
} from './declare/history-rules.ts';
export { cron } from './declare/cron.ts';
export { defineModel } from './declare/define.ts';
export type { DefinedModel, Definition, InputOf, LabelOf } from './declare/definition.ts';
export { extent, milliseconds, type DurationText, type ExtentInput, type ExtentText } from './declare/extent-text.ts';
export {
  age,
  bucket,
  clip,
  coalesce,
  col,
  cross,
  dayOfMonth,
  derived,
  difference,
  holds,
  hour,
  isMissing,
  isWord,
  log1p,
  month,
  product,
  ratio,
  sum,
  textLength,
  weekday,
} from './declare/expressions.ts';
export { answerByRules, answerWith } from './declare/fallback.ts';
export { boolean, category, number, time } from './declare/features.ts';
export {
  atLeast,
  atMost,
  betterThanBaseline,
  fair,
  footprint,
  noWorseInSlices,
  noWorseThanChampion,
} from './declare/gates.ts';
export { money, per } from './declare/money.ts';
export * as repair from './declare/repairs.ts';
export { csv, folder, kafka, ndjson, parquet, postgres, push, s3, union } from './declare/source.ts';
export { blocks, group } from './declare/split.ts';
export * as outlier from './declare/outliers.ts';
export { step } from './declare/steps/step.ts';
export { binary, multiclass, regression } from './declare/target.ts';
export * as draw from './declare/trainer/draws.ts';
export { command, gbdt, linear, search, streaming, worker } from './declare/trainer/trainer.ts';
export { defineView, from, type DefinedView, type ViewDefinition } from './declare/view.ts';
export * as windowed from './declare/windows.ts';
export { PerennialError } from '../domain/words/errors.ts';
export type { StepInput, StepResult } from '../domain/record/user-steps/messages.ts';
export type { ModelSpec } from '../domain/spec/spec.ts';
export type { ViewSpec } from '../domain/view/view-spec.ts';
