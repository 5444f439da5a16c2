import type { RowsReplayed } from '../../contracts/http/data/quarantine.ts';
import { replayRows, type Replayed } from '../../data/quarantine/replay-rows.ts';
import { appendAudit } from '../../db/audit/audit.ts';
import { withTransaction, type Db } from '../../db/base/connect.ts';
import { decideRows, lockHistory, runningIngest } from '../../db/models/quarantine.ts';
import { lineageOf, newestHistoryOf, putSnapshot } from '../../db/models/snapshots.ts';
import { readCurrentSpec, readModel, type StoredSpec } from '../../db/models/specs.ts';
import type { SnapshotPage } from '../../db/pages/snapshot.ts';
import { outcomeOf, performOnce } from '../../db/people/command-effects.ts';
import { closeRun, openRun } from '../../db/runs/runs.ts';
import { putEvidence } from '../../db/runs/evidence.ts';
import { ownRowsOf } from '../../domain/spec/columns/pins.ts';
import { PerennialError } from '../../domain/words/errors.ts';
import { formatRunId } from '../../domain/words/run-id.ts';
import { sayMany } from '../../domain/words/say.ts';
import type { CommandContext } from '../base/context.ts';
import { actorOf, runCommand } from '../base/run-command.ts';
import { withDatasets, type DatasetPlace } from '../snapshots/dataset-work.ts';
import { everyRow, historyQuarantineOf, openRows } from './quarantine-of.ts';
import { viewsNow } from './views-now.ts';

export interface ReplayQuarantineInput {
  readonly digest: string;
  readonly key: string | null;
  readonly reason: string;
}

/**
 * Checks the open rows of a quarantine, with their edits, by the present contract. What passes becomes a snapshot that
 * continues the history; what fails stays open. A row is taken once, whoever asks how often: its decision stands in the
 * transaction of the snapshot. Throws `contract_rejected` where none passes, and `conflict` where the history has moved
 * on without that snapshot, or moves just now.
 */
export async function replayQuarantine(
  context: CommandContext,
  input: ReplayQuarantineInput,
  place: DatasetPlace,
): Promise<RowsReplayed> {
  const found = await historyQuarantineOf(context, input.digest);
  const { digest, model } = found;
  return runCommand<Outcome>(
    context,
    { model, key: input.key, reason: input.reason },
    {
      kind: 'replay-quarantine',
      permission: 'operate',
      body: { digest },
      async perform(commandId) {
        const outcome = await replayed(context, input, found, commandId, place);
        const left = outcome.failed === 0 ? '' : `; ${sayMany(outcome.failed, 'row')} stay set aside`;
        return { text: `${sayMany(outcome.rows, 'row')} passed and were learnt of${left}`, link: null, ...outcome };
      },
    },
  );
}

// A type and no interface, so that it is a record of members to store.
type Outcome = { snapshot: string; runId: string; rows: number; failed: number };

async function replayed(
  context: CommandContext,
  input: ReplayQuarantineInput,
  found: SnapshotPage,
  commandId: string,
  place: DatasetPlace,
): Promise<Outcome> {
  const { db } = context.database;
  // What an earlier attempt of the same command made, whose answer was lost.
  const before = await outcomeOf<Outcome>(db, { commandId, model: found.model });
  if (before !== null) return before;
  const current = await readCurrentSpec(db, found.model);
  const head = await headOf(db, found, current);
  const made = await withDatasets(place, async ({ store, folder }) => {
    const open = await openRows({ db, store }, found, everyRow);
    const rows = open.flatMap(({ line, json }) => (json === null ? [] : [{ line, json }]));
    if (rows.length === 0) throw nothingOpen(found.digest, open.length);
    const history = await lineageOf(db, [head.digest]);
    const { member } = found.manifest;
    const withViews = await viewsNow(db, store, current.spec);
    const files = history.flatMap(({ manifest }) => manifest.files.map(({ sha256 }) => sha256));
    return replayRows({
      spec: ownRowsOf(current.spec),
      ...withViews,
      specRevision: current.revision,
      rows,
      of: found.digest,
      ...(member === undefined ? {} : { member }),
      head,
      historyPaths: await Promise.all(files.map((sha256) => store.pathOf(sha256))),
      workDir: folder,
      store,
    });
  });
  const outcome = await withTransaction(context.database, (tx) =>
    performOnce(tx, { commandId, model: found.model }, () => keep(tx, context, input, found, { made, head, current })),
  );
  if (outcome !== null) return outcome;
  throw new PerennialError('conflict', 'Nothing came of this command before; send it under another id.', {
    path: 'Idempotency-Key',
  });
}

