import { missingTokens } from '../../domain/cells/missing-words.ts';
import { falseTexts, trueTexts } from '../../domain/cells/read-truth.ts';
import type { Duck } from '../duck/connect.ts';
import { isOneOf } from '../duck/sql.ts';
import { baseOf, cellText } from '../read/read-lossless.ts';
import type { OpenTable } from '../read/table-file.ts';

/** How often a column holds a text that mostly means "no value". */
export interface TokenCount {
  readonly token: string;
  readonly rows: number;
}

/** The labels of a column without those texts. */
export interface LabelsAside {
  readonly labels: readonly string[];
  readonly isNumeric: boolean;
  readonly rows: number;
  /** Rows of the rarest label. */
  readonly rowsMin: number;
}

const classShareMin = 0.01;
const notANumber: readonly string[] = ['NaN', 'nan'];
const truths: readonly string[] = [...trueTexts, ...falseTexts];

export async function countTokens(duck: Duck, table: OpenTable, column: string): Promise<readonly TokenCount[]> {
  const text = cellText(table, column, 'label', { words: missingTokens, isClosed: true });
  const rows = await duck.rows(`SELECT text, CAST(count(*) AS DOUBLE) AS rows FROM (SELECT ${text} AS text
    FROM ${baseOf(table)}) WHERE ${isOneOf('text', missingTokens)} GROUP BY text
    ORDER BY 2 DESC, 1`);
  return rows.map((row) => ({ token: String(row['text']), rows: Number(row['rows']) }));
}

/**
 * Which of these texts are classes all the same: `None` beside `High` and `Low`, `NA` beside `ZA`. Among numbers, and
 * beside yes and no, they mean that nobody knows yet; so does one that is rarer than every class.
 */
export function classTokens(tokens: readonly TokenCount[], aside: LabelsAside): readonly TokenCount[] {
  const isTruth = aside.labels.length > 0 && aside.labels.every((label) => truths.includes(label.toLowerCase()));
  if (aside.isNumeric || isTruth) return [];
  const rowsMin = Math.min(aside.rowsMin, aside.rows * classShareMin);
  const needed = aside.labels.length < 2;
  return tokens.filter(({ token, rows }) => needed || (!notANumber.includes(token) && rows >= rowsMin));
}

/** One sentence per text, so that nobody has to guess what became of it. */
export function tokenNotes(
  column: string,
  tokens: readonly TokenCount[],
  classes: readonly TokenCount[],
  { isNumeric }: Pick<LabelsAside, 'isNumeric'>,
): readonly string[] {
  const advice = isNumeric ? '' : '; declare it as a class where it is one';
  return tokens.map((one) =>
    classes.includes(one)
      ? `${one.token} is read as a class of ${column}, ${one.rows} rows; take it out of the classes where it means ` +
        `that there is no label.`
      : `${one.token} in ${column} is read as missing, ${one.rows} rows${advice}.`,
  );
}
