import type { VersionShown } from '../../commands/pages/version.ts';
import type { VersionPage } from '../../db/pages/version.ts';
import type { PageCall } from '../frame/page-call.ts';
import { number, time } from '../words/format.ts';
import { Digest } from '../words/state.tsx';
import { CorrectionForms } from './correction-forms.tsx';
import { CorrectionGains } from './correction-gains.tsx';
import { CorrectionTable } from './correction-table.tsx';
import { CorrectionWeights } from './correction-weights.tsx';

export interface CorrectionPanelProps {
  readonly call: PageCall;
  readonly shown: VersionShown;
  /** Of the page of the version. */
  readonly path: string;
}

/** How the answers of this version are corrected between trainings, what that gains, and a person's word against it. */
export function CorrectionPanel({ call, shown, path }: CorrectionPanelProps) {
  const { page, corrections } = shown;
  const now = page.serving?.correction ?? page.startCorrection;
  const first = page.report.firstCorrection;
  return (
    <section class="panel" id="correction">
      <h2>Correction</h2>
      <p>
        {sayNow(page, now)} {now === 'identity' ? null : <Digest of={now} />}
      </p>
      {page.corrected === null ? null : (
        <p class="small">
          {page.corrected.text} {shapeOf(page.corrected)}
          <span class="dim">{time(page.corrected.at)}</span>
        </p>
      )}
      {first === undefined ? null : <p class="small">Before it answered anybody, its hold-out said: {first.text}</p>}
      <CorrectionWeights page={page} />
      <CorrectionGains corrections={corrections} />
      <CorrectionTable model={page.model} now={now} corrections={corrections} />
      <CorrectionForms call={call} page={page} corrections={corrections} path={path} />
    </section>
  );
}

function sayNow({ serving, spec }: VersionPage, now: string): string {
  const how =
    now === 'identity'
      ? 'Its answers are given as the model gives them.'
      : 'Its answers are recalibrated on labels that have arrived since.';
  if (serving?.isCorrectionHeld === true) return `${how} A person holds it so: the watch changes nothing of it.`;
  return spec.watch.correction?.mode === 'shadow' ? `${how} Corrections are only looked at (shadow).` : how;
}

function shapeOf({ answering }: NonNullable<VersionPage['corrected']>): string {
  if (answering === null) return '';
  const shifts = answering.intercepts.map((shift) => number(shift)).join(', ');
  return `It answers with slope ${number(answering.slope)}, shift ${shifts}. `;
}
