import { mkdir, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ArtifactStore } from '../../artifacts/artifact-store.ts';
import { columnNamed } from '../../domain/contract/contract-columns.ts';
import type { ModelSpec } from '../../domain/spec/spec.ts';
import { cursorOf, orderMaxOf, type JoinedView, type SnapshotManifest } from '../../domain/training/snapshot.ts';
import { canonicalJson } from '../../domain/words/canonical.ts';
import { PerennialError } from '../../domain/words/errors.ts';
import { sayMany } from '../../domain/words/say.ts';
import type { CheckedRows } from '../contract/check-rows.ts';
import type { Duck, DuckDbSettings } from '../duck/connect.ts';
import { withTable } from '../read/open-table.ts';
import { joinedRows, type Joining } from '../snapshot/joined-rows.ts';
import { describeAccepted } from '../snapshot/describe-accepted.ts';
import { storeRepairs } from '../snapshot/store-repairs.ts';
import { writeAccepted } from '../snapshot/write-accepted.ts';
import { judgeAgain, type JudgedBy } from './judge-again.ts';

export interface ReplayInput extends JudgedBy {
  /** As its source has to hold rows: without features of views. */
  readonly spec: ModelSpec;
  readonly specRevision: number;
  /** Rows as they are now: JSON objects, with their lines in the old batch. */
  readonly rows: readonly { readonly line: number; readonly json: string }[];
  /** The snapshot in whose quarantine they are. */
  readonly of: string;
  /** Of a union: the source from which they came. */
  readonly member?: string;
  /** The newest snapshot of the history, which the new one continues. */
  readonly head: { readonly digest: string; readonly manifest: SnapshotManifest };
  /** Adds the features that come from views; none by default. */
  readonly joining?: Joining | undefined;
  /** What the manifest says of the views that rules ask; none by default. */
  readonly asked?: readonly JoinedView[];
  readonly workDir: string;
  readonly store: Pick<ArtifactStore, 'putFile' | 'putBytes'>;
  readonly settings?: DuckDbSettings;
}

export interface Replayed {
  readonly digest: string;
  readonly manifest: SnapshotManifest;
  /** Lines of the rows that passed; the others stay where they are. */
  readonly lines: readonly number[];
  readonly failed: number;
}

/**
 * Checks rows of a quarantine by a contract and makes a snapshot of those that pass, behind all others of the history.
 * Equal input gives an equal digest. Throws contract_rejected where none passes, or one breaks a rule that refuses
 * whole batches; then nothing has changed. Rules about batches are not asked: some rows of one are none.
 */
export async function replayRows(input: ReplayInput): Promise<Replayed> {
  const { workDir, rows } = input;
  if (cursorOf(input.head.manifest) === null)
    throw new PerennialError('conflict', 'Nothing was replayed: of its own source the model has read nothing yet.', {
      path: 'quarantine',
      hint: 'Replay once a training has read its source.',
    });
  await mkdir(workDir, { recursive: true });
  const settings = { memoryMb: 512, ...input.settings, tempDir: workDir };
  const path = join(workDir, 'replayed.ndjson');
  try {
    await writeFile(path, rows.map(({ json }) => `${json}\n`).join(''));
    const options = { expected: 'ndjson', encoding: 'utf-8', name: 'the quarantine', settings } as const;
    return await withTable(path, options, async (table, duck) => {
      const checked = await judgeAgain(duck, table, input);
      await refuseBatch(duck, input.spec, checked, rows.length);
      const passed = await duck.rows('SELECT CAST(n AS DOUBLE) AS n FROM checked WHERE NOT bad ORDER BY n');
      const lines = passed.flatMap(({ n }) => rows[Number(n) - 1]?.line ?? []);
      const manifest = await manifestOf(duck, input, checked, passed.length);
      const digest = await input.store.putBytes(canonicalJson(manifest));
      return { digest, manifest, lines, failed: rows.length - lines.length };
    });
  } finally {
    await rm(path, { force: true });
  }
}

