import type { RunQuery, RunsShown } from '../../commands/pages/runs.ts';
import { runKinds, runStatuses } from '../../domain/record/closed-sets.ts';
import { duration, modelPath, runPath, time } from '../format.ts';
import { Layout } from '../layout.tsx';
import type { PageCall } from '../secured-page.tsx';
import { State } from './state.tsx';
import { cut } from '../../domain/words/cut.ts';

export interface RunListProps {
  readonly call: PageCall;
  readonly query: RunQuery;
  readonly shown: RunsShown;
}

/** Every run of every model that one may see; two of them can be put side by side. */
export function RunList({ call, query, shown }: RunListProps) {
  const isFiltered = Object.entries(query).some(([name, value]) => name !== 'cursor' && value !== null);
  return (
    <Layout call={call} title="Runs" section="runs">
      <h1>Runs</h1>
      <Filters query={query} />
      {shown.lines.length === 0 ? (
        <p class="empty">
          {isFiltered ? (
            <>
              No run is like this. <a href="/runs">Show all</a>.
            </>
          ) : (
            'Nothing has run yet. Apply a definition (`perennial apply`) and its data is read ' +
            'and a first model trained.'
          )}
        </p>
      ) : (
        <form method="get" action="/runs/compare">
          <div class="scroll" tabindex={0} role="group" aria-label="Runs">
            <table>
              <thead>
                <tr>
                  <th>A</th>
                  <th>B</th>
                  <th>run</th>
                  <th>state</th>
                  <th>model</th>
                  <th>started by</th>
                  <th class="num">started</th>
                  <th class="num">took</th>
                  <th>what came of it</th>
                </tr>
              </thead>
              <tbody>
                {shown.lines.map((run, i) => (
                  <tr>
                    <td>
                      <input
                        type="radio"
                        name="a"
                        value={run.runId}
                        required
                        aria-label={`compare ${run.runId} as A`}
                        checked={i === 1}
                      />
                    </td>
                    <td>
                      <input
                        type="radio"
                        name="b"
                        value={run.runId}
                        required
                        aria-label={`compare ${run.runId} as B`}
                        checked={i === 0}
                      />
                    </td>
                    <th scope="row">
                      <a href={runPath(run.runId)}>{run.runId}</a>
                    </th>
                    <td>
                      <State of={run.status} />
                    </td>
                    <td>
                      <a href={modelPath(run.model)}>{run.model}</a>
                    </td>
                    <td>{run.trigger === null ? '—' : cut(run.trigger, 60)}</td>
                    <td class="num">{time(run.startedAt)}</td>
                    <td class="num">
                      {run.endedAt === null ? '—' : duration(run.endedAt.getTime() - run.startedAt.getTime())}
                    </td>
                    <td class="wide">{cut(run.detail ?? '', 160)}</td>
                  </tr>
                ))}
              </tbody>
            </table>
          </div>
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
      )}
    </Layout>
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

export function Choice({
  label,
  name,
  values,
  chosen,
}: {
  readonly label: string;
  readonly name: string;
  readonly values: readonly string[];
  readonly chosen: string | null;
}) {
  return (
    <label>
      {label}
      <select name={name}>
        <option value="">any</option>
        {values.map((value) => (
          <option value={value} selected={value === chosen}>
            {value}
          </option>
        ))}
      </select>
    </label>
  );
}
