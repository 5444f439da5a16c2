import type { Signature } from '../../domain/spec/signature.ts';
import { taskOf } from '../../domain/tasks/task-of.ts';
import type { FeatureProfile } from '../../domain/training/profile.ts';
import { labelBins, labelName } from '../../domain/watch/labels/label-cells.ts';
import { binnedProfile, valuesProfile } from './feature-profile.ts';
import type { SeasonRows } from './season-rows.ts';

/** How the labels of these rows are distributed, in time order and by phase of a season: classes, or values in bins. */
export function labelProfile({ task, classes }: Signature, labels: Float64Array, season?: SeasonRows): FeatureProfile {
  if (!taskOf(task).hasClasses) return binnedProfile(labelName, labels, labelBins, season);
  return valuesProfile(
    labelName,
    classes,
    Array.from(labels, (label) => classes[label] ?? null),
    undefined,
    season,
  );
}
