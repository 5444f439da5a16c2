import type { Duck } from '../duck/connect.ts';
import { literal } from '../duck/sql.ts';

/** Keeps the checked rows of each part of a large table, so that a retry does not check them again. */
export interface CheckedParts {
  /** A Parquet file of the checked rows of a part; null where it is not done yet. */
  find(part: number): Promise<string | null>;
  /** A path to write those of a part to. */
  pathOf(part: number): string;
  /** Keeps the file at that path for a retry, and answers where it is read; the part counts as done from here on. */
  keep(part: number): Promise<string>;
}

/** For files that are read once and removed: quick to write, and no larger than the text. */
const partOptions = '(FORMAT parquet, COMPRESSION snappy, WRITE_BLOOM_FILTER false, ROW_GROUP_SIZE 100000)';

/** Does the parts that are not done, one after the other, and numbers them from `first` on; answers their files. */
export async function partFiles(
  duck: Duck,
  { parts, first, count }: { readonly parts: CheckedParts; readonly first: number; readonly count: number },
  sqlOf: (part: number) => string,
): Promise<readonly string[]> {
  const paths: string[] = [];
  for (let part = 0; part < count; part++) {
    // oxlint-disable-next-line no-await-in-loop -- one after the other: each needs the memory
    const known = await parts.find(first + part);
    paths.push(known ?? (await done(duck, parts, first + part, sqlOf(part))));
  }
  return paths;
}

async function done(duck: Duck, parts: CheckedParts, part: number, sql: string): Promise<string> {
  await duck.run(`COPY (${sql}) TO ${literal(parts.pathOf(part))} ${partOptions}`);
  return parts.keep(part);
}
