import { abortVerb } from './cli/abort.ts';
import { applyVerb } from './cli/apply.ts';
import { approveVerb } from './cli/approve.ts';
import { historyVerb } from './cli/history.ts';
import { pauseVerb } from './cli/pause.ts';
import { predictVerb } from './cli/predict.ts';
import { resumeVerb } from './cli/resume.ts';
import { retrainVerb, trainVerb } from './cli/retrain.ts';
import { rollbackVerb } from './cli/rollback.ts';
import { runLine } from './cli/run-line.ts';
import { statusVerb } from './cli/status.ts';
import { tokenVerb } from './cli/token.ts';

// A reader that has seen enough (`| head`) ends the command without a word.
process.stdout.on('error', (error: NodeJS.ErrnoException) => process.exit(error.code === 'EPIPE' ? 0 : 1));

process.exitCode = await runLine(
  {
    // Loaded only when asked for: they bring the engines, and a status should be there at once.
    longVerbs: [
      { name: 'demo', about: 'Play the whole life of a model, from raw data to a new champion.', start: async (args) => (await import('./cli/demo.ts')).runDemo(args) },
      { name: 'dev', about: 'Start everything on this machine and keep it up.', start: async (args) => (await import('./cli/dev.ts')).runDev(args) },
      { name: 'worker', about: 'Serve task queues with one more worker, on GPUs for instance.', start: async (args) => (await import('./cli/worker.ts')).runWorkerVerb(args) },
    ],
    verbs: [applyVerb, statusVerb, predictVerb, retrainVerb, trainVerb, approveVerb, abortVerb, rollbackVerb, pauseVerb, resumeVerb, historyVerb, tokenVerb],
    streams: { out: (text) => void process.stdout.write(text), err: (text) => void process.stderr.write(text) },
  },
  process.argv.slice(2),
);
