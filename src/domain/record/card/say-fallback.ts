import { sayMany, sayNumber } from '../../words/say.ts';
import type { FallbackAnswer, FallbackSpec, ModelSpec } from '../../spec/spec.ts';

const rulesMax = 10;

/** What answers when no champion can, as a clause; null when the definition declares nothing. */
export function sayFallback({ fallback }: Pick<ModelSpec, 'fallback'>): string | null {
  if (fallback === null || fallback === undefined) return null;
  const rules = fallback.rules
    .slice(0, rulesMax)
    .map(({ when, answer }) => `${sayAnswer(answer)} where ${when.feature} ${when.op} ${String(when.value)}`);
  const more = fallback.rules.length > rulesMax ? [`${sayMany(fallback.rules.length - rulesMax, 'more rule')}`] : [];
  return `the declared fallback answers, marked as such: ${[...rules, ...more, ruleless(fallback)].join('; ')}`;
}

function ruleless({ rules, otherwise }: FallbackSpec): string {
  return `${sayAnswer(otherwise)}${rules.length === 0 ? ' always' : ' otherwise'}`;
}

function sayAnswer(answer: FallbackAnswer): string {
  return typeof answer === 'number' ? sayNumber(answer) : `"${answer}"`;
}
