import type { AbTestStanding } from '../../src/domain/ab-test/declared.ts';
import type { AbTestEnd } from '../../src/domain/record/closed-sets.ts';
import type { ModelSpec } from '../../src/domain/spec/spec.ts';
import { workflowIds } from '../../src/domain/words/ids.ts';
import { withTransaction, type Database } from '../../src/db/base/connect.ts';
import { findVersion, type VersionRow } from '../../src/db/models/versions.ts';
import { putStanding } from '../../src/db/routing/ab-test-counts.ts';
import { endAbTest, lockOpenAbTest, type AbTestRow } from '../../src/db/routing/ab-tests.ts';
import { lockRouting } from '../../src/db/routing/routing.ts';
import { putEvidence } from '../../src/db/runs/evidence.ts';
import { openAlert } from '../../src/db/watching/alerts.ts';

type Ending = Exclude<AbTestEnd, 'stopped'>;

/**
 * Ends a test by its verdict: evidence, routing and alert in one transaction, so that there is one verdict and no
 * second
 * look after it. Always true: the test is over, if by another hand.
 */
export async function concludeAbTest(
  database: Database,
  looked: AbTestRow,
  spec: ModelSpec,
  standing: AbTestStanding,
  ending: Ending,
): Promise<true> {
  const { model, number } = looked;
  await withTransaction(database, async (tx) => {
    await lockRouting(tx, model);
    const row = await lockOpenAbTest(tx, looked);
    if (row === null) return;
    await putStanding(tx, row, standing);
    const winner = row.arms.slice(1).find(({ name }) => name === standing.judgement.winner);
    const found = ending === 'winner' && winner !== undefined ? await findVersion(tx, model, winner.version) : null;
    const text = `${standing.judgement.text}${saidOf(ending)}${found === null ? '' : nextStep(found)}`;
    const { plan, declared, arms } = row;
    const evidence = await putEvidence(tx, {
      model,
      kind: 'ab-test',
      subject: { of: 'run', runId: workflowIds.abTest(model, number) },
      verdict: ending,
      body: { ...standing, text, plan, declared, arms },
    });
    await endAbTest(tx, row, { ending, actor: 'ab-test', reason: text, evidenceId: evidence.evidenceId });
    await openAlert(tx, {
      model,
      kind: 'ab-test-ended',
      subject: { of: 'run', runId: workflowIds.abTest(model, number) },
      severity: ending === 'harmful' || ending === 'broken-assignment' ? 'warning' : 'info',
      title: `The A/B test ${number} of ${model} has ended: ${titleOf(ending, standing)}`,
      body: text,
      webhooks: spec.watch.webhooks,
    });
  });
  return true;
}

function titleOf(ending: Ending, { judgement }: AbTestStanding): string {
  return ending === 'winner' ? `${judgement.winner ?? 'an arm'} wins` : titles[ending];
}

const titles: Readonly<Record<Exclude<Ending, 'winner'>, string>> = {
  'no-difference': 'no difference that matters',
  undecided: 'undecided',
  'broken-assignment': 'its entities did not come as they should',
  harmful: 'every arm failed too often',
};

function saidOf(ending: Ending): string {
  return ending === 'harmful' ? ' Every arm but the control was stopped for its failures.' : '';
}

/** What a test found is a proposal. A version that was made without a release needs a firmer word. */
function nextStep({ model, version, status }: VersionRow): string {
  const force = status === 'released' ? '' : ' --force';
  return ` Nothing was promoted: \`perennial promote ${model} --to ${version}${force} --reason …\` does.`;
}
