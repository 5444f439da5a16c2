import { ownRowsOf, referencesOf } from '../../domain/spec/columns/pins.ts';
import type { QuarantinePage } from '../../contracts/http/data/quarantine.ts';
import { quarantinedRows } from '../../data/quarantine/quarantined-rows.ts';
import { decisionsOf, editsOf, settlingRevisions } from '../../db/models/quarantine.ts';
import { readSpecRevision } from '../../db/models/specs.ts';
import { judgedByScanOnly } from '../../domain/contract/check-row.ts';
import { compileRepairedCheck } from '../../domain/contract/repair-row.ts';
import { isPicked, type RowPick } from '../../domain/contract/quarantine.ts';
import type { CommandContext } from '../base/context.ts';
import { withDatasets, type DatasetPlace } from '../snapshots/dataset-work.ts';
import { quarantineOf } from './quarantine-of.ts';

/** A longer row is cut, and not judged: it is kept whole in its file. */
const charactersMax = 2_000;

/** Rows that a contract set aside, in the order of their lines, as they came and as people edited them. */
export async function showQuarantine(
  context: CommandContext,
  input: { readonly digest: string; readonly pick: RowPick; readonly afterLine: number; readonly rowsMax: number },
  place: DatasetPlace,
): Promise<QuarantinePage> {
  const found = await quarantineOf(context, input.digest);
  const { digest, model, specRevision, manifest } = found;
  const { db } = context.database;
  const edits = await editsOf(db, digest);
  const asked = { pick: input.pick, edits, afterLine: input.afterLine, rowsMax: input.rowsMax + 1, charactersMax };
  const rows = await withDatasets(place, async ({ store }) =>
    quarantinedRows(await store.pathOf(manifest.quarantineDigest ?? ''), asked),
  );
  const shown = rows.slice(0, input.rowsMax);
  const decided = await decisionsOf(
    db,
    digest,
    shown.map(({ line }) => line),
  );
  const { spec } = await readSpecRevision(db, model, specRevision);
  const check = compileRepairedCheck(ownRowsOf(spec));
  return {
    model,
    digest,
    specRevision,
    settledBy: (await settlingRevisions(db, model, [found])).get(digest) ?? null,
    leftToReplay: [...judgedByScanOnly(spec), ...referencesOf(spec).map(({ id }) => id)],
    rows: shown.map(({ line, raw, json, ruleIds }) => {
      const isEdited = json !== null && edits.some(({ pick }) => isPicked(pick, { line, ruleIds }));
      return {
        line,
        raw,
        edited: isEdited ? json : null,
        breaks: isEdited ? [...check(rowOf(json))] : null,
        ruleIds: [...ruleIds],
        state: decided.get(line) ?? 'open',
      };
    }),
    edits: edits.map(({ pick, column, value }) => ({ rule: pick.ruleId, line: pick.line, column, value })),
    nextLine: rows.length > shown.length ? (shown.at(-1)?.line ?? null) : null,
  };
}

function rowOf(json: string): Readonly<Record<string, unknown>> {
  // The reader gives the JSON of an object, or none.
  return JSON.parse(json) as Record<string, unknown>;
}
