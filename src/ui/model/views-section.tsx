import { sayStanding } from '../../domain/view/say-view.ts';
import { time } from '../words/format.ts';
import type { SectionProps } from './section.ts';

type Standing = SectionProps['view']['viewStandings'][number];

/** How the values of feature views stood that rows were answered with, and whether their history says the same. */
export function ViewsSection({ view: { viewStandings } }: SectionProps) {
  if (viewStandings.length === 0) return null;
  return (
    <section class="panel" id="views" aria-labelledby="views-title">
      <h2 id="views-title">Feature views</h2>
      <dl class="facts">
        {viewStandings.map((standing) => (
          <div>
            <dt>
              {standing.view} {standing.different > 0 ? <span class="state bad">skew</span> : null}
            </dt>
            <dd>
              {sayStanding(standing)}
              {standing.checkedAt === null ? null : <>, last {time(new Date(standing.checkedAt))}</>}
              <Last standing={standing} />
            </dd>
          </div>
        ))}
      </dl>
    </section>
  );
}

function Last({ standing: { last } }: { readonly standing: Standing }) {
  if (last === null) return null;
  const { feature, served, recomputed, predictionId } = last;
  return (
    <p class="small">
      {feature} was served as {JSON.stringify(served)} to prediction {predictionId}; its history gives{' '}
      {JSON.stringify(recomputed)}.
    </p>
  );
}
