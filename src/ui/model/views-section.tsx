import { sayStanding } from '../../domain/view/say-view.ts';
import { sayCount, sayUnread } from '../../domain/words/say.ts';
import { Table, type Column } from '../table/table.tsx';
import { lineagePath, time } from '../words/format.ts';
import type { SectionProps } from './section.ts';

type Standing = SectionProps['view']['viewStandings'][number];

/** How the values of feature views stood that rows were answered with, and whether their history says the same. */
export function ViewsSection({ view: { viewStandings, viewSources } }: SectionProps) {
  if (viewStandings.length + viewSources.length === 0) return null;
  return (
    <section class="panel" id="views" aria-labelledby="views-title">
      <h2 id="views-title">Feature views</h2>
      <dl class="facts">
        {viewStandings.map((standing) => (
          <div>
            <dt>
              {standing.view} {standing.different > 0 ? <span class="state bad">skew</span> : null}
            </dt>
            <dd>
              {sayStanding(standing)}
              {standing.checkedAt === null ? null : <>, last {time(new Date(standing.checkedAt))}</>}
              <Last standing={standing} />
            </dd>
          </div>
        ))}
      </dl>
      {viewSources.length === 0 ? null : <Table label="Sources of views" columns={columns} rows={viewSources} />}
    </section>
  );
}

/** How far the view was read, and what keeps it from being read. */
const columns: readonly Column<SectionProps['view']['viewSources'][number]>[] = [
  {
    head: 'View',
    cell: ({ view }) => view,
    isHeading: true,
    href: ({ view }) => lineagePath(view, { kind: 'view', key: view }),
  },
  { head: 'From', cell: ({ source }) => source },
  { head: 'Taken', cell: ({ rows }) => sayCount(rows), isNumber: true },
  { head: 'New rows', cell: ({ changedAt }) => (changedAt === null ? 'none yet' : time(changedAt)) },
  { head: 'Unread', cell: ({ lag }) => sayUnread(lag) },
  { head: 'Read to its end', cell: ({ lookedAt }) => (lookedAt === null ? 'not yet' : time(lookedAt)) },
  {
    head: 'Wrong',
    cell: wrong,
    width: 'wide',
  },
];

function wrong({ failures, problem, alerts }: SectionProps['view']['viewSources'][number]): string {
  const said = [
    ...(failures === 0 ? [] : [`${failures} times in a row: ${problem ?? ''}`]),
    ...alerts.flatMap(({ kind, body }) => (kind === 'source-behind' ? [body] : [])),
  ];
  return said.length === 0 ? 'nothing' : said.join(' ');
}

function Last({ standing: { last } }: { readonly standing: Standing }) {
  if (last === null) return null;
  const { feature, served, recomputed, predictionId } = last;
  return (
    <p class="small">
      {feature} was served as {JSON.stringify(served)} to prediction {predictionId}; its history gives{' '}
      {JSON.stringify(recomputed)}.
    </p>
  );
}
