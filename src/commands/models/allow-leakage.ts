import { authorise } from '../../access/principal.ts';
import type { CommandAnswer } from '../../contracts/http/answers.ts';
import type { AllowanceView } from '../../contracts/http/training-allowances.ts';
import { appendAudit } from '../../db/audit/audit.ts';
import { withTransaction, type Db } from '../../db/base/connect.ts';
import { allowancesOf, putAllowance, removeAllowance } from '../../db/models/leakage-allowances.ts';
import { readCurrentSpec, readModel } from '../../db/models/specs.ts';
import { performOnce } from '../../db/people/command-effects.ts';
import {
  parseSuspicion,
  readSuspicion,
  suspicionName,
  type Suspected,
} from '../../domain/training/leakage/allowance.ts';
import type { CommandContext, CommandInput } from '../base/context.ts';
import { actorOf, runCommand } from '../base/run-command.ts';
import { refuseWithoutReason } from '../control/freeze.ts';

export interface AllowInput extends CommandInput {
  /** `feature:kind`, as the failed training names it. */
  readonly suspicion: string;
}

/**
 * A person's word that a feature was known when it will be asked for: trainings go on in spite of that suspicion of it,
 * whatever rows they read, until it is taken back. Needs a reason. Throws `invalid_request` for what is no
 * suspicion of the model's definition, and as `putAllowance`.
 */
export async function allowLeakage(context: CommandContext, input: AllowInput): Promise<CommandAnswer> {
  return run(context, input, {
    kind: 'allow-leakage',
    type: 'perennial.leakage.allowed',
    of: async (db) => readSuspicion(input.suspicion, (await readCurrentSpec(db, input.model)).spec.features),
    write: putAllowance,
    text: (name) => `trainings go on in spite of ${name}, from the next one on: \`perennial retrain ${input.model}\``,
  });
}

/**
 * Takes it back: trainings stop at that suspicion again, unless the definition allows it. Throws `invalid_request` for
 * what is no suspicion at all, and as `removeAllowance`.
 */
export async function revokeLeakage(context: CommandContext, input: AllowInput): Promise<CommandAnswer> {
  return run(context, input, {
    kind: 'revoke-leakage',
    type: 'perennial.leakage.revoked',
    // Of a feature that has left the definition, too.
    of: () => Promise.resolve(parseSuspicion(input.suspicion)),
    write: removeAllowance,
    text: (name) => `trainings stop at ${name} again`,
  });
}

/** Those that stand. Throws `model_not_found`. */
export async function leakageAllowances(context: CommandContext, model: string): Promise<readonly AllowanceView[]> {
  authorise(context.principal, 'read', model);
  await readModel(context.database.db, model);
  return allowancesShown(context, model);
}

/** The same for whatever has snapshots: a feature view has none. */
export async function allowancesShown(
  { principal, database: { db } }: CommandContext,
  model: string,
): Promise<readonly AllowanceView[]> {
  authorise(principal, 'read', model);
  return (await allowancesOf(db, model)).map(({ feature, kind, actor, reason, since }) => ({
    suspicion: suspicionName({ column: feature, kind }),
    feature,
    kind,
    by: actor,
    reason,
    since: since.toISOString(),
  }));
}

interface Plan {
  readonly kind: 'allow-leakage' | 'revoke-leakage';
  readonly type: 'perennial.leakage.allowed' | 'perennial.leakage.revoked';
  readonly of: (db: Db) => Promise<Suspected>;
  readonly write: (
    tx: Db,
    allowance: Suspected & { readonly model: string; readonly actor: string; readonly reason: string },
  ) => Promise<void>;
  readonly text: (name: string) => string;
}

async function run(context: CommandContext, input: AllowInput, plan: Plan): Promise<CommandAnswer> {
  const { model, suspicion, reason } = input;
  refuseWithoutReason(reason, 'word about leakage');
  return runCommand(context, input, {
    kind: plan.kind,
    permission: 'operate',
    body: { suspicion },
    perform: async (commandId) => {
      const actor = actorOf(context);
      await withTransaction(context.database, (tx) =>
        performOnce(tx, { commandId, model }, async () => {
          // Asked once: a repetition finds another definition, perhaps, and was done all the same.
          const suspected = await plan.of(tx);
          await plan.write(tx, { model, ...suspected, actor, reason });
          await appendAudit(tx, {
            type: plan.type,
            model,
            subject: { of: 'model', model },
            actor,
            tokenId: context.principal.tokenId,
            reason,
            data: { feature: suspected.column, kind: suspected.kind },
          });
          return {};
        }),
      );
      return { text: plan.text(suspicion), link: null };
    },
  });
}
