import { openArtifactStore } from '../artifacts/open-artifact-store.ts';
import { historySnapshots, loopFacts, trafficCounts, type LoopFacts } from '../db/watching/loop-facts.ts';
import { readRouting } from '../db/routing/routing.ts';
import { answeredAfter } from '../db/traffic/read/count-rows.ts';
import { dirtKinds } from '../../simulator/dirty-rows.ts';
import { worldPlan, type Play } from './play.ts';
import type { RolloutRow } from '../db/routing/rollouts.ts';
import { stopEvidenceOf } from './story-end.ts';
import { checkWorkflows } from './temporal-checks.ts';
import { watchedWindows } from './traffic.ts';
import type { WorldValue, Worth } from './value.ts';
import type { Check } from './check.ts';

/** Did the loop really close? Asked of Postgres and Temporal, whatever was printed. */
export async function checkLoop(play: Play, value: WorldValue): Promise<readonly Check[]> {
  const facts = await loopFacts(play.stage.stack.database.db, play.spec.name);
  return [
    ...(await checkChampion(play, facts)),
    ...(await checkThrownBack(play, facts)),
    ...(await checkNothingLost(play, facts)),
    await checkQuarantine(play),
    await checkQuiet(play, facts),
    {
      check: 'the loop earned more than the first champion',
      ok: value.saved > 0,
      found: `${value.saved.toFixed(0)} ${value.currency} saved`,
    },
    {
      check: 'the loop ranked better than the first champion',
      ok: ranking(value.loop) > ranking(value.neverRetrained),
      found: `AUROC ${ranking(value.loop).toFixed(4)} and ${ranking(value.neverRetrained).toFixed(4)}`,
    },
    ...(await checkWorkflows(play, facts)),
  ];
}

function ranking({ metrics }: Worth): number {
  return metrics.auroc ?? Number.NaN;
}

/** Exactly one champion, and it is the version that the platform decided by itself to train. */
async function checkChampion({ stage, spec }: Play, facts: LoopFacts): Promise<readonly Check[]> {
  const entry = await readRouting(stage.stack.database.db, spec.name);
  const champion = entry?.champion?.version ?? null;
  const version = facts.versions.find((row) => row.version === champion);
  const decision = facts.retrains.find(({ runId }) => runId !== null && runId === version?.runId);
  const lastMove = facts.moves.at(-1);
  return [
    {
      check: 'one champion and no challenger',
      ok:
        champion !== null && entry?.challenger === null && entry.stage === 'steady' && lastMove?.toVersion === champion,
      found: `champion v${champion ?? 0}, stage ${entry?.stage ?? 'empty'}, last move to v${lastMove?.toVersion ?? 0}`,
    },
    {
      check: 'the champion was retrained by a decision of the platform',
      ok: (decision?.trigger === 'decay' || decision?.trigger === 'drift') && version?.gateVerdict === 'pass',
      found: decision === undefined ? 'no decision' : `${decision.key}: ${decision.trigger ?? ''}`,
    },
  ];
}

async function checkThrownBack({ stage, spec }: Play, facts: LoopFacts): Promise<readonly Check[]> {
  const bad = facts.versions.find(({ specRevision }) => specRevision > 1);
  const rollout = facts.rollouts.find(({ version }) => version === bad?.version);
  const proof = rollout === undefined ? null : proofAgainst(facts, rollout);
  const answered =
    bad === undefined || proof === null
      ? -1
      : await answeredAfter(stage.stack.database.db, spec.name, bad.version, proof.throughSeq);
  return [
    {
      check: 'the bad challenger passed its gate',
      ok: bad?.gateVerdict === 'pass',
      found: bad === undefined ? 'it was never trained' : `v${bad.version}: ${bad.gateVerdict}`,
    },
    {
      check: 'the rollout threw it back by evidence',
      ok: rollout?.status === 'rolled-back' && proof !== null,
      found: `${rollout?.status ?? 'no rollout'}, ${proof === null ? 'nothing was proven' : proof.found}`,
    },
    {
      check: 'nobody was answered by it afterwards, and it was never champion',
      ok: answered === 0 && !facts.moves.some(({ toVersion }) => toVersion === bad?.version),
      found: `${answered} rows`,
    },
  ];
}

