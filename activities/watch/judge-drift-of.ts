import type { ProfileReader } from '../../src/artifacts/profile-reader.ts';
import type { VersionRow } from '../../src/db/models/versions.ts';
import type { Db } from '../../src/db/base/connect.ts';
import { earlierCountersOf, type CounterRow, type WindowRow } from '../../src/db/watching/windows.ts';
import { kindOf } from '../../src/domain/features/kind-of.ts';
import type { ModelSpec } from '../../src/domain/spec/spec.ts';
import { cellCount, type ReferenceProfile } from '../../src/domain/training/profile.ts';
import { driftHistograms } from '../../src/domain/watch/drift-histograms.ts';
import { rankCauses, sayCauses } from '../../src/domain/watch/causes/rank-causes.ts';
import { earlierWindowsMax, judgeStream } from '../../src/domain/watch/lasting/judge-stream.ts';
import type { WindowCells } from '../../src/domain/watch/judge-drift.ts';
import { phaseRows } from '../../src/domain/watch/season/phase-rows.ts';
import type { ActivityDependencies } from '../dependencies.ts';
import { freezeReference } from './reference/freeze-reference.ts';
import type { LeasedWrite } from './leased-write.ts';
import { testTogetherOf } from './reference/test-together-of.ts';

/** What its rows looked like against the profile of the version's training rows. */
export async function judgeDriftOf(
  deps: ActivityDependencies,
  write: LeasedWrite,
  readProfile: ProfileReader,
  window: WindowRow,
  champion: VersionRow,
  spec: ModelSpec,
  counted: readonly CounterRow[],
) {
  const profile = await readProfile(champion.profileDigest);
  if (profile.rows === 0) return freezeReference(deps, write, window, champion, spec);
  const counters = counted.filter((row) => row.version === champion.version);
  const { rows, cells, phases } = windowCells(profile, counters);
  // What moves by nature does not drift, and a feature that is no longer logged is absent, not missing.
  const unlogged = profile.features.filter((_, i) => cells[i]?.every((count) => count === 0));
  const still = [...spec.features.filter(({ kind }) => !kindOf(kind).canDrift), ...unlogged];
  // What the version does not read moves none of its answers.
  const skip = [...still.map(({ name }) => name), ...(profile.unread ?? [])];
  const together = await testTogetherOf(deps, window, champion, spec, skip);
  const input = {
    profile,
    window: { rows, cells, phases },
    watch: spec.watch,
    skip,
    isSeasonal: spec.watch.season != null,
    ...(together === undefined ? {} : { together }),
  };
  const judged = judgeStream(input, await earlierOf(deps.database.db, window, champion, profile));
  const causes = rankCauses(profile, { rows, cells }, judged);
  const said = sayCauses(causes);
  const text = said === '' ? judged.text : `${judged.text} ${said}`;
  return { ...judged, text, causes, histograms: driftHistograms(profile, { cells, phases }, judged) };
}

/** The sum of what was counted, by the profile that it was counted by: `WindowCells`. */
function windowCells(profile: ReferenceProfile, counters: readonly CounterRow[]) {
  const cells = [...profile.features, profile.prediction].map((feature, i) => {
    const sum = new Array<number>(cellCount(feature)).fill(0);
    for (const row of counters) row.cells[i]?.forEach((count, cell) => (sum[cell] = (sum[cell] ?? 0) + count));
    return sum;
  });
  const rows = counters.reduce((total, row) => total + row.rows, 0);
  return { rows, cells, phases: phaseRows(counters) };
}

/** Windows right before this one that the version answered, the newest first; none beyond a gap. */
async function earlierOf(
  db: Db,
  { model, number }: WindowRow,
  { version }: VersionRow,
  profile: ReferenceProfile,
): Promise<readonly WindowCells[]> {
  const counted = await earlierCountersOf(db, { model, version, number }, earlierWindowsMax);
  const earlier: WindowCells[] = [];
  for (let before = 1; before <= earlierWindowsMax; before++) {
    const counters = counted.filter((row) => row.windowNumber === number - before);
    // Counted by a profile that has been frozen since, cells mean something else.
    if (counters.length === 0 || !counters.every((row) => isCountedBy(profile, row))) break;
    earlier.push(windowCells(profile, counters));
  }
  return earlier;
}

function isCountedBy({ features, prediction }: ReferenceProfile, { cells }: CounterRow): boolean {
  return [...features, prediction].every(
    (feature, i) => cells[i] === undefined || cells[i].length === cellCount(feature),
  );
}
