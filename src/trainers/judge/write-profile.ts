import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { canonicalJson } from '../../domain/words/canonical.ts';
import { sliceColumns } from '../../onnx/run/columns.ts';
import { loadModel } from '../../onnx/run/run-model.ts';
import { scoreColumns } from '../../onnx/run/score-columns.ts';
import type { RowRange } from '../interface.ts';
import { files } from '../prepare/folder.ts';
import type { FolderRows } from '../prepare/read-folder.ts';
import { referenceProfile } from './reference-profile.ts';
import type { Scored } from './score-model.ts';
import { seasonRows } from './season-rows.ts';
import { labelProfile } from './label-profile.ts';
import { withHoldOut } from './with-hold-out.ts';
import { withLosses } from './with-losses.ts';
import { withStretches } from './with-stretches.ts';

/**
 * What the served model says of the rows it was fitted on; of rows that it has not seen, where it was not refitted. The
 * candidate's scores on unseen rows are another model's than a refit: it has more trees, which alone moves every
 * quantile and would alarm on every window. Losses are those of the candidate on the test rows, which a refit has seen.
 */
export async function writeProfile(
  folder: string,
  rows: FolderRows,
  { candidate, release }: { readonly candidate: Scored; readonly release: Scored },
  unread: readonly string[] = [],
): Promise<void> {
  const isRefit = release !== candidate;
  const { fittedOn } = release.file;
  const scores = isRefit ? await scoresOn(folder, rows, release, fittedOn) : release.heldOutScores;
  const { eventTimeMs } = rows.table;
  const { season = null } = rows.spec.watch;
  const { validation, test } = rows.split;
  const scored = isRefit ? fittedOn : { from: validation.from, to: test.to };
  const declared =
    season === null || eventTimeMs === null
      ? null
      : {
          of: season,
          timesMs: eventTimeMs.subarray(fittedOn.from, fittedOn.to),
          scoreTimesMs: eventTimeMs.subarray(scored.from, scored.to),
        };
  const { signature, table, spec } = rows;
  const counted = referenceProfile(signature, table.columns, fittedOn, scores, declared, scored);
  const strata = declared === null ? undefined : seasonRows(declared.of, declared.timesMs)?.strata;
  const label = labelProfile(signature, table.labels.subarray(fittedOn.from, fittedOn.to), strata);
  const { testScores } = candidate;
  const foreseen = withLosses({ ...counted, label }, signature, sliceColumns(table.columns, test.from, test.to), {
    scores: testScores,
    labels: table.labels.subarray(test.from, test.to),
  });
  const stretched = withStretches(foreseen, spec.watch, signature, table.columns, fittedOn);
  const held = withHoldOut(stretched, spec, signature, table.columns, test);
  const profile = unread.length === 0 ? held : { ...held, unread };
  await writeFile(join(folder, files.profile), `${canonicalJson(profile)}\n`);
}

async function scoresOn(
  folder: string,
  { signature, table }: FolderRows,
  { file }: Scored,
  { from, to }: RowRange,
): Promise<Float64Array> {
  const { session } = await loadModel(join(folder, file.modelFile));
  try {
    return await scoreColumns(session, signature, sliceColumns(table.columns, from, to));
  } finally {
    await session.release();
  }
}
