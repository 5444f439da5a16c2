/** The typed client. No dependencies, fetch only: Node 20 and later, Bun, Deno and browsers. */
export { connect, named, type Client, type ConnectOptions, type Reference, type Token } from './connect.ts';
export { isPerennialClientError, PerennialClientError, type ClientErrorCode } from './client-error.ts';
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
  RolloutState,
  RunDetail,
  RunState,
  RunStatus,
} from './client-views.ts';
export type { InputOf, LabelOf } from './definition.ts';
export type { EventOptions } from './follow-events.ts';
export type {
  CommandOptions,
  HistoryOptions,
  LabelOptions,
  ModelClient,
  PredictManyOptions,
  PredictOptions,
  ReasonedOptions,
} from './model-client.ts';
export type {
  AnswerOf,
  ClassAnswer,
  NumberAnswer,
  OutcomeOf,
  PredictionName,
  RowOf,
  UntypedAnswer,
} from './model-types.ts';
export type { CallOptions } from './send.ts';
export type { WatchOptions } from './watch-run.ts';
