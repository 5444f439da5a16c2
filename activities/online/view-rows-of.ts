import type { Duck } from '../../src/data/duck/connect.ts';
import { entityKeyOf } from '../../src/views/online/entity-key.ts';
import type { OnlinePlan } from '../../src/views/online/plan-view.ts';
import { keyAt, valueAt, viewRows, type ViewFile } from '../../src/views/offline/view-rows.ts';
import type { CellValue, WindowRow } from '../../src/views/windows/window-row.ts';

/** A row of a view with the entity that it is about. */
export interface RowOfEntity {
  /** Null for a row that the store cannot hold: its key is too long, or a text of it has U+0000. */
  readonly entity: string | null;
  readonly row: WindowRow;
}

/** Longer keys do not fit into an index of Postgres; serving asks for none. */
const keyCharsMax = 500;

/** The rows of some files of a view behind a place, in the order of their places, in chunks of at most 2,048. */
export async function* rowsOf(
  duck: Duck,
  plan: OnlinePlan,
  files: readonly ViewFile[],
  afterSeq: number,
): AsyncGenerator<readonly RowOfEntity[]> {
  const { view, used } = plan;
  if (files.length === 0) return;
  const rows = viewRows(view, files, used, { fromMs: null, throughMs: Number.MAX_SAFE_INTEGER });
  const keys = view.entity.map((_, at) => keyAt(at));
  for await (const chunk of duck.stream(`SELECT * FROM (${rows}) WHERE seq > ${afterSeq} ORDER BY seq`))
    yield chunk.map((found) => {
      const texts = keys.map((key) => textOf(found[key]));
      const values: Record<string, CellValue> = Object.create(null);
      for (const [at, name] of used.entries()) values[name] = cellOf(found[valueAt(at)]);
      const entity = entityKeyOf(texts);
      const id = view.rowId === null ? null : textOf(found['id']);
      const held = [...texts, id, ...Object.values(values)];
      const isWhole = entity !== null && entity.length <= keyCharsMax && !hasNul(held);
      return {
        entity: isWhole ? entity : null,
        row: {
          eventMs: Number(found['event']),
          availableMs: Number(found['available']),
          seq: Number(found['seq']),
          id,
          values,
        },
      };
    });
}

function textOf(value: unknown): string | null {
  return typeof value === 'string' ? value : null;
}

function cellOf(value: unknown): CellValue {
  if (typeof value === 'bigint') return Number(value);
  return typeof value === 'number' || typeof value === 'string' || typeof value === 'boolean' ? value : null;
}

/** Postgres holds no text with U+0000; one row of a foreign file must not hold up a view. */
function hasNul(values: readonly CellValue[]): boolean {
  return values.some((value) => typeof value === 'string' && value.includes('\u0000'));
}
