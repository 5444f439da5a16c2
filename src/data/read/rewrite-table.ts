import { mkdtemp, rm, statfs } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { TextEncoding } from '../../domain/spec/closed-sets.ts';
import { textBytes } from '../text/byte-source.ts';
import { isWindows1252 } from '../text/find-encoding.ts';
import { commaMeaning } from '../text/number-marks.ts';
import type { CsvPlan } from '../text/plan-csv.ts';
import { rewriteCsv, type RewriteOptions } from '../text/rewrite-csv.ts';
import { rewriteLines } from '../text/rewrite-lines.ts';
import type { CsvTally } from '../text/sort-record.ts';
import { createRowsWriter } from '../text/rows-writer.ts';
import { createTextWriter, nowhere } from '../text/text-writer.ts';
import { detectTable } from './detect.ts';
import { sayReading } from './say-reading.ts';
import type { CsvDialect, TableFile, TableText } from './table-file.ts';

interface Rewritten {
  readonly text: TableText;
  readonly csv: CsvDialect | null;
  /** Removes the files. */
  close(): Promise<void>;
}

/** A row takes some microseconds to check, so that a file of these is done again within seconds. */
export const rowsPerFileDefault = 1_000_000;

/** Share of rows that fit below which another way of reading is asked. */
const fitShare = 0.9;

/**
 * Writes the rows of a text file as one dialect of our own, each with its physical line, into a folder below `parent`.
 * Reads the file once as a rule, and again where its later part contradicts what its beginning said: other encoding,
 * other marks.
 */
export async function rewriteTable(
  file: TableFile,
  parent: string,
  rowsMax: number | null,
  rowsPerFile = rowsPerFileDefault,
): Promise<Rewritten> {
  const folder = await mkdtemp(join(parent, 'perennial-rows-'));
  const close = () => rm(folder, { recursive: true, force: true });
  const paths = { rowsPath: join(folder, 'rows'), rejectsPath: join(folder, 'rejects'), rowsPerFile };
  try {
    const written = await (file.format === 'csv' ? writeCsv(file, paths, rowsMax) : writeLines(file, paths, rowsMax));
    return { ...written, close };
  } catch (error) {
    await close();
    throw error;
  }
}

interface Paths extends Pick<TableText, 'rejectsPath' | 'rowsPerFile'> {
  readonly rowsPath: string;
}

async function writeLines(file: TableFile, paths: Paths, rowsMax: number | null): Promise<Omit<Rewritten, 'close'>> {
  const pass = (encoding: TextEncoding) =>
    writing(paths, rowsMax, (options) => rewriteLines(textBytes({ ...file, encoding }), options));
  let { encoding } = file;
  let written = await pass(encoding);
  if (isOtherEncoding(file, written.tally.encoding)) written = await pass((encoding = 'windows-1252'));
  const notes = sayReading({ ...file, encoding }, written.tally, null);
  return { csv: null, text: { ...written, notes } };
}

async function writeCsv(file: TableFile, paths: Paths, rowsMax: number | null): Promise<Omit<Rewritten, 'close'>> {
  let { encoding, plans } = file;
  const pass = (plan: CsvPlan) =>
    writing(paths, rowsMax, (options) => rewriteCsv(textBytes({ ...file, encoding }), plan, options));
  const count = (plan: CsvPlan) =>
    rewriteCsv(textBytes({ ...file, encoding }), plan, { rowsMax, rows: nowhere, rejects: nowhere });
  let [plan] = plans;
  if (plan === undefined) throw new TypeError(`${file.name}: no plan to read it by`);
  let written = await pass(plan);
  if (isOtherEncoding(file, written.tally.encoding)) {
    // Names may have other than ASCII characters, so the plan is made anew as well.
    ({ encoding, plans } = await detectTable(file.path, { name: file.name, encoding: 'windows-1252' }));
    plan = plans[0] ?? plan;
    written = await pass(plan);
  }
  if (shareOf(written.tally) < fitShare) {
    const better = await bestOf(plans.slice(1), shareOf(written.tally), count);
    if (better !== null) written = await pass((plan = better));
  }
  const { marks, names } = plan;
  const { tally } = written;
  const csv = {
    ...marks,
    columns: names,
    commas: tally.marks.map((counts) => commaMeaning(counts, marks.delimiter, tally.account.rows)),
    traits: names.map((_, index) => tally.traits[index] ?? { hasBlankEnds: false, mayHoldMissingWords: false }),
  };
  const notes = sayReading({ ...file, encoding }, tally, { plan, dialect: csv });
  return { csv, text: { ...written, notes } };
}

async function writing<Tally>(
  { rowsPath, rowsPerFile, rejectsPath }: Paths,
  rowsMax: number | null,
  rewrite: (options: RewriteOptions) => Promise<Tally>,
): Promise<Omit<TableText, 'tally' | 'notes'> & { readonly tally: Tally }> {
  const { bavail, bsize } = await statfs(dirname(rowsPath));
  const bytesMax = (bavail * bsize) / 2;
  const rows = createRowsWriter(rowsPath, rowsPerFile, bytesMax);
  const rejects = createTextWriter(rejectsPath, bytesMax);
  try {
    const tally = await rewrite({ rowsMax, rows, rejects });
    return { rowsPaths: rows.paths, rowsPerFile, rejectsPath, tally };
  } finally {
    rows.close();
    rejects.close();
  }
}

function isOtherEncoding(
  { encoding, isEncodingSure }: TableFile,
  found: { readonly valid: number; readonly invalid: number },
): boolean {
  return encoding === 'utf-8' && !isEncodingSure && isWindows1252(found);
}

function shareOf({ account: { rows, unreadable } }: CsvTally): number {
  return rows + unreadable === 0 ? 1 : rows / (rows + unreadable);
}

async function bestOf(
  plans: readonly CsvPlan[],
  share: number,
  count: (plan: CsvPlan) => Promise<CsvTally>,
): Promise<CsvPlan | null> {
  let best: CsvPlan | null = null;
  let bestShare = share + 0.05;
  for (const plan of plans) {
    // oxlint-disable-next-line no-await-in-loop -- each reads the whole file
    const fit = shareOf(await count(plan));
    if (fit <= bestShare) continue;
    best = plan;
    bestShare = fit;
  }
  return best;
}
