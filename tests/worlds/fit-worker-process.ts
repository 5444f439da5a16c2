// A worker of somebody else as a process of its own, so that it can be killed in the middle of a fit. It says "fitting"
// when it has a task, and hangs; its heartbeats go on until it is gone.
import { withFitWorker, type FitWorkerPlace } from './fit-worker.ts';

const place = JSON.parse(process.argv[2] ?? '') as FitWorkerPlace;
await withFitWorker(
  place,
  {
    fit: () => {
      process.stdout.write('fitting\n');
      return new Promise(() => undefined);
    },
  },
  () => new Promise(() => undefined),
);
