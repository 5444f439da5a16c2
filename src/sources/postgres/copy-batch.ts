import { createWriteStream } from 'node:fs';
import { jsonRows, type QueryColumn } from './columns.ts';
import type { Key } from './cursor-state.ts';
import type { Order } from './order.ts';
import type { BatchPlan } from './plan-batch.ts';
import type { Session } from './session.ts';

/** The rows of a plan as lines of JSON in one file: late ones first, each part in the order of the cursor. */
export async function copyBatch(
  session: Session,
  ask: {
    readonly query: string;
    readonly columns: readonly QueryColumn[];
    readonly order: Order;
    readonly after: Key | null;
    readonly plan: BatchPlan;
    readonly file: string;
  },
): Promise<void> {
  const { query, columns, order, after, plan, file } = ask;
  const copy = async (where: string): Promise<void> => {
    const tail = `where ${order.ready} and ${where} order by ${order.column}, ${order.tieBreaker}`;
    await session.copy(jsonRows(query, columns, tail), createWriteStream(file, { flags: 'a' }));
  };
  const [first, last] = [plan.late[0], plan.late.at(-1)];
  if (first !== undefined && last !== undefined) {
    await session.set({ ...keySettings('low', first), ...keySettings('high', last), late: JSON.stringify(plan.late) });
    const isLate =
      `(${order.column}::text, ${order.tieBreaker}::text) in ` +
      `(select key->>0, key->>1 from json_array_elements(current_setting('perennial.late')::json) as key)`;
    await copy(`${against(order, '>=', 'low')} and ${against(order, '<=', 'high')} and ${isLate}`);
  }
  if (plan.through === null) return;
  await session.set({ ...(after === null ? {} : keySettings('low', after)), ...keySettings('high', plan.through) });
  await copy(`${after === null ? 'true' : against(order, '>', 'low')} and ${against(order, '<=', 'high')}`);
}

function keySettings(name: string, [column, tieBreaker]: Key): Record<string, string> {
  return { [`${name}_column`]: column, [`${name}_tie`]: tieBreaker };
}

function against(order: Order, sign: '>' | '>=' | '<=', name: string): string {
  const [type, tieType] = order.types;
  return (
    `(${order.column}, ${order.tieBreaker}) ${sign} (current_setting('perennial.${name}_column')::${type}, ` +
    `current_setting('perennial.${name}_tie')::${tieType})`
  );
}
