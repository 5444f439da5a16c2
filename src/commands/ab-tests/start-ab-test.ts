import type { CommandAnswer } from '../../contracts/http/answers.ts';
import { appendAudit } from '../../db/audit/audit.ts';
import { withTransaction, type Db } from '../../db/base/connect.ts';
import { readModel } from '../../db/models/specs.ts';
import { performOnce } from '../../db/people/command-effects.ts';
import { insertAbTest } from '../../db/routing/ab-tests.ts';
import { lockRouting } from '../../db/routing/routing.ts';
import { PerennialError } from '../../domain/words/errors.ts';
import { workflowIds } from '../../domain/words/ids.ts';
import type { CommandContext, CommandInput } from '../base/context.ts';
import { actorOf, runCommand } from '../base/run-command.ts';
import { refuseWithoutReason } from '../control/freeze.ts';
import { checkAbTest, type PlanAbTestInput } from './plan-ab-test.ts';

export type StartAbTestInput = CommandInput & PlanAbTestInput;

/**
 * Begins an A/B test: the champion as it is now against other versions, on a share of all entities. Throws `conflict`
 * while another one is under way, while the model is frozen, and for versions that cannot be compared.
 */
export async function startAbTest(context: CommandContext, input: StartAbTestInput): Promise<CommandAnswer> {
  refuseWithoutReason(input.reason, 'A/B test');
  const { model, key: _key, reason: _reason, ifMatch: _ifMatch, ...asked } = input;
  return runCommand(context, input, {
    kind: 'start-ab-test',
    permission: 'operate',
    body: asked,
    perform: async (commandId) => {
      await readModel(context.database.db, model);
      const started = await withTransaction(context.database, (tx) =>
        performOnce(tx, { commandId, model }, () => startNow(tx, context, input)),
      );
      if (started === null) throw new PerennialError('conflict', `The A/B test of "${model}" was not begun.`);
      const { number } = started;
      const isTold = await context.bus.nudge({ abTest: { model, number } });
      const text = `A/B test ${number} of ${model} begins${isTold ? '' : ' when Temporal is back'}`;
      return { text, link: context.bus.uiUrl(workflowIds.abTest(model, number)) };
    },
  });
}

async function startNow(
  tx: Db,
  context: CommandContext,
  input: StartAbTestInput,
): Promise<{ readonly number: number }> {
  const { model, reason } = input;
  const actor = actorOf(context);
  await lockRouting(tx, model);
  const { declared, control, specRevision } = await checkAbTest(tx, actor, input);
  const { number } = await insertAbTest(tx, {
    model,
    specRevision,
    controlVersion: control.version,
    declared,
    actor,
    why: reason,
  });
  const runId = workflowIds.abTest(model, number);
  await appendAudit(tx, {
    type: 'perennial.ab-test.started',
    model,
    subject: { of: 'run', runId },
    actor,
    tokenId: context.principal.tokenId,
    reason,
    runId,
    data: { number, control: control.version, versions: declared.versions, metric: declared.metric },
  });
  return { number };
}
