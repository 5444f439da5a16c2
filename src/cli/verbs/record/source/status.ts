import { sourceList, sourceView, type SourceView } from '../../../../contracts/http/data/sources.ts';
import { columns, shortInstant } from '../../../../domain/words/columns.ts';
import { sayCount, sayMany, sayShare, sayUnits } from '../../../../domain/words/say.ts';
import { findStack } from '../../../../stack/find-stack.ts';
import { request } from '../../../../stack/request.ts';
import type { Verb } from '../../../line/verb.ts';

export const sourceStatusVerb: Verb = {
  name: 'source status',
  about: 'How far sources have been read, what is unread, and what keeps one from being read.',
  words: ['[model]'],
  flags: [],
  examples: ['perennial source status', 'perennial source status fraud --json'],
  async run({ words: [model], config, out }) {
    const stack = await findStack(config);
    const ask = { method: 'GET', token: stack.token } as const;
    if (model === undefined) {
      const { sources } = await request(sourceList, { ...ask, url: `${stack.controlUrl}/v1/sources?limit=200` });
      for (const line of tableOf(sources)) out.line(line);
      out.json(sources);
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

function tableOf(sources: readonly SourceView[]): string[] {
  if (sources.length === 0) return ['No model that is trained here has been applied yet.'];
  const rows = sources.map((view) => [
    view.model,
    view.source,
    sayCount(view.rows),
    sayLag(view),
    view.takenAt === null ? 'never' : shortInstant(view.takenAt),
    view.failures === 0
      ? view.alerts.map(({ kind }) => kind).join(', ')
      : `${view.failures} failures: ${view.problem ?? ''}`,
  ]);
  return columns([['MODEL', 'SOURCE', 'ROWS', 'UNREAD', 'TAKEN', ''], ...rows]);
}

function linesOf(view: SourceView): string[] {
  const { cursor, quarantinedRows, quarantinedShare, lookedAt, nextLookAt, failures, problem } = view;
  const { alerts } = view;
  const rows: [string, string][] = [
    ['source', `${view.source} (definition revision ${view.specRevision})`],
    ['taken', view.takenAt === null ? 'never' : `${shortInstant(view.takenAt)}, ${sayCount(view.rows)} rows in all`],
    ...(quarantinedShare === null
      ? []
      : [['quarantined', `${sayCount(quarantinedRows)} of the last batch (${sayShare(quarantinedShare)})`] as const]),
    ...(cursor === null ? [] : [['cursor', cursor] as const]),
    ['unread', sayLag(view)],
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
function memberLines(members: SourceView['members']): string[] {
  if (members.length === 0) return [];
  const rows = members.map((member) => [
    member.name,
    member.source,
    sayCount(member.rows),
    sayLag(member),
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

function sayNew({ changedAt, freshMs }: SourceView): string {
  const last = changedAt === null ? 'not looked for yet' : `last found ${shortInstant(changedAt)}`;
  return freshMs === null ? last : `${last}; an alert rings after ${sayMany(Math.round(freshMs / 60_000), 'minute')}`;
}

function sayLag({ lag }: Pick<SourceView, 'lag'>): string {
  if (lag === null) return 'not counted';
  return `${lag.isAtLeast ? 'more than ' : ''}${sayUnits(lag.unread, lag.unit)}`;
}
