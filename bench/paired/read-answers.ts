import type { Database } from '../../src/db/base/connect.ts';
import { answeredPage, type AnsweredRow } from '../../src/db/traffic/read/answered-page.ts';
import { PerennialError } from '../../src/domain/words/errors.ts';
import type { TargetSpec } from '../../src/domain/spec/spec.ts';

/** One row as it was answered, with the label that it has by now. */
export type LabelledAnswer = Pick<AnsweredRow, 'predictionId' | 'version' | 'scores' | 'decision' | 'label'>;

/** What one loop answered, in the order of its traffic. */
export interface Answers {
  /** Whose they are, as a sentence names them. */
  readonly of: string;
  readonly model: string;
  readonly target: TargetSpec;
  readonly rows: readonly LabelledAnswer[];
}

/** All of them are held in memory, twice. */
const rowsMax = 2_000_000;

/** Every answer of a model. Without `model` the database must hold a single one. */
export async function readAnswers({ db, pool }: Database, of: string, model: string | null): Promise<Answers> {
  const specs = await pool.query<{ model: string; target: TargetSpec }>(
    `select distinct on (model) model, spec->'target' as target from spec_revision
     where $1::text is null or model = $1 order by model, revision desc`,
    [model],
  );
  const [found] = specs.rows;
  const names = specs.rows.map((row) => row.model);
  if (found === undefined)
    throw new PerennialError('not_found', `${of} holds ${model === null ? 'no model' : `no model "${model}"`}.`);
  if (names.length > 1)
    throw new PerennialError('invalid_request', `${of} holds ${names.length} models: --model names one of them.`);
  const rows: LabelledAnswer[] = [];
  for (let afterSeq = 0; ;) {
    const page = await answeredPage(db, found.model, afterSeq);
    for (const { predictionId, version, scores, decision, label } of page)
      rows.push({ predictionId, version, scores, decision, label });
    const last = page.at(-1);
    if (last === undefined) return { of, model: found.model, target: found.target, rows };
    if (rows.length > rowsMax)
      throw new PerennialError('invalid_request', `${of} holds more than ${rowsMax.toLocaleString('en')} answers.`);
    afterSeq = last.seq;
  }
}
