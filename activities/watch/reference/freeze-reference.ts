import type { DriftJudgement } from '../../../src/domain/watch/judge-drift.ts';
import { sayMany } from '../../../src/domain/words/say.ts';
import { signatureOf } from '../../../src/domain/spec/signature.ts';
import type { ModelSpec } from '../../../src/domain/spec/spec.ts';
import { setProfile } from '../../../src/db/routing/set-profile.ts';
import { readSpecRevision } from '../../../src/db/models/specs.ts';
import { windowRowsOf, type WindowScores } from '../../../src/db/traffic/read/window-rows.ts';
import type { VersionRow } from '../../../src/db/models/versions.ts';
import type { WindowRow } from '../../../src/db/watching/windows.ts';
import type { DeclaredSeason } from '../../../src/trainers/judge/season-rows.ts';
import { referenceProfile } from '../../../src/trainers/judge/reference-profile.ts';
import { withStretches } from '../../../src/trainers/judge/with-stretches.ts';
import type { ActivityDependencies } from '../../dependencies.ts';
import type { LeasedWrite } from '../leased-write.ts';
import { windowColumns } from './window-columns.ts';

/** Quantiles of fewer rows would alarm on every window. */
const referenceRowsMin = 100;
/** A window declared in time may hold millions; its first rows say how it is distributed. */
const referenceRowsMax = 20_000;

/**
 * A version that came without data has nothing to be compared with: the first closed window with enough of its answers
 * becomes its reference. That window is not judged, and the evidence says so.
 */
export async function freezeReference(
  { database, store }: Pick<ActivityDependencies, 'database' | 'store'>,
  write: LeasedWrite,
  window: WindowRow,
  champion: VersionRow,
  spec: ModelSpec,
): Promise<DriftJudgement> {
  const rows = await windowRowsOf(database.db, {
    model: window.model,
    number: window.number,
    version: champion.version,
    rowsMax: referenceRowsMax,
  });
  const insufficient = (text: string): DriftJudgement => ({
    verdict: 'insufficient',
    rows: rows.length,
    features: [],
    drifted: [],
    text,
  });
  if (rows.length < referenceRowsMin)
    return insufficient(
      `v${champion.version} came without data, and this window has ${sayMany(rows.length, 'row')} of the ` +
        `${referenceRowsMin} that its reference needs.`,
    );
  const signature = signatureOf((await readSpecRevision(database.db, window.model, champion.specRevision)).spec);
  const columns = windowColumns(rows, signature, signatureOf(spec));
  const range = { from: 0, to: rows.length };
  const season = seasonOf(spec, rows);
  const scores = Float64Array.from(rows.flatMap((row) => [...row.scores]));
  const counted = referenceProfile(signature, columns, range, scores, season);
  const profile = withStretches(counted, spec.watch, signature, columns, range);
  const digest = await store.putBytes(Buffer.from(JSON.stringify(profile)));
  await write((tx) => setProfile(tx, champion, digest));
  const unheeded =
    season === null || profile.season !== undefined
      ? ''
      : ' The season is not heeded: no phase has 30 of these rows in three turns.';
  return insufficient(
    `reference: its first ${sayMany(rows.length, 'row')} (window ${window.number}); ` +
      `drift is judged from the next window on.${unheeded}`,
  );
}

/** Rows without a time are of no phase. */
function seasonOf({ watch }: ModelSpec, rows: readonly WindowScores[]): DeclaredSeason | null {
  const { season = null } = watch;
  if (season === null) return null;
  const timesMs = Float64Array.from(rows, ({ eventTimeMs }) => eventTimeMs ?? Number.NaN);
  return { of: season, timesMs, scoreTimesMs: timesMs };
}
