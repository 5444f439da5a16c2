import { openArtifactStore } from '../artifacts/open-artifact-store.ts';
import { answeredPage } from '../db/traffic/read/answered-page.ts';
import { findVersion } from '../db/models/versions.ts';
import { PerennialError } from '../domain/words/errors.ts';
import { gainsOf } from '../domain/metrics/gains.ts';
import type { Metrics } from '../domain/metrics/metrics.ts';
import { signatureOf } from '../domain/spec/signature.ts';
import { classesOf, positiveOf } from '../domain/tasks/task-of.ts';
import { decideRows } from '../answering/decide.ts';
import { columnFrom, columnsOf } from '../onnx/run/columns.ts';
import { loadModel } from '../onnx/run/run-model.ts';
import { scoreColumns } from '../onnx/run/score-columns.ts';
import { prequential } from '../replay/prequential.ts';
import type { Play } from './play.ts';

export interface Worth {
  readonly metrics: Metrics;
  /** Money over all live rows, by the truth. */
  readonly value: number;
}

export interface WorldValue {
  readonly rows: number;
  readonly currency: string;
  readonly loop: Worth;
  readonly neverRetrained: Worth;
  readonly saved: number;
  readonly savedPerRow: number;
  /** Live rows that Postgres holds an answer for. */
  readonly storedRows: number;
}

interface Way {
  /** Probabilities, row-major. */
  readonly scores: Float64Array;
  /** 1 where the payment was held. */
  readonly held: Uint8Array;
}

/** What the loop's decisions were worth, beside those of the first champion on the same payments. */
export async function valueOf(play: Play): Promise<WorldValue> {
  const { feed, spec, position: rows } = play;
  const payments = Array.from({ length: rows }, (_, row) => feed.payment(row));
  const classes = classesOf(spec.target);
  const truth = Float64Array.from(payments, (payment) => classes.indexOf(payment.truth));
  const { loop, storedRows } = await servedByLoop(play, rows);
  const first = await servedByFirst(play, rows);
  if (spec.value === null) throw new PerennialError('internal', 'the model declares no value');
  const gains = gainsOf(spec.value, truth, (name) =>
    name === 'amount' ? Float64Array.from(payments, ({ amount }) => amount) : undefined,
  );
  const worth = ({ scores, held }: Way): Worth => {
    const metrics = prequential(spec, truth, {
      scores,
      thresholds: new Float64Array(rows).fill(Number.NaN),
    });
    const value = held.reduce((sum, isHeld, row) => sum + ((isHeld === 1 ? gains.yes[row] : gains.no[row]) ?? 0), 0);
    return { metrics, value };
  };
  const ours = worth(loop);
  const theirs = worth(first);
  const saved = ours.value - theirs.value;
  return {
    rows,
    currency: spec.value.currency,
    loop: ours,
    neverRetrained: theirs,
    saved,
    savedPerRow: saved / rows,
    storedRows,
  };
}

/** What was answered, read back from Postgres, so that a resumed demo measures all of it. */
async function servedByLoop(
  { stage, spec, feed }: Play,
  rows: number,
): Promise<{ readonly loop: Way; readonly storedRows: number }> {
  const rowOf = new Map(Array.from({ length: rows }, (_, row) => [feed.payment(row).id, row]));
  const positive = positiveOf(spec.target);
  const scores = new Float64Array(rows * 2).fill(Number.NaN);
  const held = new Uint8Array(rows);
  let storedRows = 0;
  for (let afterSeq = 0; ;) {
    const page = await answeredPage(stage.stack.database.db, spec.name, afterSeq);
    for (const { predictionId, scores: answered, decision } of page) {
      const row = rowOf.get(predictionId);
      if (row === undefined) continue;
      scores.set(answered, row * 2);
      held[row] = decision === positive ? 1 : 0;
      storedRows += 1;
    }
    const last = page.at(-1);
    if (last === undefined) return { loop: { scores, held }, storedRows };
    afterSeq = last.seq;
  }
}

/** The first champion's own file and threshold, over the same payments. */
async function servedByFirst({ stage, spec, feed }: Play, rows: number): Promise<Way> {
  const version = await findVersion(stage.stack.database.db, spec.name, 1);
  if (version === null) throw new PerennialError('internal', 'the first version is gone');
  const payments = Array.from({ length: rows }, (_, row) => feed.payment(row).features);
  const columns = spec.features.map((feature) =>
    columnFrom(
      feature,
      payments.map((features) => features[feature.name as keyof typeof features]),
    ),
  );
  const store = openArtifactStore(stage.config);
  const model = await loadModel(await store.pathOf(version.modelDigest));
  try {
    const scores = await scoreColumns(model.session, signatureOf(spec), columnsOf(rows, columns));
    const question = { task: spec.target.task, classes: classesOf(spec.target) };
    return { scores, held: Uint8Array.from(decideRows(question, () => version.threshold, scores)) };
  } finally {
    await model.session.release();
  }
}
