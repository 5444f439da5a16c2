import { createRandom } from '../../src/statistics/numeric/random.ts';

export interface Order {
  readonly id: number;
  /** ISO 8601 in UTC. */
  readonly placed: string;
  readonly basket: number;
  readonly items: number;
  readonly country: string;
  readonly returned: 'yes' | 'no';
}

const firstMs = Date.parse('2026-01-05T08:00:00Z');
const apartMs = 7 * 60_000;

/** Orders `from` to `to` (without it), the same each time: those of many items come back. */
export function madeUpOrders(from: number, to: number): readonly Order[] {
  return Array.from({ length: to - from }, (_, at) => {
    const id = from + at;
    const random = createRandom(`order ${id}`);
    const items = 1 + random.integer(6);
    const basket = Math.round(2_000 + 1_500 * items * (0.5 + random.next())) / 100;
    const country = ['DE', 'FR', 'NL'][random.integer(3)] ?? 'DE';
    const isReturned = random.next() < (items > 3 ? 0.75 : 0.1) + (country === 'DE' ? 0.15 : 0);
    const placed = new Date(firstMs + id * apartMs).toISOString();
    return { id, placed, basket, items, country, returned: isReturned ? 'yes' : 'no' };
  });
}

export function csvOf(orders: readonly Order[]): string {
  const columns = ['id', 'placed', 'basket', 'items', 'country', 'returned'] as const;
  return `${[columns.join(','), ...orders.map((order) => columns.map((name) => order[name]).join(','))].join('\n')}\n`;
}
