import { existsSync, statSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { writeHistory } from '../../simulator/history.ts';
import { historySnapshots } from '../db/watching/loop-facts.ts';
import { readRouting } from '../db/routing/routing.ts';
import { readModel } from '../db/models/specs.ts';
import { findRun } from '../db/runs/runs.ts';
import { isPerennialError, PerennialError } from '../domain/words/errors.ts';
import { sayLines } from '../domain/training/line-account.ts';
import { workflowIds } from '../domain/words/ids.ts';
import { grouped } from './acts.ts';
import { worldPlan, type Play } from './play.ts';
import { tellStory } from './story.ts';
import { applySpec, firstChampion } from './first-champion.ts';
import { pauseAfter } from '../replay/pause.ts';

const ingestTimeoutMs = 120_000;

/** From a file of history to the first champion: ingest, contract, snapshot, train, gate, release. */
export async function openTheWorld(play: Play): Promise<void> {
  const { stage, spec, historyFiles } = play;
  const revision = await revisionOf(play);
  if (!stage.isResumed)
    play.acts.tell(
      'start',
      'start',
      `Postgres, Temporal, inference, control and worker run; Temporal shows its workflows at ` +
        `${stage.stack.temporalUiUrl ?? 'its Web UI'}`,
      { temporalUi: stage.stack.temporalUiUrl ?? null },
    );
  if (!existsSync(historyFiles.spec)) {
    writeHistory(historyFiles.spec, worldPlan.historyRows, {
      seed: play.seed,
      changes: play.feed.changes,
      dirtyRows: worldPlan.dirtyRows,
    });
  }
  // Once another revision is current this one has done its work, and applying it again would be a change.
  if (revision <= 1) await applySpec(stage, spec);
  await tellIngest(play, 1);
  if ((await readRouting(stage.stack.database.db, spec.name))?.champion == null) await firstChampion(stage, spec.name);
  await tellStory(play, 0);
  // What a killed demo had just played may still have to be decided: later rows belong to whatever comes of it.
  const { lastSeq } = await play.replayer.settled();
  await play.replayer.settle(lastSeq);
  play.position = Math.floor(lastSeq / play.windowRows) * play.windowRows;
}

export async function revisionOf({ stage, spec }: Play): Promise<number> {
  try {
    return (await readModel(stage.stack.database.db, spec.name)).specRevision;
  } catch (error) {
    if (isPerennialError(error) && error.code === 'model_not_found') return 0;
    throw error;
  }
}

/** Waits for the snapshot of a revision's history and says what became of the file. */
export async function tellIngest({ stage, acts, spec, historyFiles }: Play, revision: number): Promise<void> {
  const { db } = stage.stack.database;
  const startedMs = Date.now();
  const deadlineMs = startedMs + ingestTimeoutMs;
  for (;;) {
    const [found] = await historySnapshots(db, spec.name, revision);
    if (found === undefined) {
      if (Date.now() > deadlineMs)
        throw new PerennialError(
          'timeout',
          `the history of revision ${revision} was not ingested within ${ingestTimeoutMs / 1_000} s.`,
        );
      const run = await findRun(db, workflowIds.train(spec.name, 1));
      if (run?.status === 'failed') throw new PerennialError('invalid_data', run.detail ?? 'the ingest failed');
      stage.progress('the contract is being checked');
      await delay(pauseAfter(Date.now() - startedMs));
      continue;
    }
    const { manifest, sourceDigest } = found;
    const atMs = found.createdAt.getTime();
    const workflowId = workflowIds.ingest(spec.name, sourceDigest, revision);
    const bytes = statSync(revision === 1 ? historyFiles.spec : historyFiles.badSpec).size;
    const { lines } = manifest;
    const broken = manifest.ruleCounts.filter((count) => count.rows > 0 && count.severity === 'quarantine');
    const rules = broken.map(({ ruleId, rows }) => `${ruleId} ${rows}`).join(', ');
    acts.tell(
      `ingest/${revision}`,
      'ingest',
      `${lines === undefined ? '' : `${sayLines(lines)}; `}${grouped(bytes / 1_024)} KiB of CSV read`,
      { ...lines, bytes },
      workflowId,
      atMs,
    );
    acts.tell(
      `contract/${revision}`,
      'contract',
      `${grouped(manifest.rows)} rows accepted, ${manifest.quarantinedRows} ` +
        `quarantined${rules === '' ? '' : ` (${rules})`}`,
      {
        accepted: manifest.rows,
        quarantined: manifest.quarantinedRows,
        ...Object.fromEntries(broken.map(({ ruleId, rows }) => [`rule ${ruleId}`, rows])),
      },
      workflowId,
      atMs,
    );
    acts.tell(
      `snapshot/${revision}`,
      'snapshot',
      `${found.digest.slice(0, 16)}: ${grouped(manifest.labelledRows)} labelled rows, immutable`,
      { digest: found.digest, labelledRows: manifest.labelledRows },
      workflowId,
      atMs,
    );
    return;
  }
}
