import { lineageQuery, lineageView } from '../../../contracts/http/data/lineage.ts';
import { modelParams } from '../../../contracts/http/requests.ts';
import { lineage } from '../../../commands/record/lineage.ts';
import type { Api } from '../../../control/app.ts';
import type { ApiDependencies } from '../../../control/environment.ts';
import { answers } from '../../answers.ts';
import { contextsOver } from '../../context-of.ts';
import { secured } from '../../secured.ts';

/** Where something came from, and what came of it. */
export function lineageRoutes(app: Api, dependencies: ApiDependencies): void {
  const contextOf = contextsOver(dependencies);
  app.openapi(
    secured(dependencies.database, {
      method: 'get',
      path: '/v1/models/{name}/lineage',
      summary: 'Where a snapshot, version, window, decision, run or prediction came from, and what came of it',
      request: { params: modelParams, query: lineageQuery },
      responses: answers(lineageView, 'Things, nearest first, and which came of which.'),
    }),
    async (context) => {
      const { name } = context.req.valid('param');
      const found = await lineage(contextOf(context), name, context.req.valid('query'), dependencies);
      return context.json({ ...found, nodes: [...found.nodes], edges: [...found.edges] }, 200);
    },
  );
}
