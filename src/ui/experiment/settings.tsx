import type { ExperimentView } from '../../contracts/http/trainers/experiments.ts';
import { cut } from '../../domain/words/cut.ts';
import { charsMax } from '../../domain/words/limits.ts';
import { Table, type Column } from '../table/table.tsx';

interface Setting {
  readonly path: string;
  /** Of the candidates, in their order; JSON text, null where it is not declared. */
  readonly values: readonly (string | null)[];
}

/** What candidates declare otherwise, setting by setting; what all of them share is left out. */
export function Settings({ shown }: { readonly shown: ExperimentView }) {
  const settings = settingsOf(shown);
  const columns: readonly Column<Setting>[] = [
    { head: 'setting', cell: ({ path }) => path, isHeading: true },
    ...shown.candidates.map((candidate, at) => ({
      head: candidate.name,
      cell: ({ values }: Setting) => <code>{cut(values[at] ?? '—', charsMax.specValue)}</code>,
    })),
  ];
  return (
    <section class="panel" id="settings">
      <h2>In what they differ</h2>
      <Table label="Settings that differ" columns={columns} rows={settings} empty="They declare the same." />
    </section>
  );
}

/** Changes are told from the first candidate, so each of them knows the value of the first one. */
function settingsOf({ candidates }: ExperimentView): readonly Setting[] {
  const paths = [...new Set(candidates.flatMap(({ changes }) => changes.map(({ path }) => path)))];
  return paths.map((path) => {
    const changed = candidates.map(({ changes }) => changes.find((change) => change.path === path));
    const first = changed.find((change) => change !== undefined)?.before ?? null;
    return { path, values: changed.map((change) => (change === undefined ? first : change.after)) };
  });
}
