import { sayChoice } from '../../words/say.ts';
import type { ApprovalSpec } from '../parts/rollout-spec.ts';

/** Whether a plan lets the holder of a token of this name approve; one that names nobody lets everybody. */
export function mayApprove({ by }: Pick<ApprovalSpec, 'by'>, name: string): boolean {
  return by === undefined || by.includes(name);
}

/** The sentence that refuses somebody whom the plan does not name; null for whoever may. */
export function refusalOfApprover(model: string, { by }: Pick<ApprovalSpec, 'by'>, name: string): string | null {
  if (by === undefined || by.includes(name)) return null;
  return `"${name}" may not approve "${model}": its definition names ${sayChoice(by)}.`;
}
