import { boundsOf } from '../../domain/features/kind-of.ts';
import type { ServedRules } from '../../domain/spec/served-rules.ts';
import type { FeatureSpec } from '../../domain/spec/spec.ts';
import { exactWholes, isWithin, rangeOfType, sayMisfit, type NumberRange } from '../../onnx/run/number-range.ts';

/** Which numbers of a feature are let in: those within its range. */
export interface NumberDoor extends NumberRange {
  /** Why another one is not, as an end of a sentence. */
  refusal(value: number): string;
}

interface Reason {
  readonly range: NumberRange;
  say(value: number): string;
}

/**
 * The numbers that the definition lets the API answer and that the model's own input holds; null lets every one in.
 * `type` is that of the champion's input, where there is one.
 */
export function numberDoor(
  feature: FeatureSpec | null,
  rules: ServedRules | null,
  type: string | undefined,
): NumberDoor | null {
  const reasons = [...declaredReasons(feature, rules), ...typeReasons(type)];
  if (reasons.length === 0) return null;
  return {
    min: Math.max(...reasons.map(({ range }) => range.min)),
    max: Math.min(...reasons.map(({ range }) => range.max)),
    isWhole: reasons.some(({ range }) => range.isWhole),
    refusal: (value) => reasons.find(({ range }) => !isWithin(value, range))?.say(value) ?? 'which is refused',
  };
}

function declaredReasons(feature: FeatureSpec | null, rules: ServedRules | null): readonly Reason[] {
  if (feature === null || rules === null) return [];
  const { min, max, integer } = boundsOf(feature);
  const reasons: Reason[] = [];
  if (rules.has('integer') && integer === true)
    reasons.push({
      range: exactWholes,
      say: (value) =>
        Number.isInteger(value) ? sayMisfit(value, exactWholes, 'int64') : 'which is not whole, as it is declared',
    });
  if (rules.has('range') && (min !== undefined || max !== undefined))
    reasons.push({
      range: { min: min ?? -Infinity, max: max ?? Infinity, isWhole: false },
      say: () => `which lies outside of the declared range, ${min ?? 'any'} to ${max ?? 'any'}`,
    });
  return reasons;
}

function typeReasons(type: string | undefined): readonly Reason[] {
  const range = rangeOfType(type);
  if (range === null || type === undefined) return [];
  return [{ range, say: (value) => `${sayMisfit(value, range, type)}: the model computes with it` }];
}
