import { abortVerb } from './cli/verbs/control/abort.ts';
import { alertListVerb } from './cli/verbs/watching/alert/list.ts';
import { bestResetVerb } from './cli/verbs/watching/best/reset.ts';
import { correctionListVerb } from './cli/verbs/watching/correction/list.ts';
import { correctionResumeVerb } from './cli/verbs/watching/correction/resume.ts';
import { correctionUndoVerb } from './cli/verbs/watching/correction/undo.ts';
import { alertCloseVerb } from './cli/verbs/watching/alert/close.ts';
import { annotateVerb } from './cli/verbs/record/annotate.ts';
import { applyVerb } from './cli/verbs/models/apply.ts';
import { viewListVerb } from './cli/verbs/views/view/list.ts';
import { viewShowVerb } from './cli/verbs/views/view/show.ts';
import { trainingAllowVerb, trainingRevokeVerb } from './cli/verbs/control/training/allow.ts';
import { trainingAllowancesVerb } from './cli/verbs/control/training/allowances.ts';
import { trainingTrialsVerb } from './cli/verbs/control/training/trials.ts';
import { abTestListVerb } from './cli/verbs/control/ab-test/list.ts';
import { abTestShowVerb } from './cli/verbs/control/ab-test/show.ts';
import { abTestStartVerb } from './cli/verbs/control/ab-test/start.ts';
import { abTestStopVerb } from './cli/verbs/control/ab-test/stop.ts';
import { approvalDelegateVerb } from './cli/verbs/control/approval/delegate.ts';
import { approvalListVerb } from './cli/verbs/control/approval/list.ts';
import { approvalRevokeVerb } from './cli/verbs/control/approval/revoke.ts';
import { approveVerb } from './cli/verbs/control/approve.ts';
import { auditListVerb } from './cli/verbs/record/audit/list.ts';
import { auditVerifyVerb } from './cli/verbs/record/audit/verify.ts';
import { contractCheckVerb } from './cli/verbs/models/contract/check.ts';
import { contractExportVerb } from './cli/verbs/models/contract/export.ts';
import { contractImportVerb } from './cli/verbs/models/contract/import.ts';
import { contractInferVerb } from './cli/verbs/models/contract/infer.ts';
import { eventsVerb } from './cli/verbs/record/events.ts';
import { freezeVerb } from './cli/verbs/control/freeze.ts';
import { historyVerb } from './cli/verbs/record/history.ts';
import {
  artifactSweepVerb,
  backupVerb,
  firstTokenVerb,
  keyMakeVerb,
  keyReplaceVerb,
  migrateVerb,
  restoreVerb,
  spoolReshipVerb,
} from './cli/verbs/machine/installation.ts';
import { sourceStatusVerb } from './cli/verbs/record/source/status.ts';
import { sourceTestVerb } from './cli/verbs/record/source/test.ts';
import { cardVerb } from './cli/verbs/versions/card.ts';
import { exportVerb } from './cli/verbs/versions/export.ts';
import { signingKeyShowVerb } from './cli/verbs/versions/signing-key-show.ts';
import { eraseVerb } from './cli/verbs/record/erase/erase.ts';
import { eraseLiftVerb } from './cli/verbs/record/erase/lift.ts';
import { eraseListVerb } from './cli/verbs/record/erase/list.ts';
import { eraseShowVerb } from './cli/verbs/record/erase/show.ts';
import { holdListVerb } from './cli/verbs/record/hold/list.ts';
import { holdReleaseVerb } from './cli/verbs/record/hold/release.ts';
import { holdSetVerb } from './cli/verbs/record/hold/set.ts';
import { importVerb } from './cli/verbs/models/import.ts';
import { lineageVerb } from './cli/verbs/record/lineage.ts';
import { killVerb } from './cli/verbs/control/kill.ts';
import { openVerb } from './cli/verbs/models/open.ts';
import { pauseVerb } from './cli/verbs/control/pause.ts';
import { portfolioVerb } from './cli/verbs/record/portfolio.ts';
import { predictionShowVerb } from './cli/verbs/record/prediction/show.ts';
import { snapshotBranchesVerb, snapshotBranchVerb, snapshotUnbranchVerb } from './cli/verbs/record/snapshot/branch.ts';
import { snapshotDiffVerb } from './cli/verbs/record/snapshot/diff.ts';
import { snapshotExportVerb } from './cli/verbs/record/snapshot/export.ts';
import { quarantineListVerb } from './cli/verbs/record/quarantine/list.ts';
import { quarantineShowVerb } from './cli/verbs/record/quarantine/show.ts';
import { quarantineFixVerb } from './cli/verbs/record/quarantine/fix.ts';
import { quarantineDropVerb } from './cli/verbs/record/quarantine/drop.ts';
import { quarantineReplayVerb } from './cli/verbs/record/quarantine/replay.ts';
import { snapshotListVerb } from './cli/verbs/record/snapshot/list.ts';
import { snapshotProfileVerb } from './cli/verbs/record/snapshot/profile.ts';
import { snapshotShowVerb } from './cli/verbs/record/snapshot/show.ts';
import { snapshotPublishVerb, snapshotUnpublishVerb } from './cli/verbs/record/snapshot/publish.ts';
import { snapshotSubscribeVerb, snapshotUnsubscribeVerb } from './cli/verbs/record/snapshot/subscribe.ts';
import { snapshotTagVerb } from './cli/verbs/record/snapshot/tag.ts';
import { snapshotTagsVerb } from './cli/verbs/record/snapshot/tags.ts';
import { snapshotVerifyVerb } from './cli/verbs/record/snapshot/verify.ts';
import { experimentListVerb } from './cli/verbs/models/experiment/list.ts';
import { experimentShowVerb } from './cli/verbs/models/experiment/show.ts';
import { experimentVerb } from './cli/verbs/models/experiment/start.ts';
import { predictVerb } from './cli/verbs/models/predict.ts';
import { pushVerb } from './cli/verbs/models/push.ts';
import { promoteVerb } from './cli/verbs/control/promote.ts';
import { resumeVerb } from './cli/verbs/control/resume.ts';
import { reproduceVerb } from './cli/verbs/control/reproduce.ts';
import { retrainVerb } from './cli/verbs/control/retrain.ts';
import { rollbackVerb } from './cli/verbs/control/rollback.ts';
import { runStepsVerb } from './cli/verbs/control/run/steps.ts';
import { runResetVerb } from './cli/verbs/control/run/reset.ts';
import { runLine } from './cli/line/run-line.ts';
import { statusVerb } from './cli/verbs/models/status.ts';
import { thawVerb } from './cli/verbs/control/thaw.ts';
import { tokenCreateVerb } from './cli/verbs/people/token/create.ts';
import { tokenListVerb } from './cli/verbs/people/token/list.ts';
import { tokenRotateVerb } from './cli/verbs/people/token/rotate.ts';
import { tokenRevokeVerb } from './cli/verbs/people/token/revoke.ts';
import { workerListVerb } from './cli/verbs/machine/worker-list.ts';
import { webhookAddVerb } from './cli/verbs/watching/webhook/add.ts';
import { webhookListVerb } from './cli/verbs/watching/webhook/list.ts';
import { webhookRemoveVerb } from './cli/verbs/watching/webhook/remove.ts';
import { webhookReplayVerb } from './cli/verbs/watching/webhook/replay.ts';
import { webhookRotateVerb } from './cli/verbs/watching/webhook/rotate.ts';
import { webhookTestVerb } from './cli/verbs/watching/webhook/test.ts';

