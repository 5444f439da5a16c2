import { lineageView, type LineageView } from '../../../contracts/http/data/lineage.ts';
import { PerennialError } from '../../../domain/words/errors.ts';
import { shortInstant } from '../../../domain/words/columns.ts';
import { findStack } from '../../../stack/find-stack.ts';
import { request } from '../../../stack/request.ts';
import type { Verb } from '../../line/verb.ts';
import { viewNamed } from '../../line/view-named.ts';

export const lineageVerb: Verb = {
  name: 'lineage',
  about: 'Where something of a model, or a feature view, came from, and what came of it.',
  words: ['<model or view/NAME>', '[thing]'],
  flags: [
    { name: 'up', kind: 'switch', about: 'Only where it came from.' },
    { name: 'down', kind: 'switch', about: 'Only what came of it.' },
  ],
  examples: [
    'perennial lineage fraud v3',
    'perennial lineage fraud w12 --down',
    'perennial lineage fraud 4be1c7d0',
    'perennial lineage fraud prediction:order-4711',
    'perennial lineage view/cardholders --down',
  ],
  async run({ words: [owner = '', given], config, isSet, out }) {
    const viewName = viewNamed(owner);
    const model = viewName ?? owner;
    // Of a view that itself is meant, unless something of it is named.
    const thing = given ?? (viewName === null ? null : `view:${viewName}`);
    if (thing === null)
      throw new PerennialError('invalid_request', 'Say what of the model: a version, a window, a digest, a run.', {
        path: 'thing',
        hint: `For example: perennial lineage ${model} v3`,
      });
    const stack = await findStack(config);
    const direction = isSet('up') === isSet('down') ? 'both' : isSet('up') ? 'up' : 'down';
    const query = new URLSearchParams({ of: thing, direction });
    const url = `${stack.controlUrl}/v1/models/${encodeURIComponent(model)}/lineage?${query.toString()}`;
    const view = await request(lineageView, { method: 'GET', url, token: stack.token });
    for (const line of linesOf(view)) out.line(line);
    if (view.isCut) out.line('There is more: ask about one of the last ones.');
    out.json(view);
  },
};

type Node = LineageView['nodes'][number];
type Name = LineageView['of'];

/** Two trees from what was asked about, each thing once: a second mention points to the first. */
function linesOf(view: LineageView): string[] {
  const [first] = view.nodes;
  if (first === undefined) return [];
  const up = view.edges.map(({ from, to }) => ({ from: to, to: from }));
  const tree = (title: string, edges: LineageView['edges']): string[] => {
    const below = branches(view, edges, first, 1, new Set([idOf(first)]));
    return below.length === 0 ? [] : ['', title, ...below];
  };
  return [told(first), ...tree('came from', up), ...tree('and of it came', view.edges)];
}

function branches(
  view: LineageView,
  edges: LineageView['edges'],
  at: Name,
  depth: number,
  seen: Set<string>,
): string[] {
  return edges
    .filter(({ from }) => idOf(from) === idOf(at))
    .flatMap(({ to }) => {
      const node = view.nodes.find((one) => idOf(one) === idOf(to));
      if (node === undefined) return [];
      const indent = '  '.repeat(depth);
      if (seen.has(idOf(to))) return [`${indent}${idOf(to)} (above)`];
      seen.add(idOf(to));
      return [`${indent}${told(node)}`, ...branches(view, edges, to, depth + 1, seen)];
    });
}

const idOf = ({ kind, key }: Name): string => `${kind}:${key}`;
const told = ({ text, at }: Node): string => (at === null ? text : `${text}  (${shortInstant(at)})`);
