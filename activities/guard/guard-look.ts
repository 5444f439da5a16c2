import { thresholdOf } from '../../src/answering/decide.ts';
import { judgePromotion } from '../../src/domain/rollout/judge-promotion.ts';
import type { GuardInput } from '../../src/domain/record/runs.ts';
import { signatureOf } from '../../src/domain/spec/signature.ts';
import { classesOf, scoreCountOf, taskOf } from '../../src/domain/tasks/task-of.ts';
import { gainsOf } from '../../src/domain/metrics/gains.ts';
import { loadModel } from '../../src/onnx/run/run-model.ts';
import { scoreForeign } from '../../src/onnx/run/score-columns.ts';
import { putEvidence } from '../../src/db/runs/evidence.ts';
import { readRouting } from '../../src/db/routing/routing.ts';
import { closeRun } from '../../src/db/runs/runs.ts';
import { readSpecRevision } from '../../src/db/models/specs.ts';
import { recentScoredRows, type LabelledRow } from '../../src/db/traffic/read/labelled-rows.ts';
import { findRollout } from '../../src/db/routing/rollouts.ts';
import { findVersion } from '../../src/db/models/versions.ts';
import { lastClosedWindow } from '../../src/db/watching/windows.ts';
import { workflowIds } from '../../src/domain/words/ids.ts';
import type { ActivityDependencies } from '../dependencies.ts';
import { loggedColumns } from './logged-columns.ts';
import { guardDefault } from './plan-guard.ts';

export interface GuardLook {
  readonly verdict: 'wait' | 'fine' | 'worse' | 'superseded';
  readonly text: string;
  readonly evidenceId: number | null;
}

export function guardLookActivities(deps: ActivityDependencies) {
  const { database, store } = deps;
  const { db } = database;

  /** Re-scores the champion's labelled requests with its predecessor and compares the two on the same rows. */
  async function guardLook(input: GuardInput): Promise<GuardLook> {
    const champion = (await readRouting(db, input.model))?.champion?.version;
    if (champion !== input.version)
      return end(input, { verdict: 'superseded', text: 'another version is champion', evidenceId: null });
    const promoted = await findRollout(db, { model: input.model, version: input.version, attempt: 1 });
    const version = await findVersion(db, input.model, input.version);
    const predecessor = await findVersion(db, input.model, input.predecessor);
    if (version === null || predecessor === null || promoted === null)
      return end(input, { verdict: 'superseded', text: 'a version is gone', evidenceId: null });
    const { spec } = await readSpecRevision(db, input.model, version.specRevision);
    const wanted = (spec.rollout.guard ?? guardDefault).labelledRows;
    const through = await lastClosedWindow(db, input.model);
    const recent =
      through === null
        ? []
        : await recentScoredRows(db, input.model, {
            version: input.version,
            throughWindow: through.number,
            afterSeq: promoted.endedSeq ?? 0,
            rowsMax: wanted * 4,
          });
    const rows = recent.filter((row) => row.version === input.version);
    if (through === null || rows.length < wanted)
      return { verdict: 'wait', text: `${rows.length} of ${wanted} labelled rows`, evidenceId: null };
    const judged = await compare(
      input,
      rows,
      version.threshold,
      predecessor.threshold,
      predecessor.modelDigest,
      version.specRevision,
    );
    const verdict = judged.verdict === 'worse' ? 'worse' : 'fine';
    const evidence = await putEvidence(db, {
      model: input.model,
      kind: 'guard',
      subject: { of: 'version', version: input.version },
      verdict,
      body: { ...judged, predecessor: input.predecessor, throughWindow: through.number },
    });
    return end(input, { verdict, text: judged.text, evidenceId: evidence.evidenceId });
  }

  async function compare(
    input: GuardInput,
    rows: readonly LabelledRow[],
    threshold: number | null,
    predecessorThreshold: number | null,
    digest: string,
    revision: number,
  ) {
    const { spec } = await readSpecRevision(db, input.model, revision);
    const model = await loadModel(await store.pathOf(digest));
    try {
      const columns = await loggedColumns(
        rows,
        async (logged) => (await readSpecRevision(db, input.model, logged)).spec,
      );
      const signature = signatureOf(spec);
      const scored = await scoreForeign(model, signature, columns);
      const classes = classesOf(spec.target);
      const labels = Float64Array.from(
        rows,
        (row) => taskOf(spec.target.task).labels.numberOf(row.label, classes) ?? 0,
      );
      const amount = (name: string): ArrayLike<number> | undefined => {
        const column = columns.byName.get(name);
        return column !== undefined && 'numbers' in column ? column.numbers : undefined;
      };
      return judgePromotion(
        {
          task: spec.target.task,
          classes,
          labels,
          champion: scored ?? new Float64Array(rows.length * scoreCountOf(spec.target)),
          challenger: Float64Array.from(rows.flatMap((row) => row.rawScores)),
          championThreshold: thresholdOf(spec.target, predecessorThreshold),
          challengerThreshold: thresholdOf(spec.target, threshold),
          gains: spec.value === null ? null : gainsOf(spec.value, labels, amount),
        },
        { ...spec.rollout.promotion, labelledRowsMin: 1 },
        input.version,
      );
    } finally {
      await model.session.release();
    }
  }

  async function end(input: GuardInput, look: GuardLook): Promise<GuardLook> {
    await closeRun(db, workflowIds.guard(input.model, input.version), {
      status: 'completed',
      detail: `${look.verdict}: ${look.text}`,
      output: { verdict: look.verdict },
    });
    return look;
  }

  return { guardLook };
}
