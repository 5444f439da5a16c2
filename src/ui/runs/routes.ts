import { resetRun } from '../../commands/control/reset-run.ts';
import { comparisonShown, runShown, runsShown, type RunQuery } from '../../commands/pages/runs.ts';
import type { Api } from '../../control/app.ts';
import type { ApiDependencies } from '../../control/environment.ts';
import { queryText, requiredQuery } from '../form/address.ts';
import { commandFields, whole } from '../form/fields.ts';
import { action } from '../frame/action.ts';
import type { PageCall } from '../frame/page-call.ts';
import { page } from '../frame/page.ts';
import { render } from '../frame/render.ts';
import { runPath } from '../words/format.ts';
import { Comparison } from './compare/page.tsx';
import { RunList } from './list.tsx';
import { RunView } from './page.tsx';

/** All runs, the page of one, two side by side, and starting one again. */
export function runRoutes(app: Api, dependencies: ApiDependencies): void {
  page(app, dependencies, '/runs', async (call) => {
    const query = runQueryOf(call);
    return render(RunList({ call, query, shown: await runsShown(call.command, query) }));
  });
  page(app, dependencies, '/runs/view', async (call) =>
    render(RunView({ call, shown: await runShown(call.command, { runId: runIn(call) }) })),
  );
  page(app, dependencies, '/runs/compare', async (call) => {
    const sides = {
      a: requiredQuery(call, 'a', 'run A', '/runs'),
      b: requiredQuery(call, 'b', 'run B', '/runs'),
    };
    return render(Comparison({ call, shown: await comparisonShown(call.command, sides) }));
  });
  action(app, dependencies, '/runs/reset', { before: whole('step'), ...commandFields }, async (call, form) => {
    const runId = runIn(call);
    const { before, ...command } = form;
    const done = await resetRun(call.command, { runId, beforeEventId: before, ...command });
    return { to: runPath(runId), notice: `${done.text}.` };
  });
}

function runIn(call: PageCall): string {
  return requiredQuery(call, 'id', 'run', '/runs');
}

function runQueryOf(call: PageCall): RunQuery {
  return {
    model: queryText(call, 'model'),
    kind: queryText(call, 'kind'),
    status: queryText(call, 'status'),
    trigger: queryText(call, 'trigger'),
    since: queryText(call, 'since'),
    cursor: queryText(call, 'cursor'),
  };
}
