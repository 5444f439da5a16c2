import path from 'node:path';
import { withDuck, type Duck } from '../../src/data/duck/connect.ts';
import { identifier, literal } from '../../src/data/duck/sql.ts';
import { parquetOptions } from '../../src/data/snapshot/write-accepted.ts';
import type { SnapshotColumn } from '../../src/domain/training/snapshot.ts';
import type { ViewFile } from '../../src/views/offline/view-rows.ts';
import type { PinnedFeature } from '../../src/domain/spec/columns/pins.ts';
import { columnsOfView } from '../../src/domain/view/rows-of-view.ts';
import type { ViewFeatureSpec, ViewSpec } from '../../src/domain/view/view-spec.ts';
import { joinViews, typeOfKind } from '../../src/views/offline/join-views.ts';
import type { CellValue } from '../../src/views/windows/window-row.ts';
import type { KeyedRow, Look } from './plain-views.ts';

const sqlOf = (value: CellValue | undefined): string =>
  value === null || value === undefined ? 'NULL' : typeof value === 'string' ? literal(value) : String(value);

/** The values of all features of a view, one list per look, in the order of the looks. */
export async function joinedBy(
  folder: string,
  view: ViewSpec,
  rows: readonly KeyedRow[],
  looks: readonly Look[],
  { threads = 1 }: { readonly threads?: 1 | 2 } = {},
): Promise<CellValue[][]> {
  const file = path.join(folder, 'view.parquet');
  await withDuck({ threads: 1, memoryMb: 256, tempDir: folder }, (duck) => writeViewRows(duck, view, rows, file));
  const files = [{ path: file, receivedMs: null, isJoined: false, throughSeq: null }];
  return joinedFrom(folder, view, files, looks, { threads });
}

/** Rows of a view as an ingest writes them. */
export async function writeViewRows(
  duck: Duck,
  view: ViewSpec,
  rows: readonly KeyedRow[],
  file: string,
): Promise<readonly SnapshotColumn[]> {
  const columns = columnsOfView(view);
  const cell = (row: KeyedRow, name: string) => {
    if (name === 'card') return sqlOf(row.key);
    if (name === 'at') return sqlOf(row.eventMs);
    if (name === 'seen') return sqlOf(row.availableMs);
    return name === 'id' ? sqlOf(row.id) : sqlOf(row.values[name]);
  };
  const types = columns.map(
    ({ name, kind }) => `CAST(${identifier(name)} AS ${typeOfKind[kind]}) AS ${identifier(name)}`,
  );
  const names = [...columns.map(({ name }) => identifier(name)), '_order'];
  const values = rows.map((row) => `(${columns.map(({ name }) => cell(row, name)).join(', ')}, ${row.seq})`);
  const table =
    values.length === 0
      ? `(SELECT ${names.map((name) => `NULL AS ${name}`).join(', ')} WHERE false)`
      : `(VALUES ${values.join(', ')}) AS v (${names.join(', ')})`;
  await duck.run(
    `COPY (SELECT ${types.join(', ')}, CAST(_order AS BIGINT) AS _order FROM ${table})
      TO ${literal(file)} ${parquetOptions}`,
  );
  return [...columns.map(({ name, kind }) => ({ name, type: typeOfKind[kind] })), { name: '_order', type: 'BIGINT' }];
}

/** The same from files of rows. */
export async function joinedFrom(
  folder: string,
  view: ViewSpec,
  files: readonly ViewFile[],
  looks: readonly Look[],
  { threads = 1 }: { readonly threads?: 1 | 2 } = {},
): Promise<CellValue[][]> {
  return withDuck({ threads, memoryMb: 256, tempDir: folder }, async (duck) => {
    const labels = path.join(folder, 'labels.parquet');
    const lines = looks.map(({ key, atMs }, at) => `(${sqlOf(key)}, ${sqlOf(atMs)}, ${at})`);
    await duck.run(`COPY (SELECT CAST(card AS VARCHAR) AS card, CAST(paid AS BIGINT) AS paid,
      CAST(_order AS BIGINT) AS _order
      FROM (VALUES ${lines.join(', ')}) AS v (card, paid, _order)) TO ${literal(labels)} ${parquetOptions}`);
    const out = path.join(folder, 'joined.parquet');
    const features = view.features.map(({ name, kind }): PinnedFeature => ({
      name,
      kind,
      missing: 'allow',
      from: { view: view.name, feature: name, digest: null, on: ['card'] },
    }));
    await joinViews(duck, {
      path: labels,
      schema: [
        { name: 'card', type: 'VARCHAR' },
        { name: 'paid', type: 'BIGINT' },
        { name: '_order', type: 'BIGINT' },
      ],
      atColumn: 'paid',
      views: [{ view, files, features }],
      order: ['card', 'paid', ...view.features.map(({ name }) => name)],
      out,
      parquetOptions,
    });
    const list = view.features.map(({ name, kind }) =>
      typeOfKind[kind] === 'BIGINT' ? `CAST(${identifier(name)} AS DOUBLE)` : identifier(name),
    );
    const found = await duck.rows(
      `SELECT [${list.map((one) => `CAST(${one} AS VARCHAR)`).join(', ')}] AS cells, card, _order
        FROM read_parquet(${literal(out)})`,
    );
    if (found.some((row, at) => row['card'] !== looks[at]?.key))
      throw new Error('rows are not those that were asked for');
    return found.map((row) => (row['cells'] as (string | null)[]).map((text, at) => parsed(text, view.features[at])));
  });
}

function parsed(text: string | null, feature: ViewFeatureSpec | undefined): CellValue {
  if (text === null || feature === undefined) return text;
  const type = typeOfKind[feature.kind];
  if (type === 'VARCHAR') return text;
  return type === 'BOOLEAN' ? text === 'true' : Number(text);
}
