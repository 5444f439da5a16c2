import { liveDelegations, type Delegation } from '../../db/people/delegations.ts';
import { refusalOfApprover } from '../../domain/spec/approval/may-approve.ts';
import { defaultApproval } from '../../domain/spec/default-spec.ts';
import type { ApprovalSpec } from '../../domain/spec/parts/rollout-spec.ts';
import type { CommandContext } from '../base/context.ts';

/** Who may approve a model's rollouts, as whoever reads a page sees it. */
export interface Approvers {
  /** Names of the plan; null where everybody who may operate the model may approve. */
  readonly by: readonly string[] | null;
  /** Why whoever reads may not approve, although the role would do; null where the plan lets them. */
  readonly refusal: string | null;
  /** What is handed on now. */
  readonly delegations: readonly Delegation[];
}

export async function approversOf(
  context: CommandContext,
  model: string,
  plan: { readonly approval?: ApprovalSpec | null },
): Promise<Approvers> {
  const approval = plan.approval ?? defaultApproval;
  const { name } = context.principal;
  const delegations = await liveDelegations(context.database.db, model);
  const delegators = delegations.filter(({ delegate }) => delegate === name).map(({ delegator }) => delegator);
  return { by: approval.by ?? null, refusal: refusalOfApprover(model, approval, { name, delegators }), delegations };
}
