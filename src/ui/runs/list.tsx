import type { RunQuery, RunsShown } from '../../commands/pages/runs.ts';
import { runKinds, runStatuses } from '../../domain/record/closed-sets.ts';
import { cut } from '../../domain/words/cut.ts';
import { Table, type Column } from '../table/table.tsx';
import { duration, modelPath, runPath, time } from '../words/format.ts';
import { Choice } from '../form/choice.tsx';
import { Layout } from '../frame/layout.tsx';
import type { PageCall } from '../frame/page-call.ts';
import { State } from '../words/state.tsx';

const triggerCharsMax = 60;
const detailCharsMax = 160;

export interface RunListProps {
  readonly call: PageCall;
  readonly query: RunQuery;
  readonly shown: RunsShown;
}

/** A run and its place in the list: the two latest are chosen for a comparison from the start. */
type Line = RunsShown['lines'][number] & { readonly place: number };

const columns: readonly Column<Line>[] = [
  { head: 'A', cell: (run) => <Side name="a" run={run} isChosen={run.place === 1} /> },
  { head: 'B', cell: (run) => <Side name="b" run={run} isChosen={run.place === 0} /> },
  { head: 'run', cell: (run) => run.runId, href: (run) => runPath(run.runId), isHeading: true },
  { head: 'state', cell: (run) => <State of={run.status} /> },
  { head: 'model', cell: (run) => run.model, href: (run) => modelPath(run.model) },
  { head: 'started by', cell: (run) => (run.trigger === null ? '—' : cut(run.trigger, triggerCharsMax)) },
  { head: 'started', cell: (run) => time(run.startedAt), isNumber: true },
  {
    head: 'took',
    cell: (run) => (run.endedAt === null ? '—' : duration(run.endedAt.getTime() - run.startedAt.getTime())),
    isNumber: true,
  },
  { head: 'what came of it', cell: (run) => cut(run.detail ?? '', detailCharsMax), width: 'wide' },
];

const nothingYet =
  'Nothing has run yet. Apply a definition (`perennial apply`) and its data is read and a first model trained.';

/** Every run of every model that one may see; two of them can be put side by side. */
export function RunList({ call, query, shown }: RunListProps) {
  const isFiltered = Object.entries(query).some(([name, value]) => name !== 'cursor' && value !== null);
  return (
    <Layout call={call} title="Runs" section="runs">
      <div class="row spread">
        <h1>Runs</h1>
        <a href="/workers">workers of trainers of your own</a>
      </div>
      <Filters query={query} />
      {shown.lines.length === 0 ? (
        <p class="empty">
          {isFiltered ? (
            <>
              No run is like this. <a href="/runs">Show all</a>.
            </>
          ) : (
            nothingYet
          )}
        </p>
      ) : (
        <Lines query={query} shown={shown} />
      )}
    </Layout>
  );
}

function Lines({ query, shown }: Pick<RunListProps, 'query' | 'shown'>) {
  return (
    <form method="get" action="/runs/compare">
      <Table label="Runs" columns={columns} rows={shown.lines.map((run, i) => ({ ...run, place: i }))} />
      <div class="row spread">
        <button type="submit" class="quiet">
          Compare A with B
        </button>
        <span class="pages">
          {query.cursor === null ? null : <a href={`/runs?${queryText(query, null)}`}>latest</a>}
          {shown.next === null ? null : <a href={`/runs?${queryText(query, shown.next)}`}>earlier →</a>}
        </span>
      </div>
    </form>
  );
}

interface SideProps {
  readonly name: 'a' | 'b';
  readonly run: Line;
  readonly isChosen: boolean;
}

function Side({ name, run, isChosen }: SideProps) {
  return (
    <input
      type="radio"
      name={name}
      value={run.runId}
      required
      aria-label={`compare ${run.runId} as ${name.toUpperCase()}`}
      checked={isChosen}
    />
  );
}

function queryText(query: RunQuery, cursor: string | null): string {
  const text = new URLSearchParams();
  for (const [name, value] of Object.entries({ ...query, cursor }))
    if (typeof value === 'string') text.set(name, value);
  return text.toString();
}

function Filters({ query }: { readonly query: RunQuery }) {
  return (
    <form class="filters" method="get" action="/runs">
      <label>
        Model
        <input name="model" value={query.model ?? ''} autocomplete="off" />
      </label>
      <Choice label="Kind" name="kind" values={runKinds} chosen={query.kind} />
      <Choice label="State" name="status" values={runStatuses} chosen={query.status} />
      <label>
        Started by
        <input name="trigger" value={query.trigger ?? ''} autocomplete="off" />
      </label>
      <label>
        Since (UTC)
        <input name="since" type="date" value={query.since?.slice(0, 10) ?? ''} />
      </label>
      <button type="submit" class="quiet">
        Show
      </button>
    </form>
  );
}
