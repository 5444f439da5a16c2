import type { QuarantinePage } from '../../contracts/http/quarantine.ts';
import { quarantinedRows } from '../../data/quarantine/quarantined-rows.ts';
import { decisionsOf, editsOf } from '../../db/models/quarantine.ts';
import type { RowPick } from '../../domain/contract/quarantine.ts';
import type { CommandContext } from '../base/context.ts';
import { withDatasets, type DatasetPlace } from '../snapshots/dataset-work.ts';
import { quarantineOf } from './quarantine-of.ts';

/** A longer row is cut: it is shown, and kept whole in its file. */
const charactersMax = 2_000;

/** Rows that a contract set aside, in the order of their lines, as they came and as people edited them. */
export async function showQuarantine(
  context: CommandContext,
  input: { readonly digest: string; readonly pick: RowPick; readonly afterLine: number; readonly rowsMax: number },
  place: DatasetPlace,
): Promise<QuarantinePage> {
  const { digest, model, specRevision, manifest } = await quarantineOf(context, input.digest);
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
  return {
    model,
    digest,
    specRevision,
    rows: shown.map(({ line, raw, edited, ruleIds }) => ({
      line,
      raw,
      edited,
      ruleIds: [...ruleIds],
      state: decided.get(line) ?? 'open',
    })),
    edits: edits.map(({ pick, column, value }) => ({ rule: pick.ruleId, line: pick.line, column, value })),
    nextLine: rows.length > shown.length ? (shown.at(-1)?.line ?? null) : null,
  };
}
