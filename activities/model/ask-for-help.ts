import type { Db } from '../../src/db/base/connect.ts';
import { openAlert } from '../../src/db/watching/alerts.ts';
import { relationsOfBestAndNewest } from '../../src/db/watching/relations.ts';
import type { UnhelpfulTrainings } from '../../src/db/watching/unhelpful-trainings.ts';
import type { MetricName } from '../../src/domain/metrics/registry.ts';
import type { ModelSpec } from '../../src/domain/spec/spec.ts';
import type { RetrainDecision } from '../../src/domain/watch/decide-retrain.ts';
import { sayLostRelations } from '../../src/domain/watch/lost-relations.ts';

interface Asked {
  readonly decided: RetrainDecision;
  readonly unhelpful: UnhelpfulTrainings;
  readonly webhooks: ModelSpec['watch']['webhooks'];
  /** By which the best champion is known. */
  readonly metric: MetricName;
}

/** Trainings that drift or decay ask for again and again do not help: a person is told, once for each that failed. */
export async function askForHelp(
  db: Db,
  model: string,
  { unhelpful, decided, webhooks, metric }: Asked,
): Promise<void> {
  const [runId] = unhelpful.runIds;
  if (runId === undefined) return;
  const why = decided.considered.filter(({ fired }) => fired).map(({ text }) => text);
  const found = await relationsOfBestAndNewest(db, model, { runId, metric });
  const advice =
    found === null
      ? 'What is learnt from these features may not hold any more: look at those that moved, declare others, or ' +
        'change the definition.'
      : sayLostRelations(found.best, found.newest);
  await openAlert(db, {
    model,
    kind: 'retraining-unhelpful',
    subject: { of: 'run', runId },
    severity: 'warning',
    title: `Retraining ${model} does not help`,
    body:
      `${unhelpful.endings.toReversed().join(', ')}, although ${why.join('; ')}. ${advice} ` +
      `\`perennial retrain ${model}\` trains at once all the same.`,
    webhooks,
  });
}
