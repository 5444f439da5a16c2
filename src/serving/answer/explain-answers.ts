import type { Explanation } from '../../domain/record/explanation.ts';
import { PerennialError } from '../../domain/words/errors.ts';
import { sampledRowsMax } from '../../domain/words/limits.ts';
import type { Explainer, RowToExplain } from '../../onnx/explain/reasons.ts';
import { outputExplained } from '../../onnx/explain/units.ts';
import type { ServedVersion } from '../versions/model-table.ts';
import type { AnsweredRow } from './answer-by-arms.ts';
import { sayExplanation } from './say-explanation.ts';

/**
 * Why each row was answered as it was, by the version that answered it; null for one that no version answered. Never
 * rejects: a row that cannot be explained is answered all the same, and its explanation says why there is none.
 */
export async function explainAnswers(
  answered: readonly AnsweredRow[],
  top: number,
): Promise<readonly (Explanation | null)[]> {
  const versions = [...new Set(answered.map(({ by }) => by))];
  const said = new Map<AnsweredRow, Explanation>();
  for (const version of versions) {
    const rows = answered.filter(({ by, answer }) => by === version && answer !== null);
    // oxlint-disable-next-line no-await-in-loop -- rows of two arms at once would only hold up other requests
    for (const [row, explanation] of await explainBy(version, rows, top)) said.set(row, explanation);
  }
  return answered.map((row) => said.get(row) ?? null);
}

async function explainBy(
  version: ServedVersion,
  rows: readonly AnsweredRow[],
  top: number,
): Promise<readonly (readonly [AnsweredRow, Explanation])[]> {
  if (rows.length === 0) return [];
  try {
    const explainer = await version.explainer();
    const taken = rows.slice(0, rowsMaxOf(explainer));
    const asked = taken.map((row) => toExplain(version, row));
    const reasons = await explainer.explain(asked);
    return rows.map((row, at) => {
      const [of, why] = [asked[at], reasons[at]];
      if (of === undefined || why === undefined)
        return [row, none(`At most ${sampledRowsMax} rows of a request are explained by sampling.`)];
      return [row, sayExplanation({ version, explainer, asked: of, answer: row.answer, reasons: why, top })];
    });
  } catch (error) {
    const text = error instanceof PerennialError ? error.message : 'The version could not be explained.';
    return rows.map((row) => [row, none(text)]);
  }
}

function rowsMaxOf({ method }: Explainer): number {
  return method === 'sampled' ? sampledRowsMax : Infinity;
}

function toExplain({ pick, signature }: ServedVersion, { asked, answer }: AnsweredRow): RowToExplain {
  const output = outputExplained[signature.task](signature.classes, answer?.decision ?? null);
  return { row: pick(asked.row), output };
}

function none(text: string): Explanation {
  return { method: 'none', text };
}