/** Snapshot, decisions, run and audit at once, or nothing of them where the history is another one by now. */
async function keep(
  tx: Db,
  context: CommandContext,
  input: ReplayQuarantineInput,
  { digest: of, model }: SnapshotPage,
  { made, head, current }: { readonly made: Replayed; readonly head: Head; readonly current: StoredSpec },
): Promise<Outcome> {
  await lockHistory(tx, model);
  const running = await runningIngest(tx, model);
  if (running !== null) throw moving(`${running} reads the source just now`);
  const newest = await newestHistoryOf(tx, model, current.revision);
  const revision = (await readModel(tx, model)).specRevision;
  if (newest?.digest !== head.digest || revision !== current.revision) throw moving('its history has just changed');
  const { digest, manifest, lines, failed } = made;
  const actor = actorOf(context);
  const { sourceDigest } = manifest;
  const row = { digest, model, specRevision: current.revision, kind: 'history', sourceDigest } as const;
  await putSnapshot(tx, { ...row, throughWindow: null, manifest });
  await putEvidence(tx, {
    model,
    kind: 'contract',
    subject: { of: 'snapshot', digest },
    verdict: 'accepted',
    body: { rows: manifest.rows, quarantinedRows: 0, ruleCounts: [], replayOf: of },
  });
  const taken = await decideRows(tx, { snapshot: of, decision: 'replayed', replayedInto: digest, actor }, lines);
  // Somebody else decided one of them since it was read: then this snapshot has a row too many.
  if (taken !== lines.length) throw moving('rows of it have just been decided');
  const runId = formatRunId({ kind: 'replay', model, snapshotStart: digest.slice(0, 16) });
  const runInput = { snapshot: of, rows: lines.length + failed };
  await openRun(tx, { runId, model, kind: 'replay', trigger: 'person', input: runInput });
  const detail = `${sayMany(lines.length, 'row')} of ${of.slice(0, 16)} passed, ${failed} stay set aside`;
  const output = { snapshot: digest, rows: lines.length, failed };
  await closeRun(tx, runId, { status: 'completed', detail, output });
  await appendAudit(tx, {
    type: 'perennial.quarantine.replayed',
    model,
    subject: { of: 'snapshot', id: of },
    actor,
    tokenId: context.principal.tokenId,
    reason: input.reason,
    data: { digest: of, snapshot: digest, runId, rows: lines.length, failed },
  });
  return { snapshot: digest, runId, rows: lines.length, failed };
}

type Head = NonNullable<Awaited<ReturnType<typeof newestHistoryOf>>>;

/** The newest snapshot of the present history, to which the one of the quarantine belongs. */
async function headOf(db: Db, { digest, model, specRevision }: SnapshotPage, current: StoredSpec): Promise<Head> {
  const head = await newestHistoryOf(db, model, current.revision);
  if (head !== null && (await lineageOf(db, [head.digest])).some((one) => one.digest === digest)) return head;
  const isOlder = specRevision !== current.revision;
  const why = isOlder
    ? `was read under revision ${specRevision}, and revision ${current.revision} reads its source anew.`
    : 'was superseded: the source has been read as a whole since.';
  throw new PerennialError('conflict', `Snapshot ${digest.slice(0, 16)} ${why}`, {
    path: digest,
    hint: 'Replay the quarantine of the newest snapshot: `perennial quarantine list`.',
  });
}

function moving(what: string): PerennialError {
  return new PerennialError('unavailable', `Nothing was replayed: ${what}.`, {
    path: 'quarantine',
    hint: 'Send it again in a moment.',
  });
}

function nothingOpen(digest: string, unreadable: number): PerennialError {
  const start = digest.slice(0, 16);
  return unreadable === 0
    ? new PerennialError('conflict', `No row of the quarantine of ${start} is open.`, { path: digest })
    : new PerennialError('conflict', `The open rows of ${start} cannot be split into cells.`, {
        path: digest,
        hint: 'Mend them in the source, or drop them.',
      });
}
