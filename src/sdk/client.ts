/** The typed client. No dependencies, fetch only: Node 20 and later, Bun, Deno and browsers. */
export { connect, named, type Client, type ConnectOptions, type Reference, type Token } from './client/connect.ts';
export { isPerennialClientError, PerennialClientError, type ClientErrorCode } from './client/client-error.ts';
export type { AbTestArmState, AbTestDetail, DeclaredAbTest } from './client/ab-test-views.ts';
export type {
  ExperimentCandidate,
  ExperimentDetail,
  ExperimentDifference,
  ExperimentReceipt,
} from './client/experiment-views.ts';
export type {
  AlertState,
  ChampionState,
  CommandReceipt,
  LifecycleEvent,
  ModelDecision,
  ModelHistory,
  ModelMove,
  ModelStatus,
  ModelVersion,
  PushReceipt,
  RolloutState,
  RunDetail,
  RunState,
  ViewPushReceipt,
} from './client/client-views.ts';
export type { RunStatus } from '../domain/record/closed-sets.ts';
export type { InputOf, LabelOf } from './declare/definition.ts';
export type { EventOptions } from './client/follow-events.ts';
export type {
  AbTestOptions,
  CommandOptions,
  HistoryOptions,
  LabelOptions,
  ModelClient,
  FailedRow,
  PredictMany,
  PredictManyOptions,
  PredictOptions,
  ReasonedOptions,
} from './client/model-client.ts';
export type {
  AnswerOf,
  ClassAnswer,
  NumberAnswer,
  OutcomeOf,
  PredictionName,
  RowOf,
  UntypedAnswer,
} from './declare/model-types.ts';
export type { PushOptions } from './client/push-rows.ts';
export type { CallOptions } from './client/send.ts';
export type { WatchOptions } from './client/watch-run.ts';
