import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ModelSpec } from '../../domain/spec/spec.ts';
import { signatureOf } from '../../domain/spec/signature.ts';
import type { PrepareJob } from '../../domain/training/training.ts';
import { derivedGraph } from '../../onnx/graphs/derived-graph.ts';
import type { OnProgress } from '../interface.ts';
import { checkLabels } from './check-labels.ts';
import { checkTrainedRows } from './check-trained-rows.ts';
import { checkLeakage } from './check-leakage.ts';
import { files, type Prepared, type Split } from './folder.ts';
import { learnLimits } from './learn-limits.ts';
import { readTable } from './read-table.ts';
import { splitByBlocks } from './split-by-blocks.ts';
import { splitByGroup } from './split-by-group.ts';
import { splitByTime } from './split-by-time.ts';
import { tableDigest, type TrainingTable } from './table.ts';
import { writeJson } from './json-files.ts';
import { writeParts } from './write-parts.ts';

/**
 * The first step: snapshots become a folder with everything that a fit may know. Throws `invalid_data` for rows that
 * nothing can be learnt from, and `leakage_suspected` for features that look as if they knew the target.
 */
export async function prepare(
  { spec, dataPaths, folder, allowed = [], champion }: Omit<PrepareJob, 'job'>,
  onProgress: OnProgress,
): Promise<void> {
  await mkdir(folder, { recursive: true });
  await onProgress({ phase: 'load', done: 0, of: 1 });
  const { table, unlabelledRows } = await readTable(spec, dataPaths);
  await onProgress({ phase: 'load', done: 1, of: 1, note: `${table.rows} labelled rows` });
  checkLabels(spec, table, unlabelledRows);
  checkTrainedRows(spec, table);
  for (const { text } of checkLeakage(spec, table, allowed))
    await onProgress({ phase: 'load', done: 1, of: 1, note: text });
  const split = await splitRows(folder, spec, table, dataPaths);
  const signature = signatureOf(spec);
  // For fits of somebody else; ours write the same nodes.
  if (signature.derived !== undefined) await writeFile(join(folder, files.derived), derivedGraph(signature));
  const limits = await learnLimits(folder, spec, signature);
  const prepared: Prepared = {
    formatVersion: 1,
    spec,
    signature,
    dataDigest: tableDigest(table),
    rows: table.rows,
    split,
    ...(limits === undefined ? {} : { limits }),
    ...(champion === undefined ? {} : { champion }),
  };
  await writeJson(join(folder, files.prepared), prepared);
}

async function splitRows(
  folder: string,
  spec: ModelSpec,
  table: TrainingTable,
  dataPaths: readonly string[],
): Promise<Split> {
  const { group, blocks } = spec.split;
  if (group !== undefined) return splitByGroup(folder, spec, group, dataPaths);
  const { labelDelay } = spec.target;
  const split =
    blocks === undefined
      ? splitByTime(table, spec.split, labelDelay, true)
      : splitByBlocks(table, spec.split, blocks.folds, labelDelay);
  await writeParts(folder, spec, dataPaths, split);
  return split;
}
