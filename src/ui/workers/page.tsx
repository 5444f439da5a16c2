import type { WorkerList } from '../../contracts/http/trainers/trainings.ts';
import { Layout } from '../frame/layout.tsx';
import type { PageCall } from '../frame/page-call.ts';
import { Table, type Column } from '../table/table.tsx';
import { ago, modelPath, runPath } from '../words/format.ts';

type Worker = WorkerList['workers'][number];
type Fit = WorkerList['fits'][number];

const freshSeconds = 15;

const workerColumns: readonly Column<Worker>[] = [
  { head: 'worker', cell: ({ name }) => name, isHeading: true },
  { head: 'queue', cell: ({ queue }) => queue },
  { head: 'tags', cell: ({ tags }) => tags.join(', ') || '—' },
  { head: 'memory', cell: ({ memoryGb }) => (memoryGb === null ? '—' : `${memoryGb} GB`), isNumber: true },
  { head: 'GPUs', cell: ({ gpus }) => gpus.map(({ name }) => name).join(', ') || '—', width: 'wide' },
  { head: 'busy', cell: ({ busy, slots }) => `${busy} of ${slots}`, isNumber: true },
  { head: 'trainers', cell: ({ trainers }) => trainers.join(', '), width: 'wide' },
  { head: 'there for', cell: ({ since }) => ago(new Date(since)), isNumber: true },
  { head: 'package', cell: (worker) => worker.package },
];

const fitColumns: readonly Column<Fit>[] = [
  { head: 'training', cell: ({ runId }) => runId, href: ({ runId }) => runPath(runId), isHeading: true },
  { head: 'model', cell: ({ model }) => model, href: ({ model }) => modelPath(model) },
  { head: 'how it stands', cell: ({ text }) => text, width: 'wide' },
  { head: 'for', cell: ({ since }) => ago(new Date(since)), isNumber: true },
];

/** Who is there to fit models elsewhere, what they do, and why a training waits. */
export function WorkersPage({ call, list }: { readonly call: PageCall; readonly list: WorkerList }) {
  return (
    <Layout call={call} title="Workers" section="runs" freshSeconds={freshSeconds}>
      <h1>Workers of trainers of your own</h1>
      <div data-live="workers">
        <section class="panel">
          <h2>Trainings with them</h2>
          <Table label="Trainings" columns={fitColumns} rows={list.fits} empty="No training is with a worker." />
        </section>
        <section class="panel">
          <h2>Workers that are there</h2>
          <Table
            label="Workers"
            columns={workerColumns}
            rows={list.workers}
            empty="No worker has said within the last minute that it is there."
          />
        </section>
      </div>
    </Layout>
  );
}
