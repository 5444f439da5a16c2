import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { withDuck } from '../../src/data/duck/connect.ts';
import { pathLiteral } from '../../src/data/duck/sql.ts';
import { combineSnapshots } from '../../src/data/traffic/combine-snapshots.ts';
import { withTransaction, type Database } from '../../src/db/base/connect.ts';
import { lineageOf, newestHistoryOf } from '../../src/db/models/snapshots.ts';
import { readCurrentSpec, storeSpec } from '../../src/db/models/specs.ts';
import { completeSpec } from '../../src/domain/spec/default-spec.ts';
import type { SourceSpec } from '../../src/domain/spec/source-spec.ts';
import type { ModelSpec } from '../../src/domain/spec/spec.ts';
import { personOn } from './delivered-world.ts';
import { ingestDeps, readSource } from './ingest-deps.ts';
import { RecordingBus } from './recording-bus.ts';

/** A model of cards whose history is what this source holds. */
export function cardsModel(model: string, source: SourceSpec, owner = 'o', max = 1_000): ModelSpec {
  return completeSpec({
    name: model,
    about: { owner, useCase: 'u', successCriterion: 's' },
    entity: { column: 'card' },
    features: [{ kind: 'number', name: 'amount', missing: 'refuse', max }],
    target: { task: 'binary', column: 'y', positive: 'yes', negative: 'no', labelDelay: { rows: 10 } },
    source,
    contract: { rules: [], quarantineShareMax: 1 },
  });
}

export const file = (at: string): SourceSpec => ({ kind: 'file', path: at, format: 'csv' });

/** Models whose histories begin with those of others: sources in a folder, and readings of them without Temporal. */
export async function createBranchWorld(database: Database) {
  const { db } = database;
  const folder = await mkdtemp(path.join(tmpdir(), 'branches-'));
  const deps = ingestDeps(database, folder);
  const { store } = deps;
  const headOf = async (model: string) => newestHistoryOf(db, model, (await readCurrentSpec(db, model)).revision);
  return {
    folder,
    store,
    deps,
    ana: { ...personOn(database, new RecordingBus()), sourceRoots: [{ scope: '*', path: folder }] },
    headOf,
    define: (spec: ModelSpec) => withTransaction(database, (tx) => storeSpec(tx, spec, 'test')),
    async put(at: string, cards: readonly string[]): Promise<void> {
      const full = path.join(folder, at);
      await mkdir(path.dirname(full), { recursive: true });
      const rows = cards.map((card, row) => `${card},${row},${row % 2 === 0 ? 'yes' : 'no'}`);
      await writeFile(full, `card,amount,y\n${rows.join('\n')}\n`);
    },
    ingest: async (model: string) => (await readSource(deps, model)).snapshot,
    /** Cards of the training set, in its order. */
    async cardsOf(digest: string): Promise<string> {
      const manifests = (await lineageOf(db, [digest])).map(({ manifest }) => manifest);
      const { paths } = await combineSnapshots(store, manifests, path.join(folder, 'combined'));
      const all = paths.map(pathLiteral).join(', ');
      const rows = await withDuck({}, (duck) => duck.rows(`SELECT card FROM read_parquet([${all}]) ORDER BY _order`));
      return rows.map(({ card }) => String(card)).join(' ');
    },
    /** Names of all files of the artifact store. */
    async stored(): Promise<readonly string[]> {
      const all = await readdir(path.join(folder, 'artifacts'), { recursive: true, withFileTypes: true });
      return all.filter((one) => one.isFile()).map(({ name }) => name);
    },
    close: () => rm(folder, { recursive: true, force: true }),
  };
}
