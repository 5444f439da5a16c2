import { formatLineageName, type Lineage, type LineageNode } from '../../domain/record/lineage/lineage.ts';

export const box = { width: 190, height: 46, gapX: 46, gapY: 14 } as const;

export interface Placed {
  readonly node: LineageNode;
  /** Of its upper left corner, in pixels. */
  readonly x: number;
  readonly y: number;
}

export interface Drawing {
  readonly width: number;
  readonly height: number;
  readonly placed: readonly Placed[];
  readonly lines: readonly { readonly from: Placed; readonly to: Placed }[];
  /** Things that are in the table alone. */
  readonly left: number;
}

/** A column holds so many; beyond that a picture says less than the table below it. */
const columnMax = 12;

/** What it came from to the left, what came of it to the right, one column for each step away. */
export function layOut({ nodes, edges }: Pick<Lineage, 'nodes' | 'edges'>): Drawing {
  const up = ancestors({ nodes, edges });
  const columns = new Map<number, LineageNode[]>();
  for (const node of nodes) {
    const at = up.has(formatLineageName(node)) ? -node.distance : node.distance;
    columns.set(at, [...(columns.get(at) ?? []), node]);
  }
  const order = [...columns.keys()].toSorted((left, right) => left - right);
  const shown = order.map((at) => (columns.get(at) ?? []).slice(0, columnMax));
  const tallest = Math.max(1, ...shown.map((column) => column.length));
  const heightOf = (count: number): number => count * box.height + (count - 1) * box.gapY;
  const placed = shown.flatMap((column, at) =>
    column.map((node, i): Placed => {
      const top = (heightOf(tallest) - heightOf(column.length)) / 2;
      return { node, x: at * (box.width + box.gapX), y: top + i * (box.height + box.gapY) };
    }),
  );
  const byName = new Map(placed.map((one) => [formatLineageName(one.node), one]));
  return {
    width: order.length * box.width + Math.max(0, order.length - 1) * box.gapX,
    height: heightOf(tallest),
    placed,
    lines: edges.flatMap(({ from, to }) => {
      const ends = [byName.get(formatLineageName(from)), byName.get(formatLineageName(to))] as const;
      return ends[0] === undefined || ends[1] === undefined ? [] : [{ from: ends[0], to: ends[1] }];
    }),
    left: nodes.length - placed.length,
  };
}

/** What leads to the first thing, by edges alone. */
function ancestors({ nodes, edges }: Pick<Lineage, 'nodes' | 'edges'>): ReadonlySet<string> {
  const [first] = nodes;
  const found = new Set<string>();
  const next = first === undefined ? [] : [formatLineageName(first)];
  for (let at = next.pop(); at !== undefined; at = next.pop())
    for (const { from, to } of edges) {
      const id = formatLineageName(from);
      if (formatLineageName(to) !== at || found.has(id)) continue;
      found.add(id);
      next.push(id);
    }
  return found;
}
