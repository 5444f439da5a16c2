import { randomUUID } from 'node:crypto';
import type { CorrectionView } from '../../contracts/http/corrections.ts';
import type { VersionPage } from '../../db/pages/version.ts';
import { ReasonForm } from '../form/reason-form.tsx';
import { refusalFor } from '../form/refusal.ts';
import type { PageCall } from '../frame/page-call.ts';

export interface CorrectionFormsProps {
  readonly call: PageCall;
  readonly page: VersionPage;
  readonly corrections: readonly CorrectionView[];
  readonly path: string;
}

/** Put one back and hold it, or let go. */
export function CorrectionForms({ call, page, corrections, path }: CorrectionFormsProps) {
  const refused = refusalFor(call.principal, 'operate', page.model);
  const isChampion = page.serving?.as === 'champion';
  const isHeld = page.serving?.isCorrectionHeld === true;
  const digests = [...new Set(corrections.flatMap(({ digest }) => digest ?? []))].filter((one) => one !== 'identity');
  return (
    <div class="actions">
      <ReasonForm
        call={call}
        label="Undo the correction"
        about="Puts an earlier correction back and holds it: the watch changes it no more."
        to={`${path}/correction/undo`}
        refusedBecause={refused ?? (isChampion ? null : 'It is not champion.')}
        // One key per form: a double click, or the form sent again, is one command.
        hidden={{ key: randomUUID() }}
      >
        <label>
          Back to
          <select name="to">
            {isHeld ? null : <option value="">the one before</option>}
            <option value="identity">none: as the model answers</option>
            {digests.map((digest) => (
              <option value={digest}>{digest.slice(0, 16)}</option>
            ))}
          </select>
        </label>
      </ReasonForm>
      <ReasonForm
        call={call}
        label="Let the watch correct again"
        about="Ends the hold: from the next window on the watch may change the correction."
        to={`${path}/correction/resume`}
        refusedBecause={refused ?? (isHeld ? null : 'Nobody holds its correction.')}
        hidden={{ key: randomUUID() }}
      />
    </div>
  );
}
