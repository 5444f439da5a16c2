import type { Child } from 'hono/jsx';
import { charsMax } from '../../domain/words/limits.ts';
import type { PageCall } from '../frame/page-call.ts';
import { CsrfField } from './csrf-field.tsx';

export interface ReasonFormProps {
  readonly call: PageCall;
  /** What is done, as a verb: the summary and the button. */
  readonly label: string;
  /** What it does and what it does not do, one sentence. */
  readonly about: string;
  /** Path that the form is posted to. */
  readonly to: string;
  /** Why it cannot be done now, or who could; null when it can. */
  readonly refusedBecause: string | null;
  /** Asked once more, in a dialog, where the script runs; for what takes something away. */
  readonly confirm?: string;
  readonly hidden?: Readonly<Record<string, string>>;
  /** Further fields. */
  readonly children?: Child;
}

/** One thing that a person may do, behind a typed reason. What cannot be done stays visible and says why. */
export function ReasonForm(props: ReasonFormProps) {
  const { label, about, refusedBecause } = props;
  if (refusedBecause === null) return <OpenForm {...props} />;
  return (
    <details class="action off">
      <summary>{label}: not now</summary>
      <p class="small">{about}</p>
      <p class="small">
        <b>{refusedBecause}</b>
      </p>
    </details>
  );
}

function OpenForm({ call, label, about, to, confirm, hidden = {}, children }: ReasonFormProps) {
  const name = `reason-${to.replaceAll(/[^a-z0-9]+/gi, '-')}-${label.toLowerCase().replaceAll(/[^a-z0-9]+/g, '-')}`;
  return (
    <details class="action">
      <summary>{label}</summary>
      <p class="small">{about}</p>
      <form method="post" action={to} data-confirm={confirm}>
        <CsrfField call={call} />
        {Object.entries(hidden).map(([key, value]) => (
          <input type="hidden" name={key} value={value} />
        ))}
        {children}
        <div>
          <label for={name}>Reason, for whoever reads this in a year</label>
          <textarea id={name} name="reason" rows={2} required minlength={3} maxlength={charsMax.formReason}></textarea>
        </div>
        <div>
          <button type="submit" class={confirm === undefined ? undefined : 'danger'}>
            {label}
          </button>
        </div>
      </form>
    </details>
  );
}
