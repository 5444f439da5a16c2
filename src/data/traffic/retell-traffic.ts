import { mkdir } from 'node:fs/promises';
import type { SnapshotFile, SnapshotManifest } from '../../domain/training/snapshot.ts';
import { newestProfile } from './newest-profile.ts';
import { nameReplaced, newestRows, piecesIn } from './pieces.ts';
import { added, tallyOf, type Tally } from './tally.ts';
import { hashName, ruleCountsOf, tallyIn } from './tally-in-manifest.ts';
import type { PieceShop } from './write-pieces.ts';

/**
 * What a snapshot of traffic says of itself when its pieces were written anew without some rows: the numbers that it
 * had, less those of the rows that are gone. Law: linear in all of its rows.
 */
export async function retellTraffic(
  shop: Pick<PieceShop, 'duck' | 'workDir'> & { readonly store: { checkedPathOf(digest: string): Promise<string> } },
  manifest: SnapshotManifest,
  files: readonly SnapshotFile[],
) {
  const { traffic, schema } = manifest;
  if (traffic === undefined) return {};
  await mkdir(shop.workDir, { recursive: true });
  const store = { pathOf: (digest: string) => shop.store.checkedPathOf(digest) };
  const values = schema.filter(({ name }) => name !== '_order').map((_, index) => `v${index}`);
  const countIn = async (of: readonly SnapshotFile[]): Promise<Tally> => {
    const pieces = await piecesIn(store, of);
    await nameReplaced(shop.duck, pieces, traffic.fromSeq);
    return tallyOf(shop.duck, newestRows(pieces, traffic.fromSeq), values);
  };
  const gone = added(await countIn(manifest.files), await countIn(files), -1);
  const tally = added(tallyIn(manifest), gone, -1);
  return {
    files,
    rows: tally.accepted,
    labelledRows: tally.accepted,
    quarantinedRows: tally.setAside,
    logicalDigest: `${hashName}${tally.hashSum}`,
    ruleCounts: ruleCountsOf(tally, manifest.ruleCounts),
    profile: tally.accepted === 0 ? [] : await newestProfile(shop, await piecesIn(store, files), schema, traffic),
  };
}
