import type { Difference } from '../../domain/record/portfolio.ts';
import { Interval } from '../charts/bars.tsx';
import { moneyDifference, number } from '../words/format.ts';
import { State } from '../words/state.tsx';

export interface AgainstProps {
  readonly difference: Difference | null;
  readonly comparedRows: number;
  readonly currency: string;
  readonly label: string;
}

/** Retraining against having left the first version alone: an estimate, how sure it is, and a plain word. */
export function Against({ difference, comparedRows, currency, label }: AgainstProps) {
  if (difference === null) return <p class="small dim">Not yet compared with never having renewed the model.</p>;
  if (difference.low === 0 && difference.high === 0)
    return <p class="small dim">No difference to never having renewed the model: the first version still answers.</p>;
  return (
    <>
      <p>
        <b>{moneyDifference(difference.estimate, currency)}</b> against never having renewed{' '}
        {label === '' ? 'it' : 'them'}, on {number(comparedRows)} answers. {verdictOf(difference)}
      </p>
      <Interval
        label={`Difference to never renewing, ${label}`}
        low={difference.low}
        estimate={difference.estimate}
        high={difference.high}
        zero={0}
        unit={currency}
      />
      <p class="small dim">
        Very likely (95 %) between {moneyDifference(difference.low, currency)} and{' '}
        {moneyDifference(difference.high, currency)}; the upright line is no difference.
      </p>
    </>
  );
}

function wordOf(difference: Difference): 'paid off' | 'cost money' | 'not clear yet' {
  return difference.low > 0 ? 'paid off' : difference.high < 0 ? 'cost money' : 'not clear yet';
}

function verdictOf(difference: Difference) {
  const word = wordOf(difference);
  return <State of={{ 'paid off': 'pass', 'cost money': 'fail', 'not clear yet': 'insufficient' }[word]} text={word} />;
}
