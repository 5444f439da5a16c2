import type { Signature } from '../../domain/spec/signature.ts';
import { taskOf } from '../../domain/tasks/task-of.ts';
import type { FeatureProfile } from '../../domain/training/profile.ts';
import { labelBins, labelName } from '../../domain/watch/labels/label-cells.ts';
import { binnedProfile, valuesProfile } from './feature-profile.ts';

/** How the labels of these rows are distributed, in time order: classes, or values in bins. */
export function labelProfile({ task, classes }: Signature, labels: Float64Array): FeatureProfile {
  if (!taskOf(task).hasClasses) return binnedProfile(labelName, labels, labelBins);
  return valuesProfile(
    labelName,
    classes,
    Array.from(labels, (label) => classes[label] ?? null),
  );
}
