import type { Signature } from '../../domain/spec/signature.ts';
import { priorGraph } from '../graphs/prior-graph.ts';
import { columnsOf } from './columns.ts';
import { openSession, runModel } from './run-model.ts';

const signature: Signature = {
  columns: [
    { name: 'number', kind: 'number', index: 0 },
    { name: 'text', kind: 'category', index: 0 },
  ],
  numberCount: 1,
  textCount: 1,
  task: 'regression',
  classes: [],
};

/**
 * Opens and runs a graph of one constant: the first session of a process costs ten times what the next ones cost (30 ms
 * of CPU), and here nobody waits for it.
 */
export async function warmRuntime(): Promise<void> {
  const session = await openSession(priorGraph(signature, [0.5], {}));
  try {
    const columns = columnsOf(1, [
      { name: 'number', kind: 'number', numbers: new Float64Array(1) },
      { name: 'text', kind: 'category', texts: [null] },
    ]);
    await runModel(session, columns);
  } finally {
    await session.release();
  }
}
