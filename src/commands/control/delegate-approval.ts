import { namesThatMayOperate } from '../../access/names-that-may.ts';
import { authorise } from '../../access/principal.ts';
import type { CommandAnswer } from '../../contracts/http/answers.ts';
import type { DelegationView } from '../../contracts/http/delegations.ts';
import { appendAudit } from '../../db/audit/audit.ts';
import { withTransaction, type Db } from '../../db/base/connect.ts';
import { readCurrentSpec, readModel } from '../../db/models/specs.ts';
import { performOnce } from '../../db/people/command-effects.ts';
import { endDelegation, insertDelegation, liveDelegations } from '../../db/people/delegations.ts';
import { refusalOfApprover } from '../../domain/spec/approval/may-approve.ts';
import { PerennialError } from '../../domain/words/errors.ts';
import type { CommandContext, CommandInput } from '../base/context.ts';
import { actorOf, runCommand } from '../base/run-command.ts';
import { refuseWithoutReason } from './freeze.ts';

const dayMs = 86_400_000;
/** Names that one person may hand it to at a time. */
const delegatesMax = 20;

export interface DelegateInput extends CommandInput {
  /** Name of the token that may approve in one's place. */
  readonly to: string;
  /** 0 < days <= 30. */
  readonly days: number;
}

/**
 * Hands the right to approve a model's rollouts to another name, for so many days. Throws `forbidden` for whom the
 * definition does not name, and `conflict` where it names nobody, or that name could not approve.
 */
export async function delegateApproval(context: CommandContext, input: DelegateInput): Promise<CommandAnswer> {
  refuseWithoutReason(input.reason, 'delegation');
  return runCommand(context, input, {
    kind: 'delegate-approval',
    permission: 'operate',
    body: { to: input.to, days: input.days },
    perform: async (commandId) => {
      const { model, to } = input;
      await readModel(context.database.db, model);
      const done = await withTransaction(context.database, (tx) =>
        performOnce(tx, { commandId, model }, async () => {
          await refuseDelegation(tx, actorOf(context), input);
          return { until: (await delegateNow(tx, context, input)).toISOString() };
        }),
      );
      return { text: `${to} may approve in place of ${actorOf(context)} until ${done?.until ?? 'then'}`, link: null };
    },
  });
}

async function refuseDelegation(tx: Db, actor: string, { model, to }: DelegateInput): Promise<void> {
  const { approval } = (await readCurrentSpec(tx, model)).spec.rollout;
  if (approval?.by === undefined)
    throw new PerennialError('conflict', `Everybody who may operate "${model}" may approve it: nothing is handed on.`, {
      path: 'model',
      hint: 'A definition says who may approve with `rollout.approval.by`.',
    });
  const refusal = refusalOfApprover(model, approval, { name: actor, delegators: [] });
  if (refusal !== null)
    throw new PerennialError('forbidden', refusal, { hint: 'What was handed on is not handed on again.' });
  if (to === actor) throw new PerennialError('conflict', `"${to}" is yourself.`, { path: 'to' });
  if (!(await namesThatMayOperate(tx, model, [to])).has(to))
    throw new PerennialError('conflict', `"${to}" has no live token that may operate "${model}".`, {
      path: 'to',
      hint: 'Name a token that may (`perennial token list`).',
    });
  const mine = (await liveDelegations(tx, model)).filter(({ delegator }) => delegator === actor);
  if (mine.length >= delegatesMax)
    throw new PerennialError('conflict', `${actor} has handed it to ${mine.length} names already.`, {
      path: 'to',
      hint: 'Take one back (`perennial approval revoke`).',
    });
}

async function delegateNow(tx: Db, context: CommandContext, input: DelegateInput): Promise<Date> {
  const { model, to, days, reason } = input;
  const delegator = actorOf(context);
  const until = await insertDelegation(tx, { model, delegator, delegate: to, reason, forMs: days * dayMs });
  await appendAudit(tx, {
    type: 'perennial.approval.delegated',
    model,
    subject: { of: 'model', model },
    actor: delegator,
    tokenId: context.principal.tokenId,
    reason,
    data: { from: delegator, to, until: until.toISOString() },
  });
  return until;
}

export interface RevokeInput extends CommandInput {
  readonly to: string;
  /** Whose delegation; null is one's own. Another's is for who may apply the definition. */
  readonly from: string | null;
}

/** Takes a delegation back; what was approved under it stays so. Throws `conflict` where none stands. */
export async function revokeDelegation(context: CommandContext, input: RevokeInput): Promise<CommandAnswer> {
  refuseWithoutReason(input.reason, 'revocation');
  const { model, to, reason } = input;
  const actor = actorOf(context);
  const from = input.from ?? actor;
  return runCommand(context, input, {
    kind: 'revoke-delegation',
    permission: from === actor ? 'operate' : 'apply',
    body: { to, from },
    perform: async (commandId) => {
      await readModel(context.database.db, model);
      await withTransaction(context.database, (tx) =>
        performOnce(tx, { commandId, model }, async () => {
          if (!(await endDelegation(tx, { model, delegator: from, delegate: to, by: actor })))
            throw new PerennialError('conflict', `"${to}" approves nothing of "${model}" in place of "${from}".`, {
              path: 'to',
              hint: 'See `perennial approval list`.',
            });
          await appendAudit(tx, {
            type: 'perennial.approval.delegation-revoked',
            model,
            subject: { of: 'model', model },
            actor,
            tokenId: context.principal.tokenId,
            reason,
            data: { from, to },
          });
          return {};
        }),
      );
      return { text: `${to} approves no longer in place of ${from}; what was approved stays so`, link: null };
    },
  });
}

/** Delegations of a model that stand. */
export async function delegations(context: CommandContext, model: string): Promise<readonly DelegationView[]> {
  authorise(context.principal, 'read', model);
  const { db } = context.database;
  await readModel(db, model);
  return (await liveDelegations(db, model)).map(({ delegator, delegate, reason, since, until }) => ({
    model,
    from: delegator,
    to: delegate,
    reason,
    since: since.toISOString(),
    until: until.toISOString(),
  }));
}
