import { bareEventTimeOf } from '../../domain/contract/contract-columns.ts';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { digestOfJson } from '../../artifacts/digest.ts';
import type { ArtifactStore } from '../../artifacts/artifact-store.ts';
import type { ModelSpec } from '../../domain/spec/spec.ts';
import type { SnapshotColumn, SnapshotManifest, TrafficPieces } from '../../domain/training/snapshot.ts';
import { groupPieces } from '../../domain/training/traffic-pieces.ts';
import { canonicalJson } from '../../domain/words/canonical.ts';
import { checkedColumns } from '../contract/checked-columns.ts';
import { withDuck, type Duck } from '../duck/connect.ts';
import { contractDigest } from '../snapshot/contract-digest.ts';
import { acceptedSchema, writeQuarantine } from '../snapshot/write-accepted.ts';
import { checkLines, type CheckedLines } from './check-lines.ts';
import { asLogged, layoutOf } from './layout.ts';
import { newestProfile } from './newest-profile.ts';
import { piecesIn, rowsOf, type Piece } from './pieces.ts';
import { hashName, ruleCountsOf, tallyIn } from './tally-in-manifest.ts';
import { added, noRows, tallyOf, tallyOfGone, type Tally } from './tally.ts';
import { piecesOfChecked, storeGroup, type PieceShop } from './write-pieces.ts';

export interface TrafficRows {
  readonly spec: ModelSpec;
  readonly specRevision: number;
  /** The history that comes before. */
  readonly parents: readonly string[];
  readonly cut: Pick<TrafficPieces, 'throughWindow' | 'throughSeq' | 'matureSeq' | 'fromSeq' | 'firstOrder' | 'anew'>;
  /** Exported rows, one a line in the order of the log; null when there is none. */
  readonly lines: string | null;
  /** The snapshot that is gone on from, of the same layout; null makes one of the lines alone. */
  readonly before: SnapshotManifest | null;
  /** Folder for what is made on the way; the caller removes it. */
  readonly workDir: string;
  readonly store: ArtifactStore;
}

export interface TrafficSnapshot {
  readonly digest: string;
  readonly manifest: SnapshotManifest;
}

/**
 * A snapshot of labelled traffic: the pieces of the one before and the exported rows, which count instead of what it
 * has at their positions. Null when it would have other rows than an export of everything: some rows have an event time
 * and the others have not. Law: linear in the exported rows, in those that they replace, and in the pieces that become
 * one with others or lose rows.
 */
export async function snapshotTrafficRows(input: TrafficRows): Promise<TrafficSnapshot | null> {
  await mkdir(input.workDir, { recursive: true });
  return withDuck({ threads: 1, tempDir: input.workDir }, (duck) => snapshotWith(duck, input));
}

async function snapshotWith(duck: Duck, input: TrafficRows): Promise<TrafficSnapshot | null> {
  const { store, workDir, before } = input;
  const spec = asLogged(input.spec);
  const schema = acceptedSchema(spec, checkedColumns(spec));
  const values = schema.filter(({ name }) => name !== '_order').map((_, index) => `v${index}`);
  const shop = { duck, store, workDir };
  const lines = input.lines === null ? null : await checkLines(duck, input.lines, spec, { tempDir: workDir });
  const hasEventTime = lines?.report.checked.hasEventTime ?? before?.traffic?.hasEventTime ?? false;
  if (before !== null && before.traffic?.hasEventTime !== hasEventTime) return null;
  const old = before === null ? [] : await piecesIn(store, before.files);
  const given = lines === null ? [] : await piecesOfChecked(shop, values, lines.report.checked.readable);
  const tally = await tallyAfter(duck, { before, old, given, lines, values, fromSeq: input.cut.fromSeq });
  const files = await storeAll(shop, [...old, ...given], input.cut.fromSeq);
  const bareEventTime = bareEventTimeOf(spec);
  const traffic = { ...input.cut, layout: layoutOf(input.spec), bareEventTime, hasEventTime };
  const origin = { sourceDigest: digestOfJson({ traffic, files }), contractDigest: contractDigest(spec, null) };
  const manifest: SnapshotManifest = {
    formatVersion: 1,
    model: spec.name,
    specRevision: input.specRevision,
    ...origin,
    files,
    rows: tally.accepted,
    labelledRows: tally.accepted,
    quarantinedRows: tally.setAside,
    quarantineDigest: await quarantineOf(shop, tally, lines, origin, input),
    logicalDigest: `${hashName}${tally.hashSum}`,
    schema,
    ruleCounts: ruleCountsOf(tally, [...(lines?.report.ruleCounts ?? []), ...(before?.ruleCounts ?? [])]),
    profile: await profileOf(shop, files, schema, traffic, tally),
    parents: input.parents,
    traffic,
  };
  return { manifest, digest: await store.putBytes(canonicalJson(manifest)) };
}

async function tallyAfter(
  duck: Duck,
  of: {
    readonly before: SnapshotManifest | null;
    readonly old: readonly Piece[];
    readonly given: readonly Piece[];
    readonly lines: CheckedLines | null;
    readonly values: readonly string[];
    readonly fromSeq: number;
  },
): Promise<Tally> {
  let tally = of.before === null ? noRows : tallyIn(of.before);
  tally = added(tally, await tallyOfGone(duck, of.old, of.given, of), -1);
  // oxlint-disable-next-line no-await-in-loop -- one file at a time
  for (const { path } of of.given) tally = added(tally, await tallyOf(duck, rowsOf(path), of.values));
  // Lines that no reader takes have no position, so no piece holds them.
  for (const [ruleId, { rows }] of of.lines?.table.text?.tally.unreadable ?? [])
    tally = added(tally, { ...noRows, setAside: rows, broken: new Map([[ruleId, rows]]) });
  return tally;
}

async function storeAll(shop: PieceShop, pieces: readonly Piece[], fromSeq: number) {
  const files: SnapshotManifest['files'][number][] = [];
  for (const group of groupPieces(pieces, fromSeq)) {
    // oxlint-disable-next-line no-await-in-loop -- one file at a time
    const file = await storeGroup(shop, group, fromSeq);
    if (file !== null) files.push(file);
  }
  return files;
}

/**
 * The rows that were set aside last: those of this export, or of the one before as long as none of them can have
 * reached its end.
 */
async function quarantineOf(
  { duck, store, workDir }: PieceShop,
  tally: Tally,
  lines: CheckedLines | null,
  origin: { readonly sourceDigest: string; readonly contractDigest: string },
  { before, cut: { fromSeq } }: Pick<TrafficRows, 'before' | 'cut'>,
): Promise<string | null> {
  if (tally.setAside === 0) return null;
  if (lines === null || lines.report.quarantined === 0)
    return before?.traffic?.fromSeq === fromSeq ? before.quarantineDigest : null;
  const path = join(workDir, 'set-aside.parquet');
  await writeQuarantine(duck, lines.table, path, origin);
  return store.putFile(path);
}

async function profileOf(
  shop: PieceShop,
  files: SnapshotManifest['files'],
  schema: readonly SnapshotColumn[],
  traffic: TrafficPieces,
  tally: Tally,
) {
  return tally.accepted === 0 ? [] : newestProfile(shop, await piecesIn(shop.store, files), schema, traffic);
}
