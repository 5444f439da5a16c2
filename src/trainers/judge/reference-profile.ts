import { kindOf } from '../../domain/features/kind-of.ts';
import { decideRows } from '../../answering/decide.ts';
import type { FeatureProfile, ReferenceProfile } from '../../domain/training/profile.ts';
import { positiveScores } from '../../domain/metrics/scored-rows.ts';
import { watchedOf, type Signature } from '../../domain/spec/signature.ts';
import type { TaskName } from '../../domain/spec/spec.ts';
import type { FeatureColumn, FeatureColumns } from '../../onnx/run/columns.ts';
import { missingColumn } from '../../onnx/run/columns.ts';
import type { RowRange } from '../interface.ts';
import { seasonRows, type DeclaredSeason, type SeasonRows } from './season-rows.ts';
import { answersByFeature } from './answers-by-feature.ts';
import { binnedProfile, categoryProfile, valuesProfile } from './feature-profile.ts';

const bins = 20;
const predictionName = 'prediction';

/**
 * How the rows that the release was fitted on are distributed, and what scores to expect: `scores` must come from the
 * very model that will serve, since another fit of the same configuration has other quantiles and every window would
 * alarm. With a season, rows are counted by phase as well; `timesMs` are those of the rows, `scoreTimesMs` of the
 * scores. `scored` are the rows that the scores are of.
 */
export function referenceProfile(
  signature: Signature,
  columns: FeatureColumns,
  fittedOn: RowRange,
  scores: Float64Array,
  season: DeclaredSeason | null = null,
  scored: RowRange = fittedOn,
): ReferenceProfile {
  const rowsOf = season === null ? null : seasonRows(season.of, season.timesMs);
  const scoresOf = season === null ? null : seasonRows(season.of, season.scoreTimesMs);
  const profile: ReferenceProfile = {
    formatVersion: 1,
    rows: fittedOn.to - fittedOn.from,
    features: watchedOf(signature).map(({ name, kind }) =>
      featureProfile(columns.byName.get(name) ?? missingColumn(name, kind, columns.rows), fittedOn, rowsOf?.strata),
    ),
    prediction: predictionProfiles[signature.task](signature, scores, scoresOf?.strata),
    ...(rowsOf === null ? {} : { season: rowsOf.season }),
  };
  return { ...profile, answers: answersByFeature(signature, columns, scored, profile, scores) };
}

function featureProfile(column: FeatureColumn, { from, to }: RowRange, season?: SeasonRows): FeatureProfile {
  if ('texts' in column) return categoryProfile(column.name, column.texts.slice(from, to), season);
  // Quantiles of what moves by nature would alarm on every window, so only missing ones are counted.
  return binnedProfile(column.name, column.numbers.subarray(from, to), kindOf(column.kind).canDrift ? bins : 1, season);
}

/** What of an answer is counted: the probability of the positive class, the decided class, or the value. */
const predictionProfiles: Record<
  TaskName,
  (signature: Signature, scores: Float64Array, season?: SeasonRows) => FeatureProfile
> = {
  binary: (_signature, scores, season) => binnedProfile(predictionName, positiveScores(scores), bins, season),
  multiclass: (signature, scores, season) => {
    const decided = Array.from(
      decideRows(signature, () => null, scores),
      (place) => signature.classes[place] ?? null,
    );
    return valuesProfile(predictionName, signature.classes, decided, undefined, season);
  },
  regression: (_signature, scores, season) => binnedProfile(predictionName, scores, bins, season),
};
