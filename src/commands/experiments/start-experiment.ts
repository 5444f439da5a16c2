import { authorise } from '../../access/principal.ts';
import type { ExperimentAnswer } from '../../contracts/http/trainers/experiments.ts';
import { parseSpec } from '../../contracts/spec/parse-spec.ts';
import { withTransaction, type Db } from '../../db/base/connect.ts';
import { lockModel } from '../../db/models/lock-model.ts';
import { readModel, specDigest } from '../../db/models/specs.ts';
import { performOnce } from '../../db/people/command-effects.ts';
import { readRouting } from '../../db/routing/routing.ts';
import { newestOfKind, openRun, runningRuns } from '../../db/runs/runs.ts';
import { putExperiment } from '../../db/trainers/experiments.ts';
import {
  checkCandidates,
  metricOfExperiment,
  type NamedCandidate,
} from '../../domain/training/experiment/check-candidates.ts';
import type { MetricName } from '../../domain/metrics/registry.ts';
import { isPerennialError, PerennialError } from '../../domain/words/errors.ts';
import { workflowIds } from '../../domain/words/ids.ts';
import { parseRunId } from '../../domain/words/run-id.ts';
import { sayMany } from '../../domain/words/say.ts';
import type { CommandContext, CommandInput } from '../base/context.ts';
import { actorOf, runCommand } from '../base/run-command.ts';
import { pinViews } from '../views/pin-views.ts';
import { snapshotOfExperiment } from './snapshot-of-experiment.ts';

export interface ExperimentAsk extends CommandInput {
  /** Definitions as JSON; checked here. */
  readonly candidates: readonly { readonly name: string; readonly spec: unknown }[];
  /** A tag of the model, or how a digest begins; null takes the newest that the model has. */
  readonly snapshot: string | null;
  /** Null compares what the first candidate's rollout compares. */
  readonly metric: string | null;
}

/**
 * Fits and judges several definitions of a model on the rows of one snapshot, and compares them, in a run of its own.
 * Nothing becomes a version. It takes the right to apply: definitions may name programs, and those are run. Throws
 * `invalid_spec` and `invalid_request` naming the candidate, `unsupported` for one that cannot take part, `not_found`
 * for a snapshot that is not there, and `conflict` while another one of the model is under way.
 */
export async function startExperiment(context: CommandContext, input: ExperimentAsk): Promise<ExperimentAnswer> {
  const { model } = input;
  authorise(context.principal, 'apply', model);
  const candidates = input.candidates.map(({ name, spec }) => ({ name, spec: parsed(name, spec) }));
  checkCandidates(model, candidates);
  const metric = metricOfExperiment(candidates, input.metric);
  return runCommand(context, input, {
    kind: 'experiment',
    permission: 'apply',
    body: {
      candidates: candidates.map(({ name, spec }) => ({ name, digest: specDigest(spec) })),
      snapshot: input.snapshot,
      metric,
    },
    perform: async (commandId) => {
      const { db } = context.database;
      await readModel(db, model);
      const snapshot = await snapshotOfExperiment(context, model, input.snapshot);
      const begun = await withTransaction(context.database, (tx) =>
        performOnce(tx, { commandId, model }, () => begin(tx, context, { ...input, snapshot, metric, candidates })),
      );
      if (begun === null) throw new PerennialError('conflict', `No experiment of "${model}" was begun.`);
      const { number } = begun;
      const isTold = await context.bus.nudge({ experiment: { model, number } });
      const runId = workflowIds.experiment(model, number);
      const when = isTold ? '' : ' when Temporal is back';
      return {
        text: `${sayMany(candidates.length, 'candidate')} are compared${when}: ${runId}`,
        link: context.bus.uiUrl(runId),
        runId,
        number,
      };
    },
  });
}

interface Begin extends Omit<ExperimentAsk, 'candidates' | 'snapshot' | 'metric'> {
  readonly candidates: readonly NamedCandidate[];
  readonly snapshot: string;
  readonly metric: MetricName;
}

async function begin(
  tx: Db,
  context: CommandContext,
  { model, reason, snapshot, metric, candidates }: Begin,
): Promise<{ readonly number: number }> {
  await lockModel(tx, model);
  const [running] = await runningRuns(tx, model, ['experiment']);
  if (running !== undefined)
    throw new PerennialError('conflict', `An experiment of "${model}" is under way already: ${running.runId}.`, {
      path: 'model',
      hint: 'Wait for what comes of it, or cancel its run.',
    });
  const last = parseRunId((await newestOfKind(tx, model, 'experiment'))?.runId ?? '');
  const number = (last?.kind === 'experiment' ? last.number : 0) + 1;
  const champion = (await readRouting(tx, model))?.champion?.version ?? null;
  const pinned: (NamedCandidate & { readonly specDigest: string })[] = [];
  for (const { name, spec: given } of candidates) {
    // oxlint-disable-next-line no-await-in-loop -- some definitions, in one transaction
    const { spec } = await pinViews(tx, given, { principal: context.principal, moveViews: false });
    pinned.push({ name, spec, specDigest: specDigest(spec) });
  }
  await putExperiment(tx, { model, number, snapshot, metric, champion, actor: actorOf(context), reason }, pinned);
  await openRun(tx, {
    runId: workflowIds.experiment(model, number),
    model,
    kind: 'experiment',
    trigger: 'person',
    input: { model, number, snapshot, metric, champion, candidates: candidates.map(({ name }) => name) },
  });
  return { number };
}

/** What is wrong with a definition is said with the name of its candidate. */
function parsed(name: string, spec: unknown): NamedCandidate['spec'] {
  try {
    return parseSpec(spec);
  } catch (error) {
    if (!isPerennialError(error)) throw error;
    throw new PerennialError(error.code, error.message, {
      path: error.path === undefined ? name : `${name}: ${error.path}`,
      hint: error.hint,
      cause: error,
    });
  }
}
