import type { RepairCheck } from '../../contracts/http/data/quarantine.ts';
import { declareRepair } from '../../data/infer/declare-repair.ts';
import { checkRepair } from '../../data/quarantine/check-repair.ts';
import { quarantinedRows } from '../../data/quarantine/quarantined-rows.ts';
import { readCurrentSpec } from '../../db/models/specs.ts';
import { quarantineMax } from '../../domain/contract/quarantine.ts';
import { ownRowsOf } from '../../domain/spec/columns/pins.ts';
import { sayMany } from '../../domain/words/say.ts';
import type { CommandContext } from '../base/context.ts';
import { withDatasets, type DatasetPlace } from '../snapshots/dataset-work.ts';
import { everyRow, handiworkOf, historyQuarantineOf } from './quarantine-of.ts';
import { viewsNow } from './views-now.ts';
import { notesOf, withRepair, type RepairAsked } from './with-repair.ts';

/**
 * Which rows of a quarantine a repair would mend, behind the repairs that the definition has. They are tried as they
 * came, without edits, as a reading of the source would find them; at most 10,000. Nothing is stored. Throws as
 * `repairQuarantine`, but also shows it while the model is frozen.
 */
export async function checkQuarantineRepair(
  context: CommandContext,
  input: RepairAsked & { readonly digest: string },
  place: DatasetPlace,
): Promise<RepairCheck> {
  const found = await historyQuarantineOf(context, input.digest);
  const { digest, model, manifest } = found;
  const { db } = context.database;
  const { repair } = input;
  const { spec, at, isThere } = withRepair(await readCurrentSpec(db, model), input, found);
  const { tried, unreadable, isPartial, checked } = await withDatasets(place, async ({ store, folder }) => {
    const rowsMax = quarantineMax.rowsPerCommand;
    const asked = { pick: everyRow, edits: [], afterLine: -1, rowsMax: rowsMax + 1, charactersMax: null };
    const read = await quarantinedRows(await store.pathOf(manifest.quarantineDigest ?? ''), asked);
    const all = read.slice(0, rowsMax);
    const rows = all.flatMap(({ line, json }) => (json === null ? [] : [{ line, json }]));
    const withViews = await viewsNow(db, store, spec);
    const historyPaths = await Promise.all(manifest.files.map(({ sha256 }) => store.pathOf(sha256)));
    const own = { spec: ownRowsOf(spec), historyPaths, keys: withViews?.keys };
    return {
      tried: all.length,
      unreadable: all.length - rows.length,
      isPartial: read.length > all.length,
      checked: await checkRepair({ ...own, rows, at, workDir: folder }),
    };
  });
  const there = isThere ? '; the definition has this repair already' : '';
  return {
    model,
    digest,
    text:
      `of ${sayMany(tried, 'row')} it would change ${checked.changed}; ${checked.mended} would pass, ` +
      `${checked.takenOut} be taken out, ${checked.broken + unreadable} stay set aside${there}`,
    declaration: declareRepair(repair),
    rows: tried,
    isPartial,
    unreadable,
    ...checked,
    rules: [...checked.rules],
    first: checked.first.map(({ breaks, ...cell }) => ({ ...cell, breaks: breaks === null ? null : [...breaks] })),
    notes: [...notesOf(spec, repair, await handiworkOf(db, digest))],
  };
}
