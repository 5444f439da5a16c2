import type { CorrectionSpec, ModelSpec } from '../spec/spec.ts';

/** How answers are corrected; null where nothing corrects them, or the plan only looks. */
export function answeringPlan({ watch }: Pick<ModelSpec, 'watch'>): CorrectionSpec | null {
  const plan = watch.correction ?? null;
  return plan?.mode === 'shadow' ? null : plan;
}
