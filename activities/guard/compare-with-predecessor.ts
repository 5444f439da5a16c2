import { numberNames } from '../../src/domain/words/number-names.ts';
import { thresholdOf } from '../../src/answering/decide.ts';
import type { VersionRow } from '../../src/db/models/versions.ts';
import { readSpecRevision } from '../../src/db/models/specs.ts';
import type { LabelledRow } from '../../src/db/traffic/read/labelled-row.ts';
import { gainsOf } from '../../src/domain/metrics/gains.ts';
import { judgePromotion } from '../../src/domain/rollout/judge-promotion.ts';
import { signatureOf } from '../../src/domain/spec/signature.ts';
import type { ModelSpec } from '../../src/domain/spec/spec.ts';
import { quantileIn } from '../../src/domain/spec/trainer-spec.ts';
import { classesOf, taskOf } from '../../src/domain/tasks/task-of.ts';
import { loadModel } from '../../src/onnx/run/run-model.ts';
import { scoreForeign } from '../../src/onnx/run/score-columns.ts';
import type { ActivityDependencies } from '../dependencies.ts';
import { loggedColumns } from './logged-columns.ts';

/**
 * Scores the same labelled requests with the predecessor and holds the version against it. Null when the predecessor
 * cannot answer them: a changed target, or an input that is no longer logged.
 */
export async function compareWithPredecessor(
  { database, store }: Pick<ActivityDependencies, 'database' | 'store'>,
  spec: ModelSpec,
  labelled: readonly LabelledRow[],
  version: VersionRow,
  predecessor: VersionRow,
  labelledRowsMin: number,
): Promise<ReturnType<typeof judgePromotion> | null> {
  const { db } = database;
  const classes = classesOf(spec.target);
  const numberOf = ({ label }: LabelledRow) => taskOf(spec.target.task).labels.numberOf(label, classes);
  // A label that the definition does not know says nothing of either.
  const rows = labelled.filter((row) => numberOf(row) !== null);
  const model = await loadModel(await store.checkedPathOf(predecessor.modelDigest));
  try {
    const columns = await loggedColumns(
      rows,
      async (logged) => (await readSpecRevision(db, version.model, logged)).spec,
    );
    const signature = signatureOf(spec);
    const scored = await scoreForeign(model, signature, columns);
    if (scored === null) return null;
    const labels = Float64Array.from(rows, (row) => numberOf(row) ?? Number.NaN);
    const amount = (name: string): ArrayLike<number> | undefined => {
      const column = columns.byName.get(name);
      return column !== undefined && 'numbers' in column ? column.numbers : undefined;
    };
    return judgePromotion(
      {
        task: spec.target.task,
        classes,
        labels,
        champion: scored,
        challenger: Float64Array.from(rows.flatMap((row) => row.rawScores)),
        championThreshold: thresholdOf(spec.target, predecessor.threshold),
        challengerThreshold: thresholdOf(spec.target, version.threshold),
        quantile: quantileIn(spec.trainer),
        gains: spec.value === null ? null : gainsOf(spec.value, labels, amount),
        ...(spec.entity === null
          ? {}
          : { entities: Uint32Array.from(numberNames(rows.map((row) => row.entityHash ?? `row ${row.seq}`))) }),
      },
      { ...spec.rollout, promotion: { ...spec.rollout.promotion, labelledRowsMin } },
    );
  } finally {
    await model.session.release();
  }
}
