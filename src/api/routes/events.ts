import { eventsAnswer, eventsQuery } from '../../contracts/http/events.ts';
import { portfolioQuery, portfolioView } from '../../contracts/http/portfolio.ts';
import { events } from '../../commands/record/events.ts';
import { portfolio } from '../../commands/record/portfolio.ts';
import { answers } from '../answers.ts';
import type { Api } from '../../control/app.ts';
import type { ApiDependencies } from '../../control/environment.ts';
import { contextsOver } from '../context-of.ts';
import { secured } from '../secured.ts';

/** The feed of lifecycle events, and what models are worth. */
export function eventRoutes(app: Api, dependencies: ApiDependencies): void {
  const { database } = dependencies;
  const contextOf = contextsOver(dependencies);
  app.openapi(
    secured(database, {
      method: 'get',
      path: '/v1/events',
      summary: 'Lifecycle events, in order',
      request: { query: eventsQuery },
      responses: answers(
        eventsAnswer,
        'CloudEvents; send `next` back as `after`. With `wait`, the answer comes as soon as there is one.',
      ),
    }),
    async (context) => {
      const { after, limit, types, model, wait } = context.req.valid('query');
      const page = await events(contextOf(context), {
        after: after === 'now' ? after : Number(after),
        limit,
        types: types ?? [],
        model: model ?? null,
        waitMs: wait * 1_000,
        signal: context.req.raw.signal,
      });
      return context.json({ events: [...page.events], next: page.next }, 200);
    },
  );
  app.openapi(
    secured(database, {
      method: 'get',
      path: '/v1/portfolio',
      summary: 'Value and cost of the models',
      request: { query: portfolioQuery },
      responses: answers(
        portfolioView,
        'Sums over labelled rows, never extrapolated; the last 30 days unless told otherwise.',
      ),
    }),
    async (context) => {
      const { from, to } = context.req.valid('query');
      const found = await portfolio(contextOf(context), {
        from: from === undefined ? null : new Date(from),
        to: to === undefined ? null : new Date(to),
      });
      return context.json({ ...found, models: [...found.models], totals: [...found.totals] }, 200);
    },
  );
}
