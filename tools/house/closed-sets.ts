import * as stored from '../../src/domain/record/closed-sets.ts';
import { commandKinds, rolloutCommandKinds } from '../../src/domain/record/messages.ts';
import {
  arms,
  endedRolloutStatuses,
  openRolloutStatuses,
  rolloutStatuses,
  stages,
  stopRules,
} from '../../src/domain/rollout/routing.ts';
import * as declared from '../../src/domain/spec/closed-sets.ts';
import { retrainBlocks, retrainTriggers } from '../../src/domain/watch/decide-retrain.ts';

export interface ClosedSet {
  readonly about: string;
  readonly words: readonly string[];
}

/** Closed sets that an answer or a definition shows, as docs/api.md lists them. */
export const closedSets: readonly ClosedSet[] = [
  { about: 'kind of a run', words: stored.runKinds },
  { about: 'state of a run', words: stored.runStatuses },
  { about: 'state of a version', words: stored.versionStatuses },
  { about: 'origin of a version', words: stored.versionOrigins },
  { about: 'state of a rollout', words: rolloutStatuses },
  { about: 'what stops a challenger, first of these first', words: stopRules },
  { about: 'stage of a model', words: stages },
  { about: 'arm that answered', words: arms },
  { about: 'state of an A/B test', words: stored.abTestStatuses },
  { about: 'end of an A/B test', words: stored.abTestEnds },
  { about: 'standing of a candidate in an experiment', words: stored.experimentStandings },
  { about: 'trigger of a decision, first of these first', words: retrainTriggers },
  { about: 'what blocks a decision', words: retrainBlocks },
  { about: 'kind of evidence', words: stored.evidenceKinds },
  { about: 'kind of an alert', words: stored.alertKinds },
  { about: 'severity of an alert', words: stored.alertSeverities },
  { about: 'kind of a command', words: commandKinds },
  { about: 'kind of an annotation', words: stored.annotationKinds },
  { about: 'kind of a freeze', words: stored.freezeKinds },
  { about: 'role of a token', words: stored.roles },
  { about: 'format of a file', words: declared.dataFormats },
  { about: 'encoding of a text file', words: declared.textEncodings },
  { about: 'rule of a line that is no row', words: declared.unreadableRules },
  { about: 'use of labelled traffic in a training', words: declared.trafficUses },
  { about: 'what is done when an object of a source was written again', words: declared.rewriteActions },
  { about: 'TLS with a Kafka broker', words: declared.tlsUses },
  { about: 'login at a Kafka broker', words: declared.saslMechanisms },
  { about: 'severity of a contract rule', words: declared.ruleSeverities },
  { about: 'order of the parts of a date in files', words: declared.dateOrders },
  { about: 'what a number of a time counts since 1970', words: declared.epochUnits },
  { about: 'kind of a contract rule', words: declared.contractRuleKinds },
  { about: 'what the API does with a row that breaks a rule', words: declared.servePolicies },
  { about: 'failure in a canary', words: declared.failureKinds },
  { about: 'phases of a season', words: declared.seasonPhases },
  { about: 'end of a rollout at its deadline', words: declared.deadlineActions },
  { about: 'day on which a freeze window begins', words: declared.weekdays },
  { about: 'end of a hold that nobody answers', words: declared.holdEnds },
  { about: 'what corrections do', words: declared.correctionModes },
  { about: 'what a guard does', words: declared.guardActions },
  { about: 'baseline of a gate', words: declared.baselines },
  { about: 'process of an imported model', words: declared.processKinds },
];

/** Sets that no document lists: parts of the others, and what stays inside. */
export const innerSets: readonly ClosedSet[] = [
  { about: 'packing of a file', words: declared.compressions },
  { about: 'runs of Temporal', words: stored.workflowRunKinds },
  { about: 'runs that may be started again', words: stored.runStatusesWithoutResult },
  { about: 'kinds of a snapshot', words: stored.snapshotKinds },
  { about: 'alerts that last', words: stored.lastingAlertKinds },
  { about: 'what is found among the objects of a source', words: stored.sourceFindingKinds },
  { about: 'states of a command', words: stored.commandStatuses },
  { about: 'words to a rollout', words: rolloutCommandKinds },
  { about: 'rollouts under way', words: openRolloutStatuses },
  { about: 'rollouts that have ended', words: endedRolloutStatuses },
  { about: 'missing values and labels', words: declared.missingPolicies },
  { about: 'rules about a batch', words: declared.batchRuleSeverities },
  { about: 'comparisons', words: declared.comparisonSigns },
];
