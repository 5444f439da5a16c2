import { missingTokens } from '../../domain/cells/missing-words.ts';
import type { FeatureSpec } from '../../domain/spec/spec.ts';
import { sayMany } from '../../domain/words/say.ts';
import { listNames } from '../../domain/words/nearest-name.ts';
import { baseOf, cellText } from '../read/read-lossless.ts';
import type { ColumnScan } from './columns/column-scan.ts';
import type { LookedAt } from './infer-contract.ts';

/** More values than these are a set that is still growing. */
const valuesMax = 20;
/** So often each of them is there on average: a set that was seen to be closed. */
const rowsPerValue = 50;

interface Tightened {
  readonly feature: FeatureSpec;
  readonly notes: readonly string[];
}

/** A feature with what all rows keep: a value in each, no number below 0, a closed set. Each is told. */
export async function tightened(look: LookedAt, feature: FeatureSpec): Promise<Tightened> {
  const scan = look.scans.find(({ name }) => name === feature.name);
  if (scan === undefined) return { feature, notes: [] };
  const notes: string[] = [];
  let tight = feature;
  if (tight.kind === 'category') {
    const values = await closedSet(look, scan);
    if (values !== null) {
      tight = { ...tight, values };
      notes.push(`${tight.name} has no other value than ${listNames(values)}: a closed set is assumed.`);
    }
  }
  if (tight.kind === 'number' && scan.min !== null && scan.min >= 0) {
    tight = { ...tight, min: 0 };
    notes.push(`${tight.name} is never below 0: assumed as a bound.`);
  }
  const filled = tight.kind === 'category' ? await filledTexts(look, scan, tight.values) : scan.filled;
  if (filled === look.rows) tight = { ...tight, missing: 'refuse' };
  else notes.push(`${tight.name} has no value in ${sayMany(look.rows - filled, 'row')}: it may be missing.`);
  return { feature: tight, notes };
}

/** The values of a column, when they are few and each is frequent; words for "no value" are none of them. */
async function closedSet(look: LookedAt, scan: ColumnScan): Promise<readonly string[] | null> {
  if (scan.distinct > valuesMax || scan.present < rowsPerValue * scan.distinct) return null;
  const values = await valuesOf(look, scan.name, valuesMax + 1);
  return values.length === 0 || values.length > valuesMax ? null : values;
}

/** The texts of a column, at most `limit`, in order, without words for "no value". */
export async function valuesOf({ duck, table }: LookedAt, name: string, limit: number): Promise<readonly string[]> {
  const tokens: readonly string[] = missingTokens;
  const rows = await duck.rows(`SELECT DISTINCT text FROM (
      SELECT ${cellText(table, name, 'category')} AS text FROM ${baseOf(table)})
    WHERE text IS NOT NULL ORDER BY text LIMIT ${Math.floor(limit) + tokens.length}`);
  return rows
    .map(({ text }) => String(text))
    .filter((text) => !tokens.includes(text))
    .slice(0, limit);
}

/** In an open set a word for "no value" is a value, in a closed one it is none. */
async function filledTexts(
  { duck, table }: LookedAt,
  scan: ColumnScan,
  values: readonly string[] | undefined,
): Promise<number> {
  if (values === undefined) return scan.present;
  const text = cellText(table, scan.name, 'category', { words: values, isClosed: true });
  const [row] = await duck.rows(
    `SELECT CAST(count(text) AS DOUBLE) AS filled FROM (SELECT ${text} AS text FROM ${baseOf(table)})`,
  );
  return Number(row?.['filled'] ?? 0);
}
