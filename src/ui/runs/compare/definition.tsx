import type { RunSide } from '../../../db/pages/compare.ts';
import { describeChange, diffSpecs } from '../../../domain/spec/diff-spec.ts';
import { many } from '../../words/format.ts';

const changesShownMax = 200;

/** What was declared differently. */
export function Definition({ a, b }: { readonly a: RunSide; readonly b: RunSide }) {
  if (a.spec === null || b.spec === null) return null;
  const changes = a.spec.digest === b.spec.digest ? [] : diffSpecs(a.spec.spec, b.spec.spec);
  const revisions = `revision ${a.spec.revision} (A) to revision ${b.spec.revision} (B)`;
  return (
    <section class="panel" id="definition">
      <h2>Definition</h2>
      <p>
        {changes.length === 0
          ? 'Both were made from the same definition.'
          : `${many(changes.length, 'change')} from ${revisions}:`}
      </p>
      {changes.length === 0 ? null : (
        <pre tabindex={0}>{changes.slice(0, changesShownMax).map(describeChange).join('\n')}</pre>
      )}
    </section>
  );
}
