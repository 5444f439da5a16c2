import { answerRows } from '../../src/answering/answer.ts';
import { readCorrection } from '../../src/answering/read-correction.ts';
import type { VersionRow } from '../../src/db/models/versions.ts';
import { inputsAt, type MeasuredAnswer } from '../../src/db/traffic/read/stretch.ts';
import { signatureOf } from '../../src/domain/spec/signature.ts';
import type { ModelSpec } from '../../src/domain/spec/spec.ts';
import { covariatesOf } from '../../src/domain/rollout/covariates.ts';
import { classesOf, scoreCountOf } from '../../src/domain/tasks/task-of.ts';
import type { GivenAnswers } from '../../src/domain/watch/window-quality.ts';
import { numbersIn } from '../../src/onnx/run/columns.ts';
import { loadModel, type LoadedModel } from '../../src/onnx/run/run-model.ts';
import { scoreForeign } from '../../src/onnx/run/score-columns.ts';
import type { ActivityDependencies } from '../dependencies.ts';
import { loggedColumns } from '../guard/logged-columns.ts';
import { remember } from './remember.ts';

const modelsCachedMax = 8;

export type SpecOf = (model: string, revision: number) => Promise<ModelSpec>;

export interface FirstChampion {
  /**
   * What the first champion, as it was released, would have answered to the same rows. Null when it answers another
   * question.
   */
  answersOf(
    model: string,
    spec: ModelSpec,
    first: VersionRow,
    rows: readonly MeasuredAnswer[],
    given: GivenAnswers,
  ): Promise<GivenAnswers | null>;
}

export function createFirstChampion(
  { database: { db }, store }: Pick<ActivityDependencies, 'database' | 'store'>,
  specOf: SpecOf,
): FirstChampion {
  const models = new Map<string, Promise<LoadedModel>>();

  async function answersOf(
    model: string,
    spec: ModelSpec,
    first: VersionRow,
    rows: readonly MeasuredAnswer[],
    given: GivenAnswers,
  ): Promise<GivenAnswers | null> {
    const classes = classesOf(spec.target);
    const width = scoreCountOf(spec.target);
    const raw = new Map(
      rows.filter((row) => row.firstRaw?.length === width).map((row) => [row.seq, row.firstRaw ?? []]),
    );
    const correction = await readCorrection(first.correction, (digest) => store.readBytes(digest));
    const standards = correction?.covariates ?? [];
    const values = new Float64Array(rows.length * standards.length);
    // What stands beside the scores of a correction is read of all rows.
    const unasked = rows.filter((row) => !raw.has(row.seq) || standards.length > 0).map((row) => row.seq);
    if (unasked.length > 0) {
      const inputs = await inputsAt(db, model, unasked);
      const columns = await loggedColumns(inputs, (revision) => specOf(model, revision));
      const scored = await scoreForeign(await modelOf(first.modelDigest), signatureOf(spec), columns);
      if (scored === null) return null;
      inputs.forEach(({ seq }, i) => raw.set(seq, Array.from(scored.subarray(i * width, (i + 1) * width))));
      const rowOf = new Map(rows.map(({ seq }, row) => [seq, row]));
      const read = covariatesOf(standards, inputs.length, (name) => numbersIn(columns, name));
      inputs.forEach(({ seq }, i) =>
        values.set(read.values.subarray(i * read.width, (i + 1) * read.width), (rowOf.get(seq) ?? 0) * read.width),
      );
    }
    const answered = answerRows(
      {
        question: { task: spec.target.task, classes },
        threshold: first.threshold,
        correction,
      },
      rows.flatMap(({ seq }) => raw.get(seq) ?? []),
      { width: standards.length, values },
    );
    return { ...given, ...answered };
  }

  function modelOf(digest: string): Promise<LoadedModel> {
    return remember(
      models,
      digest,
      modelsCachedMax,
      async () => loadModel(await store.checkedPathOf(digest)),
      (old) => void old.then(({ session }) => session.release()).catch(() => undefined),
    );
  }

  return { answersOf };
}