/** What was proven against a challenger: more failures at a look, or worse answers on paired rows. */
function proofAgainst(
  facts: LoopFacts,
  rollout: RolloutRow,
): { readonly throughSeq: number; readonly found: string } | null {
  const stop = stopEvidenceOf(facts, rollout);
  if (stop !== null) {
    const isProven = stop.stoppedBy === 'evidence' && stop.challengerFailures > stop.championFailures / 10;
    return isProven ? { throughSeq: stop.throughSeq, found: `e-value ${stop.eValue.toPrecision(3)}` } : null;
  }
  const paired = facts.looks.find(({ evidenceId }) => evidenceId === rollout.evidenceId);
  if (paired?.kind !== 'promotion' || paired.verdict !== 'stop' || paired.body['atDeadline'] === true) return null;
  return { throughSeq: Number(paired.body['throughSeq']), found: 'worse on paired rows' };
}

async function checkNothingLost(play: Play, facts: LoopFacts): Promise<readonly Check[]> {
  const { feed, position, spec, stage } = play;
  const counts = await trafficCounts(stage.stack.database.db, spec.name);
  const sent = feed.labelsBefore(position - worldPlan.rowsPerRequest).distinct;
  const open = facts.runs.filter(({ status }) => status !== 'completed' && status !== 'running');
  const stuck = facts.runs.filter(({ status, kind }) => status === 'running' && kind !== 'guard');
  return [
    {
      check: 'no prediction lost',
      ok: counts.predictions === position && counts.lastSeq === position && counts.failed === 0,
      found: `${counts.predictions} of ${position}, ${counts.failed} failed`,
    },
    {
      check: 'no label lost',
      ok: counts.labels === sent && counts.unjoinedLabels === 0,
      found: `${counts.labels} of ${sent}, ${counts.unjoinedLabels} without their prediction`,
    },
    {
      check: 'every window is judged and decided',
      ok: facts.windows.length === position / play.windowRows && counts.windowsUndecided === 0,
      found: `${facts.windows.length} windows, ${counts.windowsUndecided} open`,
    },
    {
      check: 'no run stuck or failed',
      ok: open.length === 0 && stuck.length === 0,
      found:
        [...open, ...stuck].map(({ runId, status }) => `${runId} ${status}`).join(', ') || `${facts.runs.length} runs`,
    },
  ];
}

async function checkQuarantine({ stage, spec }: Play): Promise<Check> {
  const [snapshot] = await historySnapshots(stage.stack.database.db, spec.name, 1);
  const digest = snapshot?.manifest.quarantineDigest ?? null;
  const path = digest === null ? null : await openArtifactStore(stage.config).pathOf(digest);
  const rules =
    snapshot?.manifest.ruleCounts.filter(({ rows, severity }) => rows > 0 && severity === 'quarantine').length ?? 0;
  const quarantined = snapshot?.quarantinedRows ?? 0;
  return {
    check: 'bad rows of the history are in quarantine',
    ok: path !== null && quarantined >= worldPlan.dirtyRows && rules >= dirtKinds.length,
    found: `${quarantined} rows by ${rules} rules`,
  };
}

async function checkQuiet({ stage, spec, windowRows }: Play, facts: LoopFacts): Promise<Check> {
  const windows = await watchedWindows(stage.stack.database.db, spec.name, 1, worldPlan.newPatternAt / windowRows);
  const alarms = windows.filter(({ isAlarm }) => isAlarm).map(({ window }) => window);
  const changed =
    facts.windows.find(({ number }) => number === worldPlan.newPatternAt / windowRows)?.closedAt ?? new Date(0);
  const early = facts.alerts.filter(
    ({ kind, openedAt }) => (kind === 'drift' || kind === 'decay') && openedAt < changed,
  );
  return {
    check: 'no alarm before the world changed, volume shift included',
    ok: windows.length > 0 && alarms.length === 0 && early.length === 0,
    found: alarms.length === 0 ? `${windows.length} quiet windows` : `alarms in windows ${alarms.join(', ')}`,
  };
}