// A reader that has seen enough (`| head`) ends the command without a word.
process.stdout.on('error', (error: NodeJS.ErrnoException) => process.exit(error.code === 'EPIPE' ? 0 : 1));

process.exitCode = await runLine(
  {
    // Loaded only when asked for: they bring the engines, and a status should be there at once.
    longVerbs: [
      {
        name: 'demo',
        about: 'Play the whole life of a model, from raw data to a new champion.',
        start: async (args) => (await import('./cli/verbs/machine/demo.ts')).runDemo(args),
      },
      {
        name: 'dev',
        about: 'Start everything on this machine and keep it up.',
        start: async (args) => (await import('./cli/verbs/machine/dev.ts')).runDev(args),
      },
      {
        name: 'worker',
        about: 'Serve task queues with one more worker, on GPUs for instance.',
        start: async (args) => (await import('./cli/verbs/machine/worker.ts')).runWorkerVerb(args),
      },
      {
        name: 'doctor',
        about: 'Look at everything that must be right here, and say what to do.',
        start: async (args, { streams }) => (await import('./cli/verbs/machine/doctor.ts')).runDoctor(args, streams),
      },
      {
        name: 'completion',
        about: 'Print the completion script of a shell: bash, zsh or fish.',
        start: async (args, cli) => (await import('./cli/verbs/machine/completion.ts')).runCompletion(args, cli),
      },
    ],
    verbs: [
      applyVerb,
      statusVerb,
      openVerb,
      predictVerb,
      pushVerb,
      retrainVerb,
      reproduceVerb,
      cardVerb,
      exportVerb,
      signingKeyShowVerb,
      experimentVerb,
      experimentShowVerb,
      experimentListVerb,
      trainingAllowVerb,
      trainingRevokeVerb,
      trainingAllowancesVerb,
      trainingTrialsVerb,
      approveVerb,
      abTestStartVerb,
      abTestShowVerb,
      abTestListVerb,
      abTestStopVerb,
      approvalDelegateVerb,
      approvalRevokeVerb,
      approvalListVerb,
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
      alertListVerb,
      alertCloseVerb,
      bestResetVerb,
      correctionListVerb,
      correctionUndoVerb,
      correctionResumeVerb,
      runStepsVerb,
      runResetVerb,
      historyVerb,
      holdSetVerb,
      holdReleaseVerb,
      holdListVerb,
      eraseVerb,
      eraseListVerb,
      eraseShowVerb,
      eraseLiftVerb,
      contractInferVerb,
      contractCheckVerb,
      contractExportVerb,
      contractImportVerb,
      sourceTestVerb,
      sourceStatusVerb,
      predictionShowVerb,
      lineageVerb,
      snapshotListVerb,
      snapshotShowVerb,
      snapshotProfileVerb,
      snapshotDiffVerb,
      snapshotExportVerb,
      snapshotVerifyVerb,
      snapshotTagsVerb,
      snapshotTagVerb,
      snapshotPublishVerb,
      snapshotUnpublishVerb,
      snapshotSubscribeVerb,
      snapshotUnsubscribeVerb,
      snapshotBranchVerb,
      snapshotUnbranchVerb,
      snapshotBranchesVerb,
      quarantineListVerb,
      quarantineShowVerb,
      quarantineFixVerb,
      quarantineDropVerb,
      quarantineReplayVerb,
      eventsVerb,
      webhookAddVerb,
      webhookListVerb,
      webhookRemoveVerb,
      webhookReplayVerb,
      viewListVerb,
      viewShowVerb,
      webhookTestVerb,
      workerListVerb,
      webhookRotateVerb,
      portfolioVerb,
      auditListVerb,
      auditVerifyVerb,
      tokenCreateVerb,
      tokenListVerb,
      tokenRotateVerb,
      tokenRevokeVerb,
      migrateVerb,
      firstTokenVerb,
      keyMakeVerb,
      keyReplaceVerb,
      backupVerb,
      restoreVerb,
      artifactSweepVerb,
      spoolReshipVerb,
    ],
    streams: { out: (text) => void process.stdout.write(text), err: (text) => void process.stderr.write(text) },
  },
  process.argv.slice(2),
);
