import type { PortfolioModel } from '../../domain/record/portfolio.ts';
import { many, modelPath } from '../words/format.ts';

/** Whose owner has not said what its decisions are worth. */
export function Undeclared({ rows }: { readonly rows: readonly PortfolioModel[] }) {
  if (rows.length === 0) return null;
  return (
    <section class="panel" id="undeclared">
      <h2>{many(rows.length, 'model')} without a value</h2>
      <p>
        Nobody has said what a right and a wrong decision of these is worth, so nothing can be summed. Their owner may
        add <code>value</code> to the definition: a currency, and what each of the four outcomes (a justified yes, a
        false alarm, a justified no, a miss) brings or costs; then <code>perennial apply</code>.
      </p>
      <ul>
        {rows.map((row) => (
          <li>
            <a href={modelPath(row.model)}>{row.model}</a> {row.useCase}
            {row.owner === '' ? '' : `, ${row.owner}`}: {many(row.predictions, 'answer')} given,{' '}
            {many(row.trainings, 'training')}
          </li>
        ))}
      </ul>
    </section>
  );
}
