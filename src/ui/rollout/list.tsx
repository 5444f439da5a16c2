import type { RolloutLine } from '../../db/pages/rollout-list.ts';
import { ago, duration, modelPath, rolloutPath, time, versionPath } from '../format.ts';
import { Layout } from '../layout.tsx';
import type { PageCall } from '../secured-page.tsx';
import { State } from '../runs/state.tsx';
import { cut } from '../../domain/words/cut.ts';

export interface RolloutListProps {
  readonly call: PageCall;
  readonly model: string | null;
  readonly open: readonly RolloutLine[];
  readonly ended: readonly RolloutLine[];
}

/** All rollouts: what waits for a person first, then what is under way, then what ended. */
export function RolloutList({ call, model, open, ended }: RolloutListProps) {
  const held = open.filter((row) => row.status === 'held').length;
  return (
    <Layout
      call={call}
      title="Rollouts"
      section="rollouts"
      freshSeconds={15}
      {...(model === null ? {} : { crumbs: [{ text: 'Rollouts', href: '/rollouts' }, { text: model }] })}
    >
      <h1>Rollouts{model === null ? '' : ` of ${model}`}</h1>
      <section class="panel" data-live="open">
        <h2>{held > 0 ? `${held} wait${held === 1 ? 's' : ''} for a person` : 'Under way'}</h2>
        {open.length === 0 ? (
          <p class="empty">
            None is under way. One begins when a training passes its gate
            {model === null ? '' : ' (retrain from the page of the model)'}.
          </p>
        ) : (
          <Table lines={open} isOpen />
        )}
      </section>
      <section class="panel">
        <h2>Ended</h2>
        {ended.length === 0 ? <p class="empty">None has ended yet.</p> : <Table lines={ended} isOpen={false} />}
      </section>
    </Layout>
  );
}

function Table({ lines, isOpen }: { readonly lines: readonly RolloutLine[]; readonly isOpen: boolean }) {
  return (
    <div class="scroll" tabindex={0} role="group" aria-label={isOpen ? 'Rollouts under way' : 'Rollouts that ended'}>
      <table>
        <thead>
          <tr>
            <th>rollout</th>
            <th>state</th>
            <th>step</th>
            <th>{isOpen ? 'begun' : 'ended'}</th>
            <th>why</th>
          </tr>
        </thead>
        <tbody>
          {lines.map((row) => (
            <tr>
              <th scope="row">
                <a href={rolloutPath(row.model, row.version, row.attempt)}>
                  {row.model} v{row.version}
                  {row.attempt > 1 ? `/${row.attempt}` : ''}
                </a>{' '}
                {row.baseVersion === null ? null : (
                  <small class="dim">
                    over <a href={versionPath(row.model, row.baseVersion)}>v{row.baseVersion}</a>
                  </small>
                )}
              </th>
              <td>
                <State of={row.status} />
              </td>
              <td>{stepOf(row)}</td>
              <td>
                {time(isOpen ? row.startedAt : row.endedAt)}
                <br />
                <small class="dim">
                  {row.status === 'held' && row.heldSince !== null
                    ? `waits for ${ago(row.heldSince)}`
                    : row.endedAt === null
                      ? `${ago(row.startedAt)} ago`
                      : `took ${duration(row.endedAt.getTime() - row.startedAt.getTime())}`}
                </small>
              </td>
              <td class="wide">
                {row.reason === null ? <a href={modelPath(row.model)}>{row.model}</a> : cut(row.reason, 220)}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function stepOf(row: RolloutLine): string {
  if (row.status === 'promoted') return 'done';
  if (row.step === null) return 'not begun';
  if (row.steps === null) return row.step === 0 ? 'shadow' : `step ${row.step + 1}`;
  return row.step >= row.steps ? 'paired evidence' : `${row.step + 1} of ${row.steps}`;
}
