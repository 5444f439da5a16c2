import { abortVerb } from './cli/abort.ts';
import { alertVerb } from './cli/alert.ts';
import { annotateVerb } from './cli/annotate.ts';
import { applyVerb } from './cli/apply.ts';
import { approveVerb } from './cli/approve.ts';
import { auditVerb } from './cli/audit.ts';
import { eventsVerb } from './cli/events.ts';
import { freezeVerb } from './cli/freeze.ts';
import { historyVerb } from './cli/history.ts';
import { backupVerb, firstTokenVerb, migrateVerb, restoreVerb } from './cli/installation-verbs.ts';
import { importVerb } from './cli/import.ts';
import { killVerb } from './cli/kill.ts';
import { openVerb } from './cli/open.ts';
import { pauseVerb } from './cli/pause.ts';
import { portfolioVerb } from './cli/portfolio.ts';
import { predictVerb } from './cli/predict.ts';
import { promoteVerb } from './cli/promote.ts';
import { resumeVerb } from './cli/resume.ts';
import { retrainVerb, trainVerb } from './cli/retrain.ts';
import { rollbackVerb } from './cli/rollback.ts';
import { runVerb } from './cli/run.ts';
import { runLine } from './cli/run-line.ts';
import { statusVerb } from './cli/status.ts';
import { thawVerb } from './cli/thaw.ts';
import { tokenVerb } from './cli/token.ts';
import { webhookVerb } from './cli/webhook.ts';

// A reader that has seen enough (`| head`) ends the command without a word.
process.stdout.on('error', (error: NodeJS.ErrnoException) => process.exit(error.code === 'EPIPE' ? 0 : 1));

process.exitCode = await runLine(
  {
    // Loaded only when asked for: they bring the engines, and a status should be there at once.
    longVerbs: [
      {
        name: 'demo',
        about: 'Play the whole life of a model, from raw data to a new champion.',
        start: async (args) => (await import('./cli/demo.ts')).runDemo(args),
      },
      {
        name: 'dev',
        about: 'Start everything on this machine and keep it up.',
        start: async (args) => (await import('./cli/dev.ts')).runDev(args),
      },
      {
        name: 'worker',
        about: 'Serve task queues with one more worker, on GPUs for instance.',
        start: async (args) => (await import('./cli/worker.ts')).runWorkerVerb(args),
      },
      {
        name: 'doctor',
        about: 'Look at everything that must be right here, and say what to do.',
        start: async (args, { streams }) => (await import('./cli/doctor.ts')).runDoctor(args, streams),
      },
      {
        name: 'completion',
        about: 'Print the completion script of a shell: bash, zsh or fish.',
        start: async (args, cli) => (await import('./cli/completion.ts')).runCompletion(args, cli),
      },
    ],
    verbs: [
      applyVerb,
      statusVerb,
      openVerb,
      predictVerb,
      retrainVerb,
      trainVerb,
      approveVerb,
      abortVerb,
      rollbackVerb,
      pauseVerb,
      resumeVerb,
      importVerb,
      freezeVerb,
      thawVerb,
      killVerb,
      promoteVerb,
      annotateVerb,
      alertVerb,
      runVerb,
      historyVerb,
      eventsVerb,
      webhookVerb,
      portfolioVerb,
      auditVerb,
      tokenVerb,
      migrateVerb,
      firstTokenVerb,
      backupVerb,
      restoreVerb,
    ],
    streams: { out: (text) => void process.stdout.write(text), err: (text) => void process.stderr.write(text) },
  },
  process.argv.slice(2),
);
