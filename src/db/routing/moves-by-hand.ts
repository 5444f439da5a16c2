import { refusalOfApprover } from '../../domain/spec/approval/may-approve.ts';
import { defaultApproval } from '../../domain/spec/default-spec.ts';
import type { ApprovalSpec } from '../../domain/spec/parts/rollout-spec.ts';
import type { Db } from '../base/connect.ts';
import { readCurrentSpec, readSpecRevision } from '../models/specs.ts';
import { lastMoveTo } from './champion-moves.ts';
import { activeRollout } from './rollouts.ts';

/** Whom a person puts in charge by hand. */
export interface MoveByHand {
  readonly model: string;
  readonly version: number;
  readonly actor: string;
}

export interface MoveRefusal {
  readonly code: 'conflict' | 'forbidden';
  readonly message: string;
  readonly hint: string;
}

/**
 * Why this person does not put the version in charge by hand; null where nothing stands against it. What asks for an
 * approval cannot be had without one: not where several must approve, nor by somebody whom the definition does not
 * name. A version that was champion is a way back, which nothing restricts.
 */
export async function refusalOfMove(db: Db, { model, version, actor }: MoveByHand): Promise<MoveRefusal | null> {
  const approval = await approvalFor(db, model, version);
  const takesSeveral = approval.people > 1 || approval.fourEyes;
  // What is handed on is the approval of rollouts, and no move by hand.
  const notNamed = refusalOfApprover(model, approval, { name: actor, delegators: [] });
  if (!takesSeveral && notNamed === null) return null;
  if ((await lastMoveTo(db, model, version)) !== null) return null;
  if (takesSeveral)
    return {
      code: 'conflict',
      message: `The definition of "${model}" asks for more than one word before a new version is in charge.`,
      hint: 'Approve it in its rollout (`perennial approve`), or abort that and apply a definition that asks for less.',
    };
  return {
    code: 'forbidden',
    message: notNamed ?? '',
    hint: 'Ask one of them; back to a version that was champion everybody goes who may operate.',
  };
}

/** Of a version whose rollout is open the plan of that rollout, of every other one the current definition. */
async function approvalFor(db: Db, model: string, version: number): Promise<ApprovalSpec> {
  const open = await activeRollout(db, model);
  const { spec } =
    open?.version === version ? await readSpecRevision(db, model, open.specRevision) : await readCurrentSpec(db, model);
  return spec.rollout.approval ?? defaultApproval;
}
