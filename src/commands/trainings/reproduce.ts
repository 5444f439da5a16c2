import { withTransaction, type Db } from '../../db/base/connect.ts';
import type { CommandAnswer } from '../../contracts/http/answers.ts';
import { readModel } from '../../db/models/specs.ts';
import { isReleasedVersion } from '../../db/views/views-versions.ts';
import { performOnce } from '../../db/people/command-effects.ts';
import { lockModel } from '../../db/models/lock-model.ts';
import { newestOfKind, openRun, runningRuns } from '../../db/runs/runs.ts';
import { PerennialError } from '../../domain/words/errors.ts';
import { workflowIds } from '../../domain/words/ids.ts';
import { parseRunId } from '../../domain/words/run-id.ts';
import type { CommandContext, CommandInput } from '../base/context.ts';
import { runCommand } from '../base/run-command.ts';

export type ReproduceAsk = CommandInput & { readonly version: number };

/**
 * Fits a version again from its own rows, definition, settings and seed, in a run of its own, and compares the files.
 * Nothing of the model changes. Throws `version_not_found`, and `conflict` while it is under way already.
 */
export async function reproduce(
  context: CommandContext,
  input: ReproduceAsk,
): Promise<CommandAnswer & { readonly runId: string }> {
  const { model, version } = input;
  return runCommand(context, input, {
    kind: 'reproduce',
    permission: 'operate',
    body: { version },
    perform: async (commandId) => {
      const { db } = context.database;
      await readModel(db, model);
      // Throws `version_not_found` listing what exists; released or not, it may be fitted again.
      await isReleasedVersion(db, model, version);
      const begun = await withTransaction(context.database, (tx) =>
        performOnce(tx, { commandId, model }, () => begin(tx, model, version)),
      );
      if (begun === null) throw new PerennialError('conflict', `v${version} of "${model}" was not fitted again.`);
      const { number } = begun;
      const isTold = await context.bus.nudge({ reproduction: { model, version, number } });
      const runId = workflowIds.reproduce(model, version, number);
      return {
        text: `v${version} is fitted again${isTold ? '' : ' when Temporal is back'}: ${runId}`,
        link: context.bus.uiUrl(runId),
        runId,
      };
    },
  });
}

async function begin(tx: Db, model: string, version: number): Promise<{ readonly number: number }> {
  await lockModel(tx, model);
  for (const { runId } of await runningRuns(tx, model, ['reproduce'])) {
    const key = parseRunId(runId);
    if (key?.kind === 'reproduce' && key.version === version)
      throw new PerennialError('conflict', `v${version} of "${model}" is fitted again already: ${runId}.`, {
        path: 'version',
        hint: 'Wait for what comes of it.',
      });
  }
  const last = parseRunId((await newestOfKind(tx, model, 'reproduce'))?.runId ?? '');
  const number = (last?.kind === 'reproduce' ? last.number : 0) + 1;
  const input = { model, version, number };
  await openRun(tx, {
    runId: workflowIds.reproduce(model, version, number),
    model,
    kind: 'reproduce',
    trigger: 'person',
    input,
  });
  return { number };
}
