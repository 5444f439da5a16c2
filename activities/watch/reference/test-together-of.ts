import { readWholeProfile } from '../../../src/artifacts/profile-reader.ts';
import type { VersionRow } from '../../../src/db/models/versions.ts';
import { windowRowsOf } from '../../../src/db/traffic/read/window-rows.ts';
import type { WindowRow } from '../../../src/db/watching/windows.ts';
import { signatureOf } from '../../../src/domain/spec/signature.ts';
import type { ModelSpec } from '../../../src/domain/spec/spec.ts';
import {
  testTogether,
  togetherRowsMax,
  type TogetherTest,
} from '../../../src/domain/watch/multivariate/test-together.ts';
import type { ActivityDependencies } from '../../dependencies.ts';
import { windowColumns } from './window-columns.ts';

/**
 * Its first rows against rows that the champion's reference keeps; undefined where that is not declared. Features in
 * `skip` are left out. Law: at most 500 rows of traffic, and about 0.1 s of CPU for 20 features.
 */
export async function testTogetherOf(
  { database, store }: Pick<ActivityDependencies, 'database' | 'store'>,
  window: WindowRow,
  champion: VersionRow,
  spec: ModelSpec,
  skip: readonly string[],
): Promise<TogetherTest | string | undefined> {
  if ((spec.watch.multivariate ?? null) === null) return undefined;
  const profile = await readWholeProfile(store, champion.profileDigest);
  if (profile.stretches === undefined) return testTogether(profile, () => null);
  const rows = await windowRowsOf(database.db, {
    model: window.model,
    number: window.number,
    version: champion.version,
    rowsMax: togetherRowsMax,
  });
  const signature = signatureOf(spec);
  const { byName } = windowColumns(rows, signature, signature);
  return testTogether(profile, ({ name }) => {
    const column = skip.includes(name) ? undefined : byName.get(name);
    if (column === undefined) return null;
    return 'texts' in column ? column.texts : column.numbers;
  });
}
