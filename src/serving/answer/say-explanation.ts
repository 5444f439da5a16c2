import type { CorrectionReason, Explanation, FeatureReason } from '../../domain/record/explanation.ts';
import type { Answer } from '../../domain/record/records.ts';
import type { TaskName } from '../../domain/spec/spec.ts';
import type { Explainer, Reasons, RowToExplain } from '../../onnx/explain/reasons.ts';
import { classExplained, units } from '../../onnx/explain/units.ts';
import type { ServedVersion } from '../versions/model-table.ts';
import { cellOf, sayCell } from './explained-cell.ts';

export interface Explained {
  readonly version: ServedVersion;
  readonly explainer: Explainer;
  readonly asked: RowToExplain;
  readonly answer: Answer | null;
  readonly reasons: Reasons;
  readonly top: number;
}

/** What is explained, in words; of several classes one. */
const subjects: Record<TaskName, (of: string) => string> = {
  binary: (of) => `the log-odds of ${of}`,
  multiclass: (of) => `the logit of ${of}`,
  regression: () => 'the value',
};

/** The reasons of one row as they are answered: the largest first, numbers in full, words rounded. */
export function sayExplanation(explained: Explained): Explanation {
  const { version, explainer, asked, reasons, top } = explained;
  const { signature } = version;
  const of = classExplained[signature.task](signature.classes, asked.output) ?? null;
  const subject = subjects[signature.task](of ?? '');
  const ranked = [...reasons.contributions]
    .map((contribution, index) => ({ contribution, index, feature: explainer.features[index] ?? '' }))
    .filter(({ contribution }) => contribution !== 0)
    .toSorted((a, b) => Math.abs(b.contribution) - Math.abs(a.contribution) || a.index - b.index);
  const features = ranked.slice(0, top).map(({ feature, contribution, index }): FeatureReason => {
    const value = cellOf(explainer.signature ?? signature, asked.row, feature);
    const error = reasons.errors?.[index];
    const sure = error === undefined ? '' : `, give or take ${rounded(error)}`;
    const moves = contribution > 0 ? 'raises' : 'lowers';
    const text = `${sayCell(feature, value)} ${moves} ${subject} by ${rounded(Math.abs(contribution))}${sure}.`;
    return { feature, value, contribution, ...(error === undefined ? {} : { standardError: error }), text };
  });
  const others = ranked.slice(top).reduce((sum, { contribution }) => sum + contribution, 0);
  const { base, score } = reasons;
  return {
    method: explainer.method,
    text: `It says ${rounded(base)} for ${subject} on average, and ${rounded(score)} here.`,
    ...(of === null ? {} : { of }),
    base,
    score,
    features,
    others,
    ...(explainer.samples === undefined ? {} : { samples: explainer.samples }),
    ...correctionOf(explained, subject),
  };
}

/** A correction is a sum over what it reads, so that its parts are exact. */
function correctionOf(
  { version, asked, answer, reasons }: Explained,
  subject: string,
): { readonly correction?: CorrectionReason } {
  const { correction } = version.answerer;
  if (correction === null || answer === null) return {};
  const unit = units[version.signature.task];
  const from = answer.rawScores === undefined ? reasons.score : unit(answer.rawScores, asked.output);
  const to = unit(answer.scores, asked.output);
  const values = version.covariatesOf(asked.row.numbers);
  const features = (correction.weights ?? [])
    .map((weight, k) => ({
      feature: correction.covariates?.[k]?.feature ?? '',
      contribution: weight * (values?.[k] ?? 0),
    }))
    .filter(({ contribution }) => contribution !== 0)
    .toSorted((a, b) => Math.abs(b.contribution) - Math.abs(a.contribution));
  const level = to - from - features.reduce((sum, { contribution }) => sum + contribution, 0);
  const text = `The correction moves ${subject} from ${rounded(from)} to ${rounded(to)}.`;
  return { correction: { from, to, level, features, text } };
}

/** Three digits, which is what a person reads. */
function rounded(value: number): string {
  return String(Number(value.toPrecision(3)));
}
