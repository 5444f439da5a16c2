import { and, eq } from 'drizzle-orm';
import type { RoutedVersion } from '../../domain/rollout/routing.ts';
import type { Db } from '../base/connect.ts';
import { lockRouting, writeRouting } from './routing.ts';
import { version } from '../schema/index.ts';
import type { VersionRow } from '../models/versions.ts';

/**
 * Gives a version that had no reference its own, in its row and wherever it is routed. A second call changes nothing.
 * To be called in a transaction.
 */
export async function setProfile(
  tx: Db,
  of: Pick<VersionRow, 'model' | 'version' | 'profileDigest'>,
  profileDigest: string,
): Promise<void> {
  const entry = await lockRouting(tx, of.model);
  const changed = await tx
    .update(version)
    .set({ profileDigest })
    .where(
      and(eq(version.model, of.model), eq(version.version, of.version), eq(version.profileDigest, of.profileDigest)),
    )
    .returning({ version: version.version });
  if (changed.length === 0) return;
  const renewed = (routed: RoutedVersion | null): RoutedVersion | null =>
    routed?.version === of.version ? { ...routed, profileDigest } : routed;
  const next = { ...entry, champion: renewed(entry.champion), challenger: renewed(entry.challenger) };
  if (next.champion !== entry.champion || next.challenger !== entry.challenger) await writeRouting(tx, next, 'keep');
}