async function refuseBatch(duck: Duck, spec: ModelSpec, checked: CheckedRows, rows: number): Promise<void> {
  const found = await duck.rows(`SELECT id, CAST(count(*) AS DOUBLE) AS rows FROM (
    SELECT unnest(ids) AS id FROM checked) GROUP BY id ORDER BY rows DESC, id LIMIT 5`);
  const why = found.map(({ id, rows: broken }) => `${String(id)} ${Number(broken)}`).join(', ');
  // A share of rows is asked of batches: here what a rule tolerates stays open as what another sets aside does.
  const tolerant = new Set(checked.rules.filter(({ tolerance }) => tolerance !== undefined).map(({ id }) => id));
  for (const rule of spec.contract.rules) if ('tolerance' in rule) tolerant.add(rule.id);
  const refusing = new Set(
    [...checked.rules, ...spec.contract.rules]
      .filter(({ id, severity }) => severity === 'reject' && !tolerant.has(id))
      .map(({ id }) => id),
  );
  const refused = found.find(({ id }) => refusing.has(String(id)));
  if (refused !== undefined) throw rejected(`${String(refused['id'])} refuses the whole batch`, why);
  const [count] = await duck.rows('SELECT CAST(count(*) AS DOUBLE) AS good FROM checked WHERE NOT bad');
  if (Number(count?.['good'] ?? 0) === 0) throw rejected(`none of ${sayMany(rows, 'row')} passes the contract`, why);
  // A batch without any time is ordered as it stands; rows of a history with times cannot be.
  if (spec.eventTime !== null && !checked.hasEventTime)
    throw rejected(`no row has a time in ${spec.eventTime.column}`, why);
}

function rejected(what: string, why: string): PerennialError {
  return new PerennialError('contract_rejected', `Nothing was replayed: ${what}${why === '' ? '' : ` (${why})`}.`, {
    path: 'quarantine',
    hint: 'Edit the cells that are wrong by `perennial quarantine fix`, then replay again.',
  });
}

async function manifestOf(
  duck: Duck,
  input: ReplayInput,
  checked: CheckedRows,
  rows: number,
): Promise<SnapshotManifest> {
  const { spec, specRevision, head, of, workDir, store } = input;
  const path = join(workDir, 'accepted.parquet');
  const repairsPath = join(workDir, 'repairs.parquet');
  try {
    const repairs = await storeRepairs(duck, checked.repaired, repairsPath, store);
    const own = await writeAccepted(duck, spec, checked, path, 1 + orderMaxOf(head.manifest));
    const joined = await joinedRows(input, 'the quarantine', own, path);
    const { schema } = joined;
    const written = await describeAccepted(duck, joined.path, schema);
    const target = columnNamed(checked.columns, spec.target.column).value;
    const [labelled] = await duck.rows(`SELECT CAST(count(${target}) AS DOUBLE) AS rows FROM checked WHERE NOT bad`);
    const cursor = cursorOf(head.manifest);
    const { sourceDigest, contractDigest, liftedErasures } = head.manifest;
    return {
      formatVersion: 1,
      model: spec.name,
      specRevision,
      // Nothing more of the source has been read: it is read on from where the history ends.
      sourceDigest,
      ...(cursor === null || cursor === sourceDigest ? {} : { cursor }),
      contractDigest,
      files: [
        {
          sha256: await store.putFile(joined.path),
          bytes: (await stat(joined.path)).size,
          rows: written.rows,
          orderMin: written.orderMin,
          orderMax: written.orderMax,
        },
      ],
      rows,
      labelledRows: Number(labelled?.['rows'] ?? 0),
      quarantinedRows: 0,
      quarantineDigest: null,
      logicalDigest: written.logicalDigest,
      schema,
      ruleCounts: [],
      ...(repairs === null ? {} : { repairs }),
      profile: written.profile,
      parents: [head.digest],
      ...(input.joining === undefined ? {} : { joined: input.joining.joined }),
      ...(input.asked === undefined || input.asked.length === 0 ? {} : { asked: input.asked }),
      ...(input.member === undefined ? {} : { member: input.member }),
      ...(liftedErasures === undefined ? {} : { liftedErasures }),
      replayOf: of,
    };
  } finally {
    const joinedPath = join(workDir, 'joined.parquet');
    await Promise.all([path, repairsPath, joinedPath].map((one) => rm(one, { force: true })));
  }
}
