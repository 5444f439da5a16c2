import { featureViewDetail, featureViewList } from '../../../../contracts/http/data/feature-views.ts';
import {
  sourceList,
  sourceView,
  type SourceStanding,
  type SourceView,
} from '../../../../contracts/http/data/sources.ts';
import { columns, shortInstant } from '../../../../domain/words/columns.ts';
import { sayCount, sayMany, sayShare, sayUnread } from '../../../../domain/words/say.ts';
import { findStack } from '../../../../stack/find-stack.ts';
import { request } from '../../../../stack/request.ts';
import type { Verb } from '../../../line/verb.ts';
import { viewNamed } from '../../../line/view-named.ts';

export const sourceStatusVerb: Verb = {
  name: 'source status',
  about: 'How far sources have been read, what is unread, and what keeps one from being read.',
  words: ['[model or view/NAME]'],
  flags: [],
  examples: [
    'perennial source status',
    'perennial source status fraud --json',
    'perennial source status view/cardholders',
  ],
  async run({ words: [model], config, out }) {
    const stack = await findStack(config);
    const ask = { method: 'GET', token: stack.token } as const;
    if (model === undefined) {
      const { sources } = await request(sourceList, { ...ask, url: `${stack.controlUrl}/v1/sources?limit=200` });
      const { views } = await request(featureViewList, { ...ask, url: `${stack.controlUrl}/v1/views?limit=200` });
      const ofViews = views.map(({ view, source }) => ({ view, ...source }));
      for (const line of tableOf(sources, ofViews)) out.line(line);
      out.json([...sources, ...ofViews]);
      return;
    }
    const name = viewNamed(model);
    if (name !== null) {
      const url = `${stack.controlUrl}/v1/views/${encodeURIComponent(name)}`;
      const { view, source, revision } = await request(featureViewDetail, { ...ask, url });
      for (const line of linesOf({ ...source, specRevision: revision })) out.line(line);
      out.json({ view, ...source });
      return;
    }
    const view = await request(sourceView, {
      ...ask,
      url: `${stack.controlUrl}/v1/models/${encodeURIComponent(model)}/source`,
    });
    for (const line of linesOf(view)) out.line(line);
    out.json(view);
  },
};

function tableOf(
  sources: readonly SourceView[],
  ofViews: readonly (SourceStanding & { readonly view: string })[],
): string[] {
  if (sources.length + ofViews.length === 0)
    return ['No model that is trained here, and no feature view, has been applied yet.'];
  const rows = [
    ...sources.map(({ model, ...standing }) => rowOf(model, standing)),
    ...ofViews.map(({ view, ...standing }) => rowOf(`view/${view}`, standing)),
  ];
  return columns([['OF', 'SOURCE', 'ROWS', 'UNREAD', 'TAKEN', ''], ...rows]);
}

function rowOf(name: string, standing: SourceStanding): string[] {
  const { source, rows, takenAt, failures, problem, alerts } = standing;
  return [
    name,
    source,
    sayCount(rows),
    sayUnread(standing.lag),
    takenAt === null ? 'never' : shortInstant(takenAt),
    failures === 0 ? alerts.map(({ kind }) => kind).join(', ') : `${failures} failures: ${problem ?? ''}`,
  ];
}

/** Of a model, or of a feature view. */
function linesOf(view: SourceStanding & Pick<SourceView, 'specRevision'>): string[] {
  const { cursor, quarantinedRows, quarantinedShare, lookedAt, nextLookAt, failures, problem, alerts } = view;
  const rows: [string, string][] = [
    ['source', `${view.source} (definition revision ${view.specRevision})`],
    ['taken', view.takenAt === null ? 'never' : `${shortInstant(view.takenAt)}, ${sayCount(view.rows)} rows in all`],
    ...(quarantinedShare === null
      ? []
      : [['quarantined', `${sayCount(quarantinedRows)} of the last batch (${sayShare(quarantinedShare)})`] as const]),
    ...(cursor === null ? [] : [['cursor', cursor] as const]),
    ['unread', sayUnread(view.lag)],
    ['new rows', sayNew(view)],
    [
      'looked at',
      nextLookAt === null
        ? 'for a training alone'
        : `${lookedAt === null ? 'not yet' : shortInstant(lookedAt)}, next ${shortInstant(nextLookAt)}`,
    ],
    ...(failures === 0 ? [] : [['failures', `${failures} in a row: ${problem ?? ''}`] as const]),
    ...alerts.map(({ kind, openedAt, body }) => ['alert', `${kind} since ${shortInstant(openedAt)}: ${body}`] as const),
  ].map(([word = '', text = '']) => [word, text]);
  return [...columns(rows), ...memberLines(view.members)];
}

/** Of a union, a row per source; what keeps one from being read, or from being taken, stands below. */
function memberLines(members: SourceStanding['members']): string[] {
  if (members.length === 0) return [];
  const rows = members.map((member) => [
    member.name,
    member.source,
    sayCount(member.rows),
    sayUnread(member.lag),
    String(member.late),
    member.staleMs === null ? '' : `${sayMany(Math.round(member.staleMs / 60_000), 'minute')} old`,
    sayCount(member.quarantinedRows),
    sayCount(member.repeatedRows),
  ]);
  const head = ['SOURCE', 'FROM', 'TAKEN', 'UNREAD', 'LATE', 'MISSING', 'QUARANTINED', 'REPEATED'];
  const problems = members.flatMap(({ name, failures, problem, refusal }) => [
    ...(failures === 0 ? [] : [`${name}: not read, ${failures} in a row: ${problem ?? ''}`]),
    ...(refusal === null ? [] : [`${name}: its last batch was refused: ${refusal}`]),
  ]);
  return ['', ...columns([head, ...rows]), ...problems];
}

function sayNew({ changedAt, freshMs }: Pick<SourceStanding, 'changedAt' | 'freshMs'>): string {
  const last = changedAt === null ? 'none found yet' : `last found ${shortInstant(changedAt)}`;
  return freshMs === null ? last : `${last}; an alert rings after ${sayMany(Math.round(freshMs / 60_000), 'minute')}`;
}
