import type { CandidateView, ExperimentView } from '../../contracts/http/trainers/experiments.ts';
import { Interval } from '../charts/bars.tsx';
import { number, percent } from '../words/format.ts';
import { metricName } from '../words/quality.ts';
import { State } from '../words/state.tsx';

type Compared = CandidateView & { readonly difference: NonNullable<CandidateView['difference']> };

/** Each candidate's difference from the best one with its interval, all on one axis, against zero. */
export function Differences({ shown }: { readonly shown: ExperimentView }) {
  const compared = shown.candidates.filter(isCompared);
  const ends = compared.flatMap(({ difference: { lower, upper } }) => [lower, upper]);
  const room = 1.1 * Math.max(...ends.map(Math.abs)) || 1;
  return (
    <section class="panel" id="differences">
      <h2>How far from the best one?</h2>
      {compared.length === 0 ? (
        <p class="empty">Nothing is compared yet.</p>
      ) : (
        <>
          {compared.map(({ name, standing, difference: { estimate, lower, upper } }) => (
            <>
              <p class="small">
                <b>{name}</b> {standing === null ? null : <State of={standing} />} {number(estimate)}, between{' '}
                {number(lower)} and {number(upper)}
              </p>
              <Interval
                label={`${metricName(shown.metric)}, ${name} against ${shown.best ?? ''}`}
                low={lower}
                estimate={estimate}
                high={upper}
                zero={0}
                range={[-room, room]}
              />
            </>
          ))}
          <p class="small dim">
            The upright line is the best one; left of it is worse. All intervals hold together: with{' '}
            {percent(shown.alpha)} at most any of them misses, although the best one was chosen on the same rows.
            “Worse” is proven by Holm’s method over all pairs, which proves at least what the intervals show.
          </p>
        </>
      )}
    </section>
  );
}

function isCompared(candidate: CandidateView): candidate is Compared {
  return candidate.difference !== null;
}
