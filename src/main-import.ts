import { readFile, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { parseCsvSample } from './data/read/parse-csv-sample.ts';
import { sniffCsv } from './data/read/sniff-csv.ts';
import { missingTokens } from './data/read/read-lossless.ts';
import { emptyProfile } from './domain/training/empty-profile.ts';
import { isPerennialError, PerennialError } from './domain/words/errors.ts';
import type { ImportJob, ImportResult } from './domain/spec/import-job.ts';
import { signatureOf } from './domain/spec/signature.ts';
import { taskOf } from './domain/tasks/task-of.ts';
import { columnOf, columnsOf, type FeatureColumn } from './onnx/run/columns.ts';
import { importForeign, type ForeignSample } from './onnx/foreign/import-foreign.ts';
import { loadModel, runModel } from './onnx/run/run-model.ts';
import { referenceProfile } from './trainers/judge/reference-profile.ts';

/** A reference needs thousands of rows, not millions. */
const sampleRowsMax = 100_000;
const sampleBytesMax = 128 * 1024 * 1024;

/**
 * The import child: one JSON job on standard input, `{"result": ...}` or `{"error": ...}` on standard output. A file
 * from elsewhere is read and run here for the first time, in a process that holds no secret and may be lost.
 */
async function main(): Promise<void> {
  process.stdout.on('error', () => process.exit(1));
  const line = await new Promise<string>((resolve) => {
    process.stdin.on('end', () => process.exit(1));
    createInterface({ input: process.stdin }).once('line', resolve);
  });
  try {
    const result = await importModel(JSON.parse(line) as ImportJob);
    process.stdout.write(`${JSON.stringify({ result })}\n`, () => process.exit(0));
  } catch (error) {
    const known = isPerennialError(error)
      ? error
      : new PerennialError(
          'unsupported',
          `The model cannot be imported: ${error instanceof Error ? error.message : String(error)}`,
          { path: 'model' },
        );
    const { code, message, hint } = known;
    process.stdout.write(`${JSON.stringify({ error: { code, message, hint, path: known.path ?? null } })}\n`, () =>
      process.exit(1),
    );
  }
}

async function importModel(job: ImportJob): Promise<ImportResult> {
  const sample = job.samplePath === null ? null : await readSample(job.samplePath);
  const { findings, modelFile } = await importForeign(job.modelPath, job.signature, sample, job.digest, job.outputDir);
  const profileFile = path.join(job.outputDir, 'profile.json');
  const signature = signatureOf({
    features: findings.features.map((feature) => ({
      name: feature.name,
      kind: feature.kind,
      missing: feature.missing,
    })),
    target: taskOf(findings.task).targetOf({ column: 'label', labelDelay: { rows: 1 } }, findings.classes),
  });
  const columns = sample?.columns(findings.features) ?? null;
  if (columns === null) {
    await writeFile(profileFile, JSON.stringify(emptyProfile));
    return { ...findings, profileRows: 0, modelFile, profileFile };
  }
  const { session } = await loadModel(modelFile);
  const { scores } = await runModel(session, columns);
  await writeFile(
    profileFile,
    JSON.stringify(referenceProfile(signature, columns, { from: 0, to: columns.rows }, scores)),
  );
  return { ...findings, profileRows: columns.rows, modelFile, profileFile };
}

async function readSample(file: string): Promise<ForeignSample> {
  if ((await stat(file)).size > sampleBytesMax)
    throw new PerennialError('too_large', `The sample is larger than ${sampleBytesMax} bytes.`, {
      path: 'data',
      hint: 'Send some thousands of rows.',
    });
  const text = (await readFile(file, 'utf8')).replace(/^\ufeff/, '');
  const dialect = sniffCsv('the sample', text, true);
  const [, ...records] = parseCsvSample(text, dialect, sampleRowsMax + 1, true).records;
  const cellsOf = (name: string): readonly (string | null)[] | null => {
    const at = dialect.columns.indexOf(name);
    return at < 0 ? null : records.map((record) => presentText(record[at]));
  };
  return {
    header: dialect.columns,
    columns: (features) =>
      columnsOf(
        records.length,
        features.map(({ name, kind }): FeatureColumn => {
          const cells = cellsOf(name);
          if (cells === null)
            throw new PerennialError(
              'invalid_data',
              `The sample has no column "${name}"; it has ${dialect.columns.slice(0, 20).join(', ')}.`,
              { path: 'data', hint: 'Give its columns the names of the features.' },
            );
          return columnOf(
            { name, kind },
            () => cells,
            () => Float64Array.from(cells, (cell) => numberOf(cell, dialect.hasDecimalComma)),
          );
        }),
      ),
  };
}

function presentText(cell: string | undefined): string | null {
  return cell === undefined || missingTokens.some((token) => token === cell) ? null : cell;
}

function numberOf(cell: string | null, hasDecimalComma: boolean): number {
  if (cell === null) return Number.NaN;
  if (/^(true|false)$/i.test(cell)) return cell.toLowerCase() === 'true' ? 1 : 0;
  return Number(hasDecimalComma ? cell.replace(',', '.') : cell);
}

await main();
