import type { ProfileReader } from '../../../src/artifacts/profile-reader.ts';
import type { Db } from '../../../src/db/base/connect.ts';
import type { VersionRow } from '../../../src/db/models/versions.ts';
import { windowRowsOf } from '../../../src/db/traffic/read/window-rows.ts';
import { signatureOf } from '../../../src/domain/spec/signature.ts';
import type { ModelSpec } from '../../../src/domain/spec/spec.ts';
import { expectedErrors } from '../../../src/domain/training/expected-loss.ts';
import { profileCells } from '../../../src/trainers/judge/profile-cells.ts';
import { windowColumns } from '../reference/window-columns.ts';
import { measuredRowsMax } from '../measure-quality.ts';

/**
 * The errors that the champion's losses lead one to expect of its values in a window; a sentence where nothing can be
 * said. Law: at most 2,000 rows.
 */
export async function expectedErrorsOf(
  db: Db,
  readProfile: ProfileReader,
  spec: ModelSpec,
  champion: VersionRow,
  number: number,
): Promise<{ readonly rows: number; readonly estimated: Readonly<Record<string, number>> } | string> {
  const { model, version, profileDigest } = champion;
  const profile = await readProfile(profileDigest);
  if (profile.losses === undefined)
    return `Not estimated: v${version} came without 200 labelled rows outside of its fit.`;
  const rows = await windowRowsOf(db, { model, number, version, rowsMax: measuredRowsMax });
  if (rows.length === 0) return `Not estimated: window ${number} has no values of v${version}.`;
  const signature = signatureOf(spec);
  const values = Float64Array.from(rows, ({ scores }) => scores[0] ?? Number.NaN);
  const cells = profileCells(profile, windowColumns(rows, signature, signature), values, Array.from(rows.keys()));
  return { rows: rows.length, estimated: expectedErrors(profile.losses, cells, rows.length) };
}
