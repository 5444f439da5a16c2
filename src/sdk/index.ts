/** The public surface: declare a model, and know its types. */
export { column, compare, freshness, missingShare, rowCount, unique } from './contract-rules.ts';
export { defineModel } from './define.ts';
export type { DefinedModel, Definition, InputOf, LabelOf } from './definition.ts';
export { extent, milliseconds, type DurationText, type ExtentInput, type ExtentText } from './extent-text.ts';
export { answerByRules, answerWith } from './fallback.ts';
export { boolean, category, number, time } from './features.ts';
export { atLeast, atMost, betterThanBaseline, noWorseThanChampion } from './gates.ts';
export { money, per } from './money.ts';
export { csv, ndjson, parquet } from './source.ts';
export { binary, multiclass, regression } from './target.ts';
export { gbdt, linear } from './trainer.ts';
export { PerennialError } from '../domain/errors.ts';
export type { ModelSpec } from '../domain/spec.ts';
