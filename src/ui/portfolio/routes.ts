import { portfolioShown } from '../../commands/pages/portfolio.ts';
import type { Api } from '../../control/app.ts';
import type { ApiDependencies } from '../../control/environment.ts';
import { queryText } from '../form/address.ts';
import type { PageCall } from '../frame/page-call.ts';
import { page } from '../frame/page.ts';
import { render } from '../frame/render.ts';
import { portfolioFile } from './export.ts';
import { PortfolioPage } from './page.tsx';

/** What the models are worth, as a page and as a file. */
export function portfolioRoutes(app: Api, dependencies: ApiDependencies): void {
  page(app, dependencies, '/portfolio', async (call) =>
    render(PortfolioPage({ call, ...(await portfolioShown(call.command, periodOf(call))) })),
  );
  page(app, dependencies, '/portfolio/export', async (call) =>
    portfolioFile((await portfolioShown(call.command, periodOf(call))).portfolio),
  );
}

function periodOf(call: PageCall) {
  return { days: queryText(call, 'days'), from: queryText(call, 'from'), to: queryText(call, 'to') };
}
