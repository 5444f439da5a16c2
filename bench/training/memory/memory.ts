import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { promisify } from 'node:util';
import { number, object } from 'zod';
import { rootDir } from '../../../src/config.ts';
import { withDuck } from '../../../src/data/duck/connect.ts';
import { literal } from '../../../src/data/duck/sql.ts';
import { completeSpec } from '../../../src/domain/spec/default-spec.ts';
import type { FeatureSpec, ModelSpec } from '../../../src/domain/spec/spec.ts';
import { loaderArguments } from '../../../src/entry-point.ts';

const run = promisify(execFile);
const stepMsMax = 3_600_000;
const measured = object({ idleMiB: number(), peakMiB: number(), wallMs: number() });
const numbers = 16;
const categories = [8, 40, 120, 200];

export interface StepMemory {
  readonly step: 'prepare' | 'fit' | 'judge';
  /** Before the step: Node and all modules. */
  readonly idleMiB: number;
  readonly peakMiB: number;
  readonly wallSeconds: number;
}

/**
 * The largest resident memory of each step of a training of made rows with 16 numbers and 4 categories, each in a
 * process of its own; what DuckDB takes is part of it. 50 trees of one share of the history: more of them take time.
 */
export async function measureMemory(rows: number): Promise<readonly StepMemory[]> {
  const folder = await mkdtemp(join(tmpdir(), 'perennial-bench-memory-'));
  try {
    const path = join(folder, 'rows.parquet');
    await writeRows(path, rows);
    const work = join(folder, 'work');
    const jobs = [
      { job: 'prepare', folder: work, spec: specOf(), dataPaths: [path] },
      { job: 'fit', folder: work },
      {
        job: 'judge',
        folder: work,
        championTrainedThroughOrder: null,
        championModelPath: null,
        championThreshold: null,
      },
    ] as const;
    const found: StepMemory[] = [];
    for (const job of jobs) {
      const args = [...loaderArguments(), join(rootDir, 'bench', 'training', 'memory', 'step.ts'), JSON.stringify(job)];
      const { stdout } = await run(process.execPath, args, { cwd: rootDir, timeout: stepMsMax });
      const { idleMiB, peakMiB, wallMs } = measured.parse(JSON.parse(stdout));
      found.push({ step: job.job, idleMiB, peakMiB, wallSeconds: wallMs / 1_000 });
    }
    return found;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function specOf(): ModelSpec {
  const features: FeatureSpec[] = [
    ...Array.from({ length: numbers }, (_, f): FeatureSpec => ({ name: `n${f}`, kind: 'number', missing: 'allow' })),
    ...categories.map((_, f): FeatureSpec => ({ name: `c${f}`, kind: 'category', missing: 'allow' })),
  ];
  return completeSpec({
    name: 'memory',
    about: { owner: 'bench', useCase: 'Measure memory.', successCriterion: 'None.' },
    source: { kind: 'file', path: 'rows.parquet', format: 'parquet' },
    features,
    target: { task: 'binary', column: 'y', positive: 'yes', negative: 'no', labelDelay: { rows: 0 } },
    trainer: { kind: 'gbdt', treesMax: 50, historyShares: [1] },
    slices: [],
  });
}

/** Each cell from the number of its row: equal files each time. */
async function writeRows(path: string, rows: number): Promise<void> {
  const drawn = (k: number): string => `((hash(i * 61 + ${k}) % 1000003) / 1000003.0)`;
  const list = [
    ...Array.from({ length: numbers }, (_, f) => `${drawn(f)} + ${drawn(40 + f)} AS n${f}`),
    ...categories.map((values, f) => `'word ' || floor(${drawn(20 + f)} * ${values})::INT AS c${f}`),
  ];
  const label = `CASE WHEN ${drawn(0)} + ${drawn(1)} * ${drawn(2)} + 0.5 * ${drawn(50)} > 1 THEN 'yes' ELSE 'no' END`;
  await withDuck({ threads: 1 }, (duck) =>
    duck.run(
      `COPY (SELECT i AS _order, ${list.join(', ')}, ${label} AS y FROM range(${rows}) t(i)) ` +
        `TO ${literal(path)} (FORMAT parquet)`,
    ),
  );
}
