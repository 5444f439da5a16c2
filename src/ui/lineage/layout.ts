import { formatLineageName, type Lineage, type LineageNode } from '../../domain/record/lineage/lineage.ts';

export const box = { width: 196, height: 46, gapX: 18, gapY: 34 } as const;

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

/** A row holds as many as a page is wide; beyond that a picture says less than the table below it. */
const rowMax = 5;

/** What it came from above, what came of it below: every line leads down. */
export function layOut({ nodes, edges }: Pick<Lineage, 'nodes' | 'edges'>): Drawing {
  const [first] = nodes;
  const asked = first === undefined ? '' : formatLineageName(first);
  const pairs = edges.map(({ from, to }) => ({ from: formatLineageName(from), to: formatLineageName(to) }));
  const above = farthest(
    asked,
    pairs.map(({ from, to }) => ({ from: to, to: from })),
  );
  const below = farthest(asked, pairs);
  const rows = new Map<number, LineageNode[]>();
  for (const node of nodes) {
    const id = formatLineageName(node);
    const row = -(above.get(id) ?? 0) || (below.get(id) ?? 0);
    rows.set(row, [...(rows.get(row) ?? []), node]);
  }
  const shown = [...rows].toSorted(([one], [other]) => one - other).map(([, row]) => row.slice(0, rowMax));
  const widthOf = (count: number): number => count * box.width + (count - 1) * box.gapX;
  const width = widthOf(Math.max(1, ...shown.map((row) => row.length)));
  const placed = shown.flatMap((row, at) =>
    row.map((node, i): Placed => {
      const start = (width - widthOf(row.length)) / 2;
      return { node, x: start + i * (box.width + box.gapX), y: at * (box.height + box.gapY) };
    }),
  );
  const byId = new Map(placed.map((one) => [formatLineageName(one.node), one]));
  return {
    width,
    height: shown.length * box.height + Math.max(0, shown.length - 1) * box.gapY,
    placed,
    lines: pairs.flatMap((pair) => {
      const [from, to] = [byId.get(pair.from), byId.get(pair.to)];
      return from === undefined || to === undefined ? [] : [{ from, to }];
    }),
    left: nodes.length - placed.length,
  };
}

/**
 * The longest way from one thing to each that it leads to, so that no line joins two of one row. No way is longer than
 * there are things: a circle, which time forbids, could not hang a page.
 */
function farthest(
  from: string,
  edges: readonly { readonly from: string; readonly to: string }[],
): ReadonlyMap<string, number> {
  const found = new Map([[from, 0]]);
  const stepsMax = new Set(edges.flatMap((edge) => [edge.from, edge.to])).size;
  for (let step = 0; step < stepsMax; step++) {
    let hasMoved = false;
    for (const edge of edges) {
      const length = found.get(edge.from);
      if (length === undefined || (found.get(edge.to) ?? -1) > length) continue;
      found.set(edge.to, length + 1);
      hasMoved = true;
    }
    if (!hasMoved) break;
  }
  return found;
}
