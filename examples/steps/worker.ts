// Serves two steps of a model's owner; docs/steps.md says when each is asked, and how a definition names them.
//   TEMPORAL_ADDRESS=127.0.0.1:7233 node worker.js
import process from 'node:process';
import { NativeConnection, Worker } from '@temporalio/worker';
import type { StepInput, StepResult } from 'perennial';

/** Before the gate: refuses a version whose probabilities are off. */
async function calibrationAudit({ report, settings }: StepInput<{ readonly brierMax: number }>): Promise<StepResult> {
  const brier = report?.testMetrics['brier'] ?? 1;
  return { verdict: brier <= settings.brierMax ? 'pass' : 'fail', text: `Brier score ${brier}`, metrics: { brier } };
}

/** After promotion: asked again when an answer was lost, so it says the same thing however often. */
async function tellTheShop({ model, version }: StepInput): Promise<StepResult> {
  return { text: `${model} v${version} answers now` };
}

const connection = await NativeConnection.connect({ address: process.env['TEMPORAL_ADDRESS'] ?? '127.0.0.1:7233' });
const worker = await Worker.create({
  connection,
  namespace: process.env['TEMPORAL_NAMESPACE'] ?? 'perennial',
  taskQueue: 'shop-steps',
  activities: { calibrationAudit, tellTheShop },
});
await worker.run();
