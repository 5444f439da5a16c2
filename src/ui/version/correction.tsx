import type { VersionPage } from '../../db/pages/version.ts';
import { number, time } from '../words/format.ts';
import { Digest } from '../words/state.tsx';

/** How the answers of this version are corrected between trainings. */
export function CorrectionPanel({ page }: { readonly page: VersionPage }) {
  const now = page.serving?.correction ?? page.startCorrection;
  return (
    <section class="panel" id="correction">
      <h2>Correction</h2>
      <p>
        {now === 'identity'
          ? 'Its answers are given as the model gives them.'
          : 'Its answers are recalibrated on labels that have arrived since.'}{' '}
        {now === 'identity' ? null : <Digest of={now} />}
      </p>
      {page.corrected === null ? null : (
        <p class="small">
          {page.corrected.text} {shapeOf(page.corrected)}
          <span class="dim">{time(page.corrected.at)}</span>
        </p>
      )}
    </section>
  );
}

function shapeOf({ slope, intercepts }: NonNullable<VersionPage['corrected']>): string {
  if (slope === null) return '';
  return `Slope ${number(slope)}, shift ${intercepts.map((shift) => number(shift)).join(', ')}. `;
}
