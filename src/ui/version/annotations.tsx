import type { VersionShown } from '../../commands/pages/version.ts';
import type { AnnotationRow } from '../../db/people/annotations.ts';
import type { AnnotationKind } from '../../domain/record/closed-sets.ts';
import { charsMax } from '../../domain/words/limits.ts';
import { CsrfField } from '../form/csrf-field.tsx';
import type { PageCall } from '../frame/page-call.ts';
import { time } from '../words/format.ts';

const kinds: Readonly<Record<AnnotationKind, string>> = {
  tag: 'Tag',
  note: 'Note',
  description: 'Description',
  owner: 'Owner',
};

export interface AnnotationsProps {
  readonly call: PageCall;
  readonly shown: VersionShown;
  readonly path: string;
}

/** Notes, tags and owners of this version, and the form to write more. */
export function Annotations({ call, shown, path }: AnnotationsProps) {
  return (
    <section class="panel" id="annotations">
      <h2>What people wrote about it</h2>
      {shown.annotations.length === 0 ? (
        <p class="empty">
          Nothing yet. A note such as “trained before the price change” helps whoever reads this in a year.
        </p>
      ) : null}
      <ul>
        {shown.annotations.map((row) => (
          <li>
            <AnnotationLine call={call} row={row} path={path} canOperate={shown.canOperate} />
          </li>
        ))}
      </ul>
      {shown.canOperate ? (
        <WriteForm call={call} path={path} />
      ) : (
        <p class="small dim">Operators and admins may write here.</p>
      )}
    </section>
  );
}

function WriteForm({ call, path }: Pick<AnnotationsProps, 'call' | 'path'>) {
  return (
    <form method="post" action={`${path}/annotate`} class="filters">
      <CsrfField call={call} />
      <label>
        Kind
        <select name="kind">
          {Object.entries(kinds).map(([kind, word]) => (
            <option value={kind}>{word}</option>
          ))}
        </select>
      </label>
      <label>
        Text
        <input name="text" required maxlength={charsMax.formNote} autocomplete="off" />
      </label>
      <button type="submit">Write</button>
    </form>
  );
}

interface AnnotationLineProps extends Pick<AnnotationsProps, 'call' | 'path'> {
  readonly row: AnnotationRow;
  readonly canOperate: boolean;
}

function AnnotationLine({ call, row, path, canOperate }: AnnotationLineProps) {
  return (
    <form method="post" action={`${path}/take-back`} class="row">
      <span>
        <b>{kinds[row.kind]}:</b> {row.text}{' '}
        <small class="dim">
          {row.actor}, {time(row.createdAt)}
        </small>
      </span>
      {canOperate ? (
        <>
          <CsrfField call={call} />
          <input type="hidden" name="annotation" value={String(row.annotationId)} />
          <button type="submit" class="quiet" aria-label={`Take back: ${row.text}`}>
            take back
          </button>
        </>
      ) : null}
    </form>
  );
}
