import { readFile, stat } from 'node:fs/promises';
import { readGolden, type GoldenCell } from '../../data/read/read-golden.ts';
import type { MakerComparison } from '../../domain/spec/maker-comparison.ts';
import type { ForeignFindings } from '../../domain/spec/signature-of-foreign.ts';
import { isText } from '../../domain/features/kind-of.ts';
import { PerennialError } from '../../domain/words/errors.ts';
import { compareGolden } from '../../onnx/foreign/compare-golden.ts';
import { columnFrom, columnsOf, type FeatureColumn } from '../../onnx/run/columns.ts';
import { runModel, type LoadedModel } from '../../onnx/run/run-model.ts';

const goldenBytesMax = 64 * 1024 * 1024;

/**
 * Asks the wrapped file for the rows that its maker answered, and holds the answers against each other. Throws
 * `unsupported` when they differ, `invalid_data` or `too_large` for a file that does not say what the maker answers.
 */
export async function holdAgainstMaker(
  goldenFile: string,
  session: LoadedModel['session'],
  findings: Pick<ForeignFindings, 'features' | 'task' | 'classes'>,
  fileClasses: readonly string[],
): Promise<MakerComparison> {
  if ((await stat(goldenFile)).size > goldenBytesMax)
    throw new PerennialError('too_large', `The golden file is larger than ${goldenBytesMax} bytes.`, {
      path: 'golden',
      hint: 'Send some thousands of rows.',
    });
  const text = (await readFile(goldenFile, 'utf8')).replace(/^\ufeff/, '');
  const golden = readGolden(text, new Set(findings.features.map(({ name }) => name)));
  const columns = columnsOf(
    golden.rows.length,
    findings.features.map((feature) => goldenColumn(feature, golden.rows)),
  );
  const { scores } = await runModel(session, columns);
  return compareGolden(findings, { columns, answers: golden.answers, classes: golden.classes ?? fileClasses }, scores);
}

function goldenColumn(
  feature: ForeignFindings['features'][number],
  rows: readonly Readonly<Record<string, GoldenCell>>[],
): FeatureColumn {
  const { name, kind } = feature;
  if (!rows.some((row) => name in row))
    throw new PerennialError(
      'invalid_data',
      `The golden rows have no "${name}"; they have ${Object.keys(rows[0] ?? {})
        .slice(0, 20)
        .join(', ')}.`,
      { path: 'golden', hint: 'Give them the names of the features.' },
    );
  return columnFrom(
    { name, kind },
    rows.map((row) => (isText({ kind }) ? (row[name] ?? null) : truthOf(row[name] ?? null))),
  );
}

/** CSV has truth values as words. */
function truthOf(cell: GoldenCell): GoldenCell {
  if (typeof cell !== 'string') return cell;
  if (/^(true|false)$/i.test(cell)) return cell.toLowerCase() === 'true';
  return cell;
}
