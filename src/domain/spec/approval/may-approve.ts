import { sayChoice } from '../../words/say.ts';
import type { ApprovalSpec } from '../parts/rollout-spec.ts';

/** Somebody who approves: by a name of one's own, and for those who have handed it on. */
export interface Approver {
  readonly name: string;
  /** Who had handed it to that name when it was said. */
  readonly delegators: readonly string[];
}

type Named = Pick<ApprovalSpec, 'by'>;

/**
 * The names of the plan in which somebody may approve: the own one, and those of delegators. Whom the plan does not
 * name hands nothing on. A plan that names nobody lets everybody approve in the own name, and nobody needs another.
 */
export function seatsOf({ by }: Named, { name, delegators }: Approver): readonly string[] {
  if (by === undefined) return [name];
  return by.filter((seat) => seat === name || delegators.includes(seat));
}

/** The sentence that refuses somebody who has no name of the plan to approve in; null for whoever has. */
export function refusalOfApprover(model: string, plan: Named, approver: Approver): string | null {
  if (plan.by === undefined || seatsOf(plan, approver).length > 0) return null;
  return `"${approver.name}" may not approve "${model}": its definition names ${sayChoice(plan.by)}.`;
}
