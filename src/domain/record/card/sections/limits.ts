import { isText, valuesOf } from '../../../features/kind-of.ts';
import { sayMany, sayNumber } from '../../../words/say.ts';
import { list, type CardLine, type CardSection } from '../card-document.ts';
import type { CardFacts } from '../card-facts.ts';

/** Rows below which values are mostly luck. */
const testRowsFew = 1_000;

/** What it is not to be trusted with, and what answers in its place. */
export function limitsSection(facts: CardFacts): CardSection {
  const lines = [
    ['It knows what its data held. Values outside the ranges above are refused or guessed at, not understood.'],
    ...ofCategories(facts),
    ...ofRows(facts),
    ...ofSlices(facts),
    ...unverified(facts),
    ...corrected(facts),
    ...facts.alerts.map(({ title, severity, since }): CardLine => [`Open since ${since} (${severity}): ${title}`]),
    [`Without a champion, ${facts.fallback ?? 'nothing answers: no fallback is declared'}.`],
  ];
  return { id: 'limits', title: 'Limits and fallback', blocks: [list(lines)] };
}

function ofCategories({ spec }: CardFacts): readonly CardLine[] {
  const isOpen = spec.features.some((feature) => isText(feature) && valuesOf(feature) === null);
  return isOpen ? [['A category that it has never seen is treated as missing.']] : [];
}

function ofRows({ metrics }: CardFacts): readonly CardLine[] {
  if (metrics === null || metrics.rows >= testRowsFew) return [];
  return [[`Its quality rests on ${sayMany(metrics.rows, 'test row')} only; read the intervals, not the values.`]];
}

/** Slices that were too small to be judged. */
function ofSlices({ slices }: CardFacts): readonly CardLine[] {
  const small = slices.filter(({ metrics }) => Object.keys(metrics).length === 1).length;
  return small === 0 ? [] : [[`Of ${sayMany(small, 'slice')} nothing is known: too few test rows.`]];
}

/** What nobody has looked at. */
function unverified({ origin, metrics, madeBy, spec, gate }: CardFacts): readonly CardLine[] {
  const not = [
    ...(metrics === null ? ['its quality'] : []),
    ...(gate === null ? ['whether it may be released: no gate was asked'] : []),
    ...(origin === 'imported' ? ['how it was made'] : madeBy === null ? ['which code made it'] : []),
    ...(spec.slices.length === 0 ? ['quality by parts of the rows'] : []),
  ];
  return not.length === 0 ? [] : [[`Not verified: ${not.join('; ')}.`]];
}

function corrected({ correction }: CardFacts): readonly CardLine[] {
  if (correction === null) return [];
  return [
    [
      `Its answers are corrected between trainings: slope ${sayNumber(correction.slope)}, shift ` +
        `${correction.intercepts.map(sayNumber).join(', ')} on the scale of log odds or of the value.`,
    ],
  ];
}
