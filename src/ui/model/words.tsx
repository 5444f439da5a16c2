import { annotationKinds } from '../../domain/record/closed-sets.ts';
import { charsMax } from '../../domain/words/limits.ts';
import { CsrfField } from '../form/csrf-field.tsx';
import { refusalFor } from '../form/refusal.ts';
import { modelPath, time } from '../words/format.ts';
import type { SectionProps } from './section.ts';

/** What people wrote about the model, and the form to write more. */
export function Words({ call, name, view }: SectionProps) {
  const may = refusalFor(call.principal, 'operate', name);
  return (
    <section class="panel" id="words" aria-labelledby="words-title">
      <h2 id="words-title">Notes, tags, owner</h2>
      {view.annotations.length === 0 ? (
        <p class="empty">
          Nothing written yet. A note tells the next person what you know; a tag makes the model easy to find.
        </p>
      ) : (
        <ul class="timeline">
          {view.annotations.map((row) => (
            <Line call={call} name={name} row={row} canWrite={may === null} />
          ))}
        </ul>
      )}
      {may === null ? <WriteForm call={call} name={name} /> : <p class="small dim">{may}</p>}
    </section>
  );
}

interface LineProps extends Pick<SectionProps, 'call' | 'name'> {
  readonly row: SectionProps['view']['annotations'][number];
  readonly canWrite: boolean;
}

function Line({ call, name, row, canWrite }: LineProps) {
  return (
    <li>
      <span class="tag">{row.kind}</span> {row.text}
      <br />
      <small class="dim">
        {row.actor}, {time(row.createdAt)}
      </small>
      {canWrite ? (
        <form method="post" action={`${modelPath(name)}/annotations/remove`}>
          <CsrfField call={call} />
          <input type="hidden" name="annotation" value={String(row.annotationId)} />
          <button type="submit" class="quiet small" aria-label={`Take back the ${row.kind} “${row.text.slice(0, 40)}”`}>
            Take back
          </button>
        </form>
      ) : null}
    </li>
  );
}

function WriteForm({ call, name }: Pick<SectionProps, 'call' | 'name'>) {
  return (
    <form method="post" action={`${modelPath(name)}/annotations`} class="filters">
      <CsrfField call={call} />
      <label>
        Kind
        <select name="kind">
          {annotationKinds.map((kind) => (
            <option value={kind} selected={kind === 'note'}>
              {kind}
            </option>
          ))}
        </select>
      </label>
      <label>
        Text
        <input type="text" name="text" required maxlength={charsMax.words} size={40} />
      </label>
      <button type="submit" class="quiet">
        Write
      </button>
    </form>
  );
}
