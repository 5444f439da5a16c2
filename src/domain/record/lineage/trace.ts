import {
  formatLineageName,
  type LineageDirection,
  type LineageEdge,
  type LineageName,
  type LineageNode,
  type Traced,
} from './lineage.ts';

/** From a thing to what it came of, or to what came of it. */
export type LineageWay = 'up' | 'down';

export type Described = Pick<LineageNode, 'text' | 'at'>;

/** Reads one thing; null where it is not there. */
export interface LineageReader {
  describe(name: LineageName): Promise<Described | null>;
  next(name: LineageName, way: LineageWay): Promise<readonly LineageName[]>;
}

const nodesMax = 300;
const distanceMax = 12;

/**
 * Everything that a thing came from, that came of it, or both, nearest first: at most 300 things and 12 steps. Upwards
 * it goes on upwards alone, so that what else came of an ancestor is not among it. Null where the thing is not there.
 */
export async function traceLineage(
  reader: LineageReader,
  model: string,
  of: LineageName,
  direction: LineageDirection,
): Promise<Traced | null> {
  const first = await reader.describe(of);
  if (first === null) return null;
  const nodes = new Map<string, LineageNode>([[formatLineageName(of), { ...of, ...first, distance: 0 }]]);
  const edges = new Map<string, LineageEdge>();
  let isCut = false;
  for (const way of direction === 'both' ? (['up', 'down'] as const) : [direction]) {
    let ring: readonly LineageName[] = [of];
    for (let distance = 1; ring.length > 0; distance++) {
      if (distance > distanceMax) {
        isCut = true;
        break;
      }
      const next: LineageName[] = [];
      for (const name of ring) {
        // oxlint-disable-next-line no-await-in-loop -- one connection, and each ring needs the one before
        for (const other of await reader.next(name, way)) {
          const id = formatLineageName(other);
          if (!nodes.has(id)) {
            if (nodes.size >= nodesMax) {
              isCut = true;
              continue;
            }
            // oxlint-disable-next-line no-await-in-loop -- as above
            const described = await reader.describe(other);
            if (described === null) continue;
            nodes.set(id, { ...other, ...described, distance });
            next.push(other);
          }
          const edge = way === 'up' ? { from: other, to: name } : { from: name, to: other };
          edges.set(`${formatLineageName(edge.from)} ${formatLineageName(edge.to)}`, edge);
        }
      }
      ring = next;
    }
  }
  return { model, of, nodes: [...nodes.values()], edges: [...edges.values()], isCut };
}
