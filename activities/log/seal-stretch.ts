import { mkdir, mkdtemp, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import { writeSealed } from '../../src/data/sealed/write-sealed.ts';
import { exportStretch, readStretchFacts, type StretchFacts } from '../../src/db/traffic/seal/export-stretch.ts';
import type { Stretch } from '../../src/db/traffic/seal/next-stretch.ts';
import { putStretch } from '../../src/db/traffic/seal/sealed-stretches.ts';
import type { StretchSums } from '../../src/domain/record/sealed.ts';
import { PerennialError } from '../../src/domain/words/errors.ts';
import type { ActivityDependencies } from '../dependencies.ts';

export type SealDependencies = Pick<ActivityDependencies, 'database' | 'store' | 'workDir'>;

/** Export, file, check, store, and only then the row that says so. */
export async function sealStretch(deps: SealDependencies, stretch: Stretch): Promise<void> {
  await mkdir(deps.workDir, { recursive: true });
  const folder = await mkdtemp(path.join(deps.workDir, 'seal-'));
  try {
    await sealIn(folder, deps, stretch);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function sealIn(folder: string, { database, store }: SealDependencies, stretch: Stretch): Promise<void> {
  const lines = path.join(folder, 'rows.ndjson');
  const parquet = path.join(folder, 'rows.parquet');
  const index = stretch.kind === 'predictions' ? path.join(folder, 'rows.index') : null;
  await exportStretch(database, stretch, lines);
  const facts = await readStretchFacts(database, stretch);
  const sums = await writeSealed(stretch.kind, lines, { parquet, index }, { tempDir: folder });
  compare(stretch, facts.sums, sums);
  const { size: bytes } = await stat(parquet);
  const fileDigest = await store.putFile(parquet);
  const indexDigest = index === null ? null : await store.putFile(index);
  const manifest = manifestOf(stretch, facts, { fileDigest, indexDigest, bytes });
  const manifestDigest = await store.putBytes(JSON.stringify(manifest));
  const { sums: _, ...kept } = facts;
  await putStretch(database.db, {
    ...stretch,
    ...kept,
    sums: facts.sums,
    rows: Number(facts.sums['rows']),
    placeSum: Number(facts.sums['places']),
    bytes,
    fileDigest,
    indexDigest,
    manifestDigest,
  });
}

/** What Postgres has and what the file has: any difference is a fault of ours, and the rows stay where they are. */
function compare({ kind, model, part }: Stretch, inPostgres: StretchSums, inFile: StretchSums): void {
  const wrong = Object.keys(inPostgres).filter((name) => inPostgres[name] !== inFile[name]);
  if (wrong.length === 0) return;
  const [name = ''] = wrong;
  throw new PerennialError(
    'invalid_data',
    `The file of ${kind} of ${model} differs from part ${part}: ${name} is ${inFile[name]}, not ${inPostgres[name]}.`,
    { path: model, hint: 'The rows stay in Postgres; report this as a fault.' },
  );
}

function manifestOf(
  stretch: Stretch,
  facts: StretchFacts,
  file: { readonly fileDigest: string; readonly indexDigest: string | null; readonly bytes: number },
) {
  return { formatVersion: 1, ...stretch, ...facts, files: [file] };
}
