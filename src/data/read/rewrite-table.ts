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

/** Share of rows that fit below which another way of reading is asked. */
const fitShare = 0.9;

/**
 * Writes the rows of a text file as one dialect of our own, each with its physical line, into a folder below `parent`.
 * Reads the file once as a rule, and again where its later part contradicts what its beginning said: other encoding,
 * other marks.
 */
export async function rewriteTable(file: TableFile, parent: string, rowsMax: number | null): Promise<Rewritten> {
  const folder = await mkdtemp(join(parent, 'perennial-rows-'));
  const close = () => rm(folder, { recursive: true, force: true });
  const paths = { rowsPath: join(folder, 'rows'), rejectsPath: join(folder, 'rejects') };
  try {
    const written = await (file.format === 'csv' ? writeCsv(file, paths, rowsMax) : writeLines(file, paths, rowsMax));
    return { ...written, close };
  } catch (error) {
    await close();
    throw error;
  }
}

type Paths = Pick<TableText, 'rowsPath' | 'rejectsPath'>;

async function writeLines(file: TableFile, paths: Paths, rowsMax: number | null): Promise<Omit<Rewritten, 'close'>> {
  const pass = (encoding: TextEncoding) =>
    writing(paths, rowsMax, (options) => rewriteLines(textBytes({ ...file, encoding }), options));
  let { encoding } = file;
  let tally = await pass(encoding);
  if (isOtherEncoding(file, tally.encoding)) tally = await pass((encoding = 'windows-1252'));
  const notes = sayReading({ ...file, encoding }, tally, null);
  return { csv: null, text: { ...paths, tally, notes } };
}

async function writeCsv(file: TableFile, paths: Paths, rowsMax: number | null): Promise<Omit<Rewritten, 'close'>> {
  let { encoding, plans } = file;
  const pass = (plan: CsvPlan) =>
    writing(paths, rowsMax, (options) => rewriteCsv(textBytes({ ...file, encoding }), plan, options));
  const count = (plan: CsvPlan) =>
    rewriteCsv(textBytes({ ...file, encoding }), plan, { rowsMax, rows: nowhere, rejects: nowhere });
  let [plan] = plans;
  if (plan === undefined) throw new TypeError(`${file.name}: no plan to read it by`);
  let tally = await pass(plan);
  if (isOtherEncoding(file, tally.encoding)) {
    // Names may have other than ASCII characters, so the plan is made anew as well.
    ({ encoding, plans } = await detectTable(file.path, { name: file.name, encoding: 'windows-1252' }));
    plan = plans[0] ?? plan;
    tally = await pass(plan);
  }
  if (shareOf(tally) < fitShare) {
    const better = await bestOf(plans.slice(1), shareOf(tally), count);
    if (better !== null) tally = await pass((plan = better));
  }
  const { marks, names } = plan;
  const csv = {
    ...marks,
    columns: names,
    commas: tally.marks.map((counts) => commaMeaning(counts, marks.delimiter, tally.account.rows)),
    traits: names.map((_, index) => tally.traits[index] ?? { hasBlankEnds: false, mayHoldMissingWords: false }),
  };
  const notes = sayReading({ ...file, encoding }, tally, { plan, dialect: csv });
  return { csv, text: { ...paths, tally, notes } };
}

async function writing<Tally>(
  { rowsPath, rejectsPath }: Paths,
  rowsMax: number | null,
  rewrite: (options: RewriteOptions) => Promise<Tally>,
): Promise<Tally> {
  const { bavail, bsize } = await statfs(dirname(rowsPath));
  const bytesMax = (bavail * bsize) / 2;
  const rows = createTextWriter(rowsPath, bytesMax);
  const rejects = createTextWriter(rejectsPath, bytesMax);
  try {
    return await rewrite({ rowsMax, rows, rejects });
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
