import { mkdtemp, rm, statfs } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { TextEncoding } from '../../domain/spec/closed-sets.ts';
import { digestOfJson } from '../../artifacts/digest.ts';
import { openText } from '../text/byte-source.ts';
import { isWindows1252 } from '../text/find-encoding.ts';
import type { KeptScan, ScanPaths } from '../text/resume/kept-scan.ts';
import { commaMeaning } from '../text/number-marks.ts';
import type { CsvPlan } from '../text/plan-csv.ts';
import { rewriteCsv, type RewriteOptions } from '../text/rewrite-csv.ts';
import { rewriteLines } from '../text/rewrite-lines.ts';
import type { ScanState } from '../text/resume/scan-state.ts';
import type { CsvTally } from '../text/sort-record.ts';
import type { TextTally } from '../text/text-tally.ts';
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

interface RewriteTableOptions {
  /** Stop behind so many rows; null reads all. */
  readonly rowsMax: number | null;
  readonly rowsPerFile?: number | undefined;
  /** What an attempt before had written, and where this one keeps it; absent keeps nothing. */
  readonly kept?: KeptScan | undefined;
}

/**
 * Writes the rows of a text file as one dialect of our own, each with its physical line, into a folder below `parent`.
 * Reads the file once as a rule, and again where its later part contradicts what its beginning said: other encoding,
 * other marks. With `kept` each of these goes on where it had come to.
 */
export async function rewriteTable(file: TableFile, parent: string, options: RewriteTableOptions): Promise<Rewritten> {
  const { rowsPerFile = rowsPerFileDefault } = options;
  const folder = await mkdtemp(join(parent, 'perennial-rows-'));
  const close = () => rm(folder, { recursive: true, force: true });
  const work = { rowsPath: join(folder, 'rows'), rejectsPath: join(folder, 'rejects'), ...options, rowsPerFile };
  try {
    return { ...(await (file.format === 'csv' ? writeCsv(file, work) : writeLines(file, work))), close };
  } catch (error) {
    await close();
    throw error;
  }
}

interface Work extends ScanPaths, RewriteTableOptions {
  readonly rowsPerFile: number;
}

async function writeLines(file: TableFile, work: Work): Promise<Omit<Rewritten, 'close'>> {
  const pass = (encoding: TextEncoding) => writing(work, { file, encoding, plan: null }, rewriteLines);
  let { encoding } = file;
  let written = await pass(encoding);
  if (isOtherEncoding(file, written.tally.encoding)) written = await pass((encoding = 'windows-1252'));
  const notes = sayReading({ ...file, encoding }, written.tally, null);
  return { csv: null, text: { ...written, notes } };
}

async function writeCsv(file: TableFile, work: Work): Promise<Omit<Rewritten, 'close'>> {
  let { encoding, plans } = file;
  const pass = (plan: CsvPlan) =>
    writing(work, { file, encoding, plan }, (source, options) => rewriteCsv(source, plan, options));
  const count = (plan: CsvPlan) =>
    counting(work, { file, encoding, plan }, (source, options) => rewriteCsv(source, plan, options));
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

/** One way to read a file. */
interface Pass {
  readonly file: TableFile;
  readonly encoding: TextEncoding;
  readonly plan: CsvPlan | null;
}

type Rewrite<Tally> = (source: AsyncIterator<Buffer>, options: RewriteOptions) => Promise<Tally>;

/** Under this name it is known what was written, or counted, by one way to read a file. */
function nameOf({ encoding, plan }: Pass, does: 'write' | 'count'): string {
  // The words of a column are a set, which JSON would leave empty: all of a plan follows from the file and its marks.
  const { marks = null, headerFrom = null } = plan ?? {};
  return digestOfJson({ encoding, marks, headerFrom, does });
}

async function writing<Tally extends TextTally>(
  work: Work,
  pass: Pass,
  rewrite: Rewrite<Tally>,
): Promise<Omit<TableText, 'tally' | 'notes'> & { readonly tally: Tally }> {
  const { rowsPath, rowsPerFile, rejectsPath, rowsMax, kept } = work;
  const name = nameOf(pass, 'write');
  const before = (await kept?.find(name, work)) ?? null;
  const { bavail, bsize } = await statfs(dirname(rowsPath));
  const bytesMax = (bavail * bsize) / 2;
  const rows = createRowsWriter(rowsPath, rowsPerFile, bytesMax, before?.rowsPaths);
  const rejects = createTextWriter(rejectsPath, bytesMax, before !== null);
  const { chunks, placeOf } = openText({ ...pass.file, encoding: pass.encoding }, before?.state.place);
  async function stop(state: ScanState): Promise<void> {
    // A file of rows is full at each stop but the last.
    rows.close();
    rejects.flush();
    await kept?.keep(name, state, { rowsPaths: rows.paths, rejectsPath });
  }
  const stops = kept && { from: before?.state ?? null, everyRows: rowsPerFile, placeOf, stop };
  try {
    const tally = await rewrite(chunks, { rowsMax, rows, rejects, stops });
    return { rowsPaths: rows.paths, rowsPerFile, rejectsPath, tally };
  } finally {
    rows.close();
    rejects.close();
    await chunks.return(undefined);
  }
}

/** What a way to read a file would make of it, without a row of it. */
async function counting<Tally>({ rowsPerFile, rowsMax, kept }: Work, pass: Pass, rewrite: Rewrite<Tally>) {
  const name = nameOf(pass, 'count');
  const from = (await kept?.find(name, null))?.state ?? null;
  const { chunks, placeOf } = openText({ ...pass.file, encoding: pass.encoding }, from?.place);
  const stop = async (state: ScanState): Promise<void> => kept?.keep(name, state, null);
  const stops = kept && { from, everyRows: rowsPerFile, placeOf, stop };
  try {
    return await rewrite(chunks, { rowsMax, rows: nowhere, rejects: nowhere, stops });
  } finally {
    await chunks.return(undefined);
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
