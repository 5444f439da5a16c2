import { historyView, type HistoryView } from '../../../contracts/http/views.ts';
import { PerennialError } from '../../../domain/words/errors.ts';
import { columns, figure, shortInstant } from '../../../domain/words/columns.ts';
import { request } from '../../../stack/request.ts';
import { findStack } from '../../../stack/find-stack.ts';
import type { Verb } from '../../line/verb.ts';

export const historyVerb: Verb = {
  name: 'history',
  about: 'Show what happened to a model, and why: champions, versions, decisions, runs, alerts.',
  words: ['<model>'],
  flags: [
    { name: 'limit', kind: 'text', value: 'N', about: 'Rows of each kind, 1 to 200 (default 50).' },
    {
      name: 'before',
      kind: 'text',
      value: 'INSTANT',
      about: 'Only what happened before, such as 2026-05-03T14:03:00Z.',
    },
  ],
  examples: ['perennial history fraud', 'perennial history fraud --limit 10 --json'],
  async run({ words: [model = ''], config, out, text }) {
    const limit = text('limit') ?? '50';
    if (!/^\d{1,3}$/.test(limit))
      throw new PerennialError('invalid_request', '--limit must be a whole number from 1 to 200.', { path: '--limit' });
    const query = new URLSearchParams({ limit });
    const before = text('before');
    if (before !== null) query.set('before', before);
    const stack = await findStack(config);
    const url = `${stack.controlUrl}/v1/models/${encodeURIComponent(model)}/history?${query.toString()}`;
    const view = await request(historyView, { method: 'GET', url, token: stack.token });
    for (const line of linesOf(view)) out.line(line);
    out.json(view);
  },
};

interface Event {
  readonly at: string;
  readonly kind: string;
  readonly text: string;
}

/** One line per event, oldest first, as one would tell it. */
function linesOf(view: HistoryView): string[] {
  const events: Event[] = [
    ...view.moves.map((move) => ({
      at: move.at,
      kind: move.alias,
      text: `${named(move.fromVersion)} -> ${named(move.toVersion)} by ${move.actor}: ${move.why}`,
    })),
    ...view.versions.map((version) => ({
      at: version.createdAt,
      kind: 'version',
      text:
        version.origin === 'imported'
          ? `v${version.version} imported`
          : `v${version.version} ${version.status} (${version.family ?? 'unknown'}, ${version.labelledRows} rows): ` +
            `${metricsText(version.metrics)}; gate ${version.gateVerdict}`,
    })),
    ...view.decisions.map((decision) => ({
      at: decision.at,
      kind: decision.retrain ? 'retrain' : 'no retrain',
      text: `${decision.key}: ${decision.reason}`,
    })),
    ...view.runs.map((run) => ({
      at: run.startedAt,
      kind: 'run',
      text: `${run.runId} ${run.status}${run.detail === null ? '' : `: ${run.detail}`}`,
    })),
    ...view.annotations.map((one) => ({
      at: one.at,
      kind: one.kind,
      text: `${one.version === null ? '' : `v${one.version}: `}${one.text} (${one.by})`,
    })),
    ...view.alerts.map((alert) => ({
      at: alert.openedAt,
      kind: 'alert',
      text: `${alert.severity}: ${alert.title}${alert.closedAt === null ? '' : ' (closed)'}`,
    })),
  ];
  if (events.length === 0) return [`Nothing has happened to "${view.model}" yet.`];
  events.sort((left, right) => (left.at < right.at ? -1 : left.at > right.at ? 1 : 0));
  return columns(events.map((event) => [shortInstant(event.at), event.kind, event.text]));
}

function named(version: number | null): string {
  return version === null ? 'none' : `v${version}`;
}

function metricsText(metrics: Readonly<Record<string, number>>): string {
  return Object.entries(metrics)
    .filter(([name]) => name !== 'rows')
    .map(([name, value]) => `${name} ${figure(value)}`)
    .join(', ');
}
