import type { Portfolio } from '../../domain/record/portfolio.ts';

/** What the sums mean and what they leave out. */
export function Notes({ portfolio }: { readonly portfolio: Portfolio }) {
  return (
    <section class="panel" id="notes">
      <h2>How to read this</h2>
      <ul>
        <li>
          “Brought in” adds up what the answers turned out to be worth, by the amounts that the owner declared. Only
          answers whose outcome is known count; nothing is guessed for the others.
        </li>
        <li>
          “Renewing it” compares with the first version, asked the same questions and left alone ever since. “Not clear
          yet” means that chance could explain the difference.
        </li>
        <li>
          Amounts in different currencies are never added
          {portfolio.totals.length > 1 ? `, which is why there are ${portfolio.totals.length} sums` : ''}.
        </li>
      </ul>
    </section>
  );
}
