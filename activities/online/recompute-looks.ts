import path from 'node:path';
import type { Duck } from '../../src/data/duck/connect.ts';
import { identifier, literal } from '../../src/data/duck/sql.ts';
import { parquetOptions } from '../../src/data/snapshot/write-accepted.ts';
import type { LookSample, ServedValue } from '../../src/domain/view/look-sample.ts';
import type { ViewSpec } from '../../src/domain/view/view-spec.ts';
import type { PinnedFeature } from '../../src/domain/spec/columns/pins.ts';
import { joinViews } from '../../src/views/offline/join-views.ts';
import type { ViewFile } from '../../src/views/offline/view-rows.ts';

const keyOf = (at: number) => `key${at}`;
const valueOf = (at: number) => `value${at}`;

/**
 * The values that the history of a view gives for looks that were served, by the join that makes training rows, as of
 * the moment of each look; in their order. `folder` takes two small files.
 */
export async function recomputeLooks(
  duck: Duck,
  view: ViewSpec,
  files: readonly ViewFile[],
  looks: readonly LookSample[],
  { folder, digest }: { readonly folder: string; readonly digest: string },
): Promise<readonly Readonly<Record<string, ServedValue>>[]> {
  const asked = path.join(folder, 'looks.parquet');
  const out = path.join(folder, 'joined.parquet');
  const keys = view.entity.map((_, at) => keyOf(at));
  await duck.run(
    `CREATE TEMP TABLE asked (_order BIGINT, moment_ms BIGINT, ${keys.map((key) => `${key} VARCHAR`).join(', ')})`,
  );
  const rows = looks.map(({ key, atMs }, at) => `(${at}, ${Math.trunc(atMs)}, ${key.map(literal).join(', ')})`);
  await duck.run(`INSERT INTO asked VALUES ${rows.join(', ')}`);
  await duck.run(`COPY (SELECT * FROM asked ORDER BY _order) TO ${literal(asked)} ${parquetOptions}`);
  await duck.run('DROP TABLE asked');
  const features = view.features.map(({ name, kind }, at): PinnedFeature => ({
    name: valueOf(at),
    kind,
    missing: 'allow',
    from: { view: view.name, feature: name, digest, on: keys },
  }));
  await joinViews(duck, {
    path: asked,
    schema: [
      ...keys.map((name) => ({ name, type: 'VARCHAR' as const })),
      { name: 'moment_ms', type: 'BIGINT' },
      { name: '_order', type: 'BIGINT' },
    ],
    atColumn: 'moment_ms',
    views: [{ view, files, features }],
    order: [...keys, 'moment_ms', ...features.map(({ name }) => name)],
    out,
    parquetOptions,
  });
  const list = features.map(({ name }) => identifier(name)).join(', ');
  const found = await duck.rows(`SELECT ${list} FROM read_parquet(${literal(out)}) ORDER BY _order`);
  return found.map((row) =>
    Object.fromEntries(view.features.map(({ name }, at) => [name, servedOf(row[valueOf(at)])])),
  );
}

/** As a value travels to a model. */
function servedOf(value: unknown): ServedValue {
  if (typeof value === 'string') return value === '' ? null : value;
  if (typeof value === 'number') return Number.isNaN(value) ? null : value;
  return typeof value === 'bigint' || typeof value === 'boolean' ? Number(value) : null;
}
