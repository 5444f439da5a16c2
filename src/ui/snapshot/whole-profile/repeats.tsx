import type { SnapshotProfile } from '../../../domain/training/snapshot-profile.ts';
import { number, percent, rows } from '../../words/format.ts';
import { Fact } from '../../words/state.tsx';

/** Rows that stand more than once. */
export function Repeats({ profile }: { readonly profile: SnapshotProfile }) {
  const { duplicates, rows: all } = profile;
  const { repeated, byKey, entities, contradictions } = duplicates;
  const share = (count: number): string => `${rows(count)} (${percent(all === 0 ? 0 : count / all)})`;
  return (
    <section class="panel" id="repeats">
      <h2>Rows that repeat</h2>
      <dl class="facts">
        <Fact name="In every column">{share(repeated)}</Fact>
        {byKey === null ? null : <Fact name={`By ${byKey.columns.join(' and ')}`}>{share(byKey.repeated)}</Fact>}
        {entities === null ? null : (
          <Fact name="Whom rows are about">
            {number(entities.count)} different, at most {rows(entities.rowsMax)} each
          </Fact>
        )}
        {contradictions === null ? null : <Fact name="Equal features, different labels">{share(contradictions)}</Fact>}
      </dl>
    </section>
  );
}
