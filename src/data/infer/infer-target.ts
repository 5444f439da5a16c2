import type { Extent } from '../../domain/words/extent.ts';
import type { TargetSpec } from '../../domain/spec/spec.ts';
import { sayMany } from '../../domain/words/say.ts';
import { labelOf } from '../read/cells/cells.ts';
import { numberOf } from '../read/cells/numbers.ts';
import type { Duck } from '../duck/connect.ts';
import type { OpenTable } from '../read/table-file.ts';
import { baseOf, cellText } from '../read/read-lossless.ts';
import { classTokens, countTokens, tokenNotes, type TokenCount } from './class-tokens.ts';
import { binaryTarget, multiclassTarget, refuseTarget, type LabelCount } from './class-target.ts';
import { squarable } from './columns/scan-columns.ts';

/** So many labels are numbers where the target is one. */
const numberShareMin = 0.98;
const classesMax = 50;
/** Whole numbers with more values than this are a quantity, not a list of classes. */
const integerClassesMax = 20;

interface InferredTarget {
  readonly target: TargetSpec;
  readonly notes: readonly string[];
  /** Rows with a label that fits, in the whole table. */
  readonly labelled: number;
  /** Standard deviation of a regression target; null for classes. */
  readonly standardDeviation: number | null;
}

interface TargetQuestion {
  readonly column: string;
  readonly positive: string | undefined;
  readonly labelDelay: Extent;
  readonly historyRows: number;
  /** Its numbers are codes: classes and no quantity. */
  readonly isCoded: boolean;
}

/**
 * Task and classes from the values of the target column. Throws invalid_data with one sentence when no model can be
 * made of it.
 */
export async function inferTarget(duck: Duck, table: OpenTable, question: TargetQuestion): Promise<InferredTarget> {
  const { column } = question;
  const aside = await readTarget(duck, table, question, []);
  const tokens = await countTokens(duck, table, column);
  const kept = classTokens(tokens, {
    labels: aside.counts.map(({ label }) => label),
    isNumeric: aside.isNumeric,
    rows: aside.labelled,
    rowsMin: Math.min(...aside.counts.map(({ rows }) => rows)),
  });
  const words = kept.map(({ token }) => token);
  const read = kept.length === 0 ? aside : await readTarget(duck, table, question, words);
  refuseSingle(column, read, tokens);
  const inferred = targetOf(question, read);
  const notes = [...tokenNotes(column, tokens, kept, aside), ...absentNotes(column, read.absent), ...inferred.notes];
  return { ...inferred, notes };
}

function absentNotes(column: string, rows: number): readonly string[] {
  return rows === 0 ? [] : [`${column} is a number: ${sayMany(rows, 'cell')} with a word for "missing" have no label.`];
}

/** What the target column holds. */
interface ReadTarget {
  readonly counts: readonly LabelCount[];
  readonly labelled: number;
  readonly numbers: number;
  readonly classes: number;
  /** Rows whose label is a small whole number. */
  readonly small: number;
  readonly deviation: number;
  /** Nearly all labels are numbers. */
  readonly isNumeric: boolean;
  /** Words for "missing" beside numbers that are not in the list of tokens. */
  readonly absent: number;
}

