import type { ProfileReader } from '../../../src/artifacts/profile-reader.ts';
import type { Db } from '../../../src/db/base/connect.ts';
import type { VersionRow } from '../../../src/db/models/versions.ts';
import { answersOf } from '../../../src/db/traffic/read/stretch.ts';
import { latestRowsFrom } from '../../../src/db/traffic/read/window-rows.ts';
import type { WindowRow } from '../../../src/db/watching/windows.ts';
import type { ModelSpec } from '../../../src/domain/spec/spec.ts';
import { classesOf, taskOf } from '../../../src/domain/tasks/task-of.ts';
import { judgeLabels, labelRowsMin, type LabelDrift } from '../../../src/domain/watch/labels/judge-labels.ts';
import { labelCells } from '../../../src/domain/watch/labels/label-cells.ts';
import { placeRows } from '../../../src/domain/watch/season/place-rows.ts';

/** Mature rows that are looked at: as many as the window has, within these bounds. */
const rowsMax = 5_000;

/**
 * Labels of the latest mature rows against those that the champion was trained on; null where the definition wants no
 * such test. Law: at most 5,000 rows.
 */
export async function judgeLabelsOf(
  db: Db,
  readProfile: ProfileReader,
  spec: ModelSpec,
  champion: VersionRow,
  window: WindowRow,
  matureSeq: number,
): Promise<LabelDrift | null> {
  if (spec.watch.labelDrift === null) return null;
  const { label: profile, season } = await readProfile(champion.profileDigest);
  const isSeasonal = spec.watch.season != null;
  const none = { rows: 0, throughSeq: matureSeq, cells: [] };
  if (profile === undefined || matureSeq < 1) return judgeLabels(profile, none, spec.watch);
  const low = await latestRowsFrom(db, spec.name, matureSeq, Math.min(rowsMax, Math.max(window.rows, labelRowsMin)));
  const { number } = window;
  const stretch = { number, blocks: [{ low, high: matureSeq }] };
  const asked = { throughWindow: number, firstVersion: null, amounts: [] };
  const answers = await answersOf(db, spec.name, stretch, asked);
  const classes = classesOf(spec.target);
  const { labels } = taskOf(spec.target.task);
  const labelled = answers.flatMap(({ label, eventTimeMs }) => {
    const known = labels.numberOf(label, classes);
    return known === null ? [] : [{ known, eventTimeMs }];
  });
  // A profile of an earlier release has counted its labels by no season.
  const placed =
    season === undefined || profile.seasonal === undefined
      ? null
      : {
          of: season,
          ...placeRows(
            season,
            labelled.map(({ eventTimeMs }) => eventTimeMs),
          ),
        };
  const numbers = labelled.flatMap(({ known }, row) => (placed?.isPlaced[row] === false ? [] : [known]));
  const cells = labelCells(profile, classes, numbers);
  const rows = { rows: numbers.length, throughSeq: matureSeq, cells, placed };
  return judgeLabels(profile, rows, spec.watch, isSeasonal);
}
