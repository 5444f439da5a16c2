import { appendAudit } from '../../src/db/audit/audit.ts';
import { withTransaction } from '../../src/db/base/connect.ts';
import { countsOf } from '../../src/db/erasure/counts.ts';
import { endErasure, type Erasure } from '../../src/db/erasure/erasures.ts';
import { forgetStatistics } from '../../src/db/erasure/forget-statistics.ts';
import { heldAmong } from '../../src/db/erasure/held-among.ts';
import { earlierRuns, recordsInSpools, spoolsToGo } from '../../src/db/erasure/others.ts';
import { trainedOn } from '../../src/db/erasure/trained-on.ts';
import { backupsKept } from '../../src/db/installation/backups-taken.ts';
import { erasureSubjectOf, type ErasureEnd, type EraseStep } from '../../src/domain/record/erasure/erasure.ts';
import { sayMany } from '../../src/domain/words/say.ts';
import type { EraseDependencies } from './part.ts';

/** Makes the report, and takes away whom the erasure was about. Done again it finds that it was done. */
export async function endNow(
  { database }: Pick<EraseDependencies, 'database'>,
  erasure: Erasure,
  problems: readonly string[],
): Promise<EraseStep> {
  const { erasureId, isDryRun, scope, name } = erasure;
  const report = await reportOf({ database }, erasure, problems);
  const rows = report.counts.reduce((sum, one) => sum + one.rows, 0);
  await withTransaction(database, async (tx) => {
    if (!(await endErasure(tx, erasureId, report))) return;
    await appendAudit(tx, {
      type: 'perennial.erasure.ended',
      model: scope === 'model' ? name : scope === 'all' ? '*' : null,
      subject: erasureSubjectOf(erasure),
      actor: 'erase',
      reason: isDryRun ? `${sayMany(rows, 'row')} would go` : `${sayMany(rows, 'row')} erased`,
      runId: `erase/${erasureId}`,
      data: { erasureId, isDryRun, rows, versions: report.trainedOn.length, notReached: report.notReached.length },
    });
  });
  // What the planner has sampled of columns are cells: also of whom this erasure was about.
  await forgetStatistics(database.db);
  return { next: null, waitMs: 0, text: `${sayMany(rows, 'row')} ${isDryRun ? 'would go' : 'erased'}.` };
}

async function reportOf(
  { database: { db } }: Pick<EraseDependencies, 'database'>,
  erasure: Erasure,
  problems: readonly string[],
): Promise<ErasureEnd> {
  const { erasureId, isDryRun } = erasure;
  const spooled = isDryRun ? 0 : await recordsInSpools(db, erasureId);
  const counts = [
    ...(await countsOf(db, erasureId)),
    ...(spooled === 0 ? [] : [{ owner: '*', place: 'spool', rows: spooled, files: 0 } as const]),
  ];
  const held = await heldAmong(db, erasure);
  const runs = isDryRun ? [] : await earlierRuns(db, erasureId);
  const spools = isDryRun ? [] : await spoolsToGo(db, erasureId);
  return {
    counts,
    trainedOn: isDryRun ? [] : await trainedOn(db, erasureId),
    backups: await backupsKept(db),
    notReached: [
      ...problems,
      ...held.map((model) => `${model} has a legal hold: what it still had when that was set stays.`),
      ...runs.map((runId) => `${runId} began before and still runs: erase again when it has ended.`),
      ...spools.map(
        ({ placeId, seenAt }) =>
          `The spool ${placeId.slice(0, 8)} was last seen ${seenAt.toISOString()}: it is cleaned when it is back.`,
      ),
    ],
  };
}
