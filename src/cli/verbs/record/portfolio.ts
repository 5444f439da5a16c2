import { portfolioView } from '../../../contracts/http/portfolio.ts';
import type { Difference, Portfolio } from '../../../domain/record/portfolio.ts';
import { sayCount, sayShare } from '../../../domain/words/say.ts';
import { columns } from '../../../domain/words/columns.ts';
import { findStack } from '../../../stack/find-stack.ts';
import { request } from '../../../stack/request.ts';
import type { Verb } from '../../line/verb.ts';

export const portfolioVerb: Verb = {
  name: 'portfolio',
  about: 'Show what each model is worth and costs, beside never having retrained it.',
  words: [],
  flags: [
    {
      name: 'from',
      kind: 'text',
      value: 'INSTANT',
      about: 'Begin of the period, such as 2026-05-01T00:00:00Z (default 30 days before its end).',
    },
    { name: 'to', kind: 'text', value: 'INSTANT', about: 'End of the period (default now).' },
  ],
  examples: ['perennial portfolio', 'perennial portfolio --from 2026-05-01T00:00:00Z --json'],
  async run({ config, out, text }) {
    const query = new URLSearchParams();
    for (const name of ['from', 'to']) {
      const given = text(name);
      if (given !== null) query.set(name, given);
    }
    const stack = await findStack(config);
    const found = await request(portfolioView, {
      method: 'GET',
      url: `${stack.controlUrl}/v1/portfolio?${query.toString()}`,
      token: stack.token,
    });
    for (const line of linesOf(found)) out.line(line);
    out.json(found);
  },
};

function linesOf(found: Portfolio): string[] {
  const rows = found.models.map((row) => [
    row.model,
    sayCount(row.predictions),
    row.labelCoverage === null ? 'none' : sayShare(row.labelCoverage),
    row.value === null
      ? row.currency === null
        ? 'no value declared'
        : 'not measured'
      : `${sayCount(Math.round(row.value))} ${row.currency ?? ''}`,
    row.differenceToNeverRetrained === null ? '' : `${between(row.differenceToNeverRetrained)} ${row.currency ?? ''}`,
    `${row.trainings} (${row.trainingHours.toFixed(2)} h)`,
    row.platformCost === null ? '' : `${row.platformCost.toFixed(2)} ${found.platformCost?.currency ?? ''}`,
  ]);
  const head = [
    'MODEL',
    'ANSWERS',
    'LABELLED',
    'VALUE OF LABELLED',
    'MORE THAN NEVER RETRAINED [95 %]',
    'TRAININGS',
    'COST',
  ];
  const totals = found.totals.map((total) => {
    const difference = total.differenceToNeverRetrained;
    const more = difference === null ? '' : `, ${between(difference)} more than never retrained`;
    return (
      `In all, on ${sayCount(total.labelledRows)} labelled rows: ` +
      `${sayCount(Math.round(total.value))} ${total.currency}${more}.`
    );
  });
  return [`From ${found.from} to ${found.to}; money is of labelled rows only.`, ...columns([head, ...rows]), ...totals];
}

function between({ estimate, low, high }: Difference): string {
  const say = (value: number): string => sayCount(Math.round(value));
  return `${say(estimate)} [${say(low)}, ${say(high)}]`;
}