/** Reads the target column; `words` are labels there, even where they mostly mean "no value". */
async function readTarget(
  duck: Duck,
  table: OpenTable,
  { column, historyRows, isCoded }: TargetQuestion,
  words: readonly string[],
): Promise<ReadTarget> {
  const text = cellText(table, column, 'label', { words, isClosed: true });
  const cells = `SELECT n, ${text} AS text, ${cellText(table, column, 'number')} AS cell FROM ${baseOf(table)}`;
  const [kind] = await duck.rows(`SELECT CAST(count(cell) AS DOUBLE) AS filled, CAST(count(${numberOf('cell')})
    AS DOUBLE) AS numbers FROM (${cells})`);
  const filled = Number(kind?.['filled'] ?? 0);
  const isNumeric = !isCoded && filled > 0 && Number(kind?.['numbers'] ?? 0) >= filled * numberShareMin;
  // Beside numbers every word for "missing" is one; beside words it may be a class.
  const labelled = isNumeric ? 'cell' : 'text';
  const source =
    `(SELECT n, ${labelOf(labelled)} AS label, ${numberOf('cell')} AS number, text IS NOT NULL AND cell IS NULL AS ` +
    `absent FROM (${cells}))`;
  const [stats] =
    await duck.rows(`SELECT CAST(count(label) AS DOUBLE) AS labelled, CAST(count(number) AS DOUBLE) AS numbers,
      CAST(count(DISTINCT label) AS DOUBLE) AS classes, CAST(count_if(absent) AS DOUBLE) AS absent,
    CAST(count_if(number = floor(number) AND abs(number) <= 1000) AS DOUBLE) AS small,
    stddev_pop(${squarable('number')}) AS deviation FROM ${source}`);
  const count = (key: string) => Number(stats?.[key] ?? 0);
  return {
    counts: await labelCounts(duck, source, historyRows),
    labelled: count('labelled'),
    numbers: count('numbers'),
    classes: count('classes'),
    small: count('small'),
    deviation: count('deviation'),
    isNumeric,
    absent: isNumeric ? count('absent') : 0,
  };
}

function refuseSingle(column: string, { counts, classes, labelled }: ReadTarget, tokens: readonly TokenCount[]): void {
  const aside = tokens.map(({ token, rows }) => `${token} is read as missing in ${rows} rows`).join(', ');
  if (counts.length === 0)
    throw refuseTarget(column, `the target ${column} is empty in every row${aside === '' ? '' : `: ${aside}`}`);
  if (classes > 1) return;
  throw refuseTarget(
    column,
    `the target ${column} has a single class (${counts[0]?.label ?? ''}) in all ${labelled} labelled ` +
      `rows; a model needs at least two${aside === '' ? '' : `; ${aside}`}`,
  );
}

function targetOf(question: TargetQuestion, read: ReadTarget): InferredTarget {
  const { column, positive, labelDelay } = question;
  const { counts, labelled, numbers, classes, isNumeric } = read;
  if (classes === 2)
    return { ...binaryTarget(column, counts, positive, labelDelay), labelled, standardDeviation: null };
  if (positive !== undefined) {
    throw refuseTarget(
      column,
      `--positive ${positive} needs a target with two classes, and ${column} has ${classes} different values`,
      'Leave --positive out, or name a target with two classes.',
    );
  }
  const isClasses = isNumeric ? read.small === labelled && classes <= integerClassesMax : classes <= classesMax;
  if (isClasses) return { ...multiclassTarget(column, counts, labelDelay), labelled, standardDeviation: null };
  if (!isNumeric)
    throw refuseTarget(
      column,
      `the target ${column} is text with ${classes} different values; at most ${classesMax} classes can be predicted`,
    );
  const misfits = labelled - numbers;
  return {
    target: { task: 'regression', column, labelDelay },
    notes:
      misfits > 0 ? [`${column} is taken as a number; ${misfits} of its values are not one and go to quarantine.`] : [],
    labelled: numbers,
    standardDeviation: read.deviation,
  };
}

async function labelCounts(duck: Duck, source: string, historyRows: number): Promise<LabelCount[]> {
  const rows =
    await duck.rows(`SELECT label, CAST(count(*) AS DOUBLE) AS rows, CAST(count_if(n <= ${historyRows}) AS DOUBLE)
      AS early
    FROM ${source} WHERE label IS NOT NULL GROUP BY label ORDER BY 2 DESC, 1 LIMIT ${classesMax + 1}`);
  return rows.map((row) => ({ label: String(row['label']), rows: Number(row['rows']), early: Number(row['early']) }));
}
