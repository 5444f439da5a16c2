import type { AbTestView } from '../../contracts/http/ab-tests.ts';
import { Interval } from '../charts/bars.tsx';
import { number } from '../words/format.ts';

type Arm = AbTestView['arms'][number];
type Compared = Arm & { readonly difference: number; readonly lower: number; readonly upper: number };

/** Each arm's difference from the control with its interval, all on one axis, against zero. */
export function Intervals({ shown }: { readonly shown: AbTestView }) {
  const compared = shown.arms.filter(isCompared);
  const { metric, effectMin } = shown.declared;
  const ends = compared.flatMap(({ lower, upper }) => [lower, upper]);
  const room = 1.1 * Math.max(effectMin, ...ends.map(Math.abs));
  return (
    <section class="panel" id="intervals">
      <h2>Which arm is better?</h2>
      {compared.length === 0 ? (
        <p class="empty">Nothing is compared yet.</p>
      ) : (
        <>
          {compared.map((arm) => (
            <>
              <p class="small">
                <b>{arm.arm}</b> against the control: {number(arm.difference)}, between {number(arm.lower)} and{' '}
                {number(arm.upper)}
              </p>
              <Interval
                label={`${metric}, ${arm.arm} against the control`}
                low={arm.lower}
                estimate={arm.difference}
                high={arm.upper}
                zero={0}
                range={[-room, room]}
              />
            </>
          ))}
          <p class="small dim">
            The upright line is no difference; right of it is better. An interval that lies wholly beside it is proven;
            one within {number(-effectMin)} and {number(effectMin)} differs by nothing that matters. All intervals hold
            together.
          </p>
        </>
      )}
    </section>
  );
}

function isCompared(arm: Arm): arm is Compared {
  return arm.difference !== null && arm.lower !== null && arm.upper !== null;
}
