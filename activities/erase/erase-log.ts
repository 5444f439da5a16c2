import { noteCount } from '../../src/db/erasure/counts.ts';
import { modelRows, viewRows, eraseStored, bumpOnline, type StoredRows } from '../../src/db/erasure/stored-rows.ts';
import {
  countLabels,
  countPredictions,
  eraseLogRows,
  logRowsMax,
  nextNoted,
  noteLogRows,
} from '../../src/db/traffic/erase/erase-log-rows.ts';
import { unlessHeld, type ErasePart, type ErasePartInput } from './part.ts';

/**
 * Writes down where the entity's predictions stand, as far as Postgres has them. Before anything goes: files are read
 * by these positions when the log has the rows no more.
 */
export const noteLog: ErasePart = async ({ deps, erasure, owner }, _cursor, isOver) => {
  if (owner.of !== 'model') return null;
  const of = { erasureId: erasure.erasureId, model: owner.name };
  // oxlint-disable-next-line no-await-in-loop -- one page at a time
  while ((await noteLogRows(deps.database.db, of)) === logRowsMax) if (isOver()) return 'more';
  return null;
};

/** Rows beside the log first, which are found by the ids of its rows; then the log itself, page by page. */
export const eraseLog: ErasePart = async (input, cursor, isOver) => {
  const { erasure, owner } = input;
  for (const stored of storedRows(input)) {
    // oxlint-disable-next-line no-await-in-loop -- one table at a time
    while ((await eraseTable(input, stored)) === logRowsMax && !erasure.isDryRun) if (isOver()) return cursor ?? '0';
  }
  if (owner.of !== 'model') return null;
  return erasure.isDryRun ? countLog(input) : eraseRows(input, Number(cursor ?? 0), isOver);
};

function storedRows({ erasure, entity, owner }: ErasePartInput): readonly StoredRows[] {
  return owner.of === 'model' ? modelRows(erasure, owner.name) : viewRows(owner.name, entity, erasure.keyColumn);
}

function eraseTable({ deps, erasure, owner }: ErasePartInput, stored: StoredRows): Promise<number> {
  const { erasureId, isDryRun } = erasure;
  return unlessHeld(deps.database, owner, async (tx) => {
    const rows = await eraseStored(tx, stored, { isDryRun, rowsMax: logRowsMax });
    // Several tables are one place, and a dry run replaces its count: each is an item of its own there.
    const item = isDryRun ? stored.table : '';
    await noteCount(tx, { erasureId, owner: owner.name, place: stored.place, item }, rows, isDryRun);
    if (rows > 0 && !isDryRun && stored.table === 'online_entity') await bumpOnline(tx, owner.name);
    return rows;
  });
}

async function eraseRows(
  { deps, erasure, owner }: ErasePartInput,
  afterSeq: number,
  isOver: () => boolean,
): Promise<string | null> {
  const of = { erasureId: erasure.erasureId, model: owner.name };
  let after = afterSeq;
  for (;;) {
    // oxlint-disable-next-line no-await-in-loop -- one page at a time
    const page = await nextNoted(deps.database.db, of, after);
    // Labels without a prediction go with the first call, also where there is no row.
    const { from, to } = page ?? { from: 0, to: 0 };
    // oxlint-disable-next-line no-await-in-loop -- as above
    await unlessHeld(deps.database, owner, async (tx) => {
      const gone = await eraseLogRows(tx, of, { from, to });
      const count = { erasureId: of.erasureId, owner: owner.name };
      await noteCount(tx, { ...count, place: 'predictions' }, gone.predictions, false);
      await noteCount(tx, { ...count, place: 'labels' }, gone.labels, false);
    });
    if (page === null || !page.hasMore) return null;
    after = page.to;
    if (isOver()) return String(after);
  }
}

async function countLog({ deps, erasure, owner }: ErasePartInput): Promise<null> {
  const { db } = deps.database;
  const of = { erasureId: erasure.erasureId, model: owner.name };
  const count = { erasureId: of.erasureId, owner: owner.name };
  await noteCount(db, { ...count, place: 'predictions' }, await countPredictions(db, of), true);
  await noteCount(db, { ...count, place: 'labels' }, await countLabels(db, of), true);
  return null;
}
