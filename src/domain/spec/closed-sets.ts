// Words that a definition may hold, each set once; the schema of definitions and the SDK derive from these.

export const missingPolicies = ['allow', 'refuse'] as const;
export type MissingPolicy = (typeof missingPolicies)[number];

/** What the model reads an input for, where it is no feature itself: `derived` features alone. */
export const inputUses = ['derived'] as const;
export type InputUse = (typeof inputUses)[number];

/** In what order a date such as 04/07/20 is written, where its parts do not say so. */
export const dateOrders = ['day-first', 'month-first', 'year-first'] as const;
export type DateOrder = (typeof dateOrders)[number];

/** What a number counts since 1970, where it stands for an instant. */
export const epochUnits = ['seconds', 'milliseconds', 'microseconds', 'nanoseconds'] as const;
export type EpochUnit = (typeof epochUnits)[number];

/** What the API does with a row that breaks a rule: refuse it by name, or answer it and watch. */
export const servePolicies = ['refuse', 'accept'] as const;
export type ServePolicy = (typeof servePolicies)[number];

/** What a broken rule about one row, or about the whole batch, does: `reject` refuses the batch. */
export const ruleSeverities = ['warn', 'quarantine', 'reject'] as const;
export type RuleSeverity = (typeof ruleSeverities)[number];
/** A rule about the whole batch has no row to set aside. */
export const batchRuleSeverities = ['warn', 'reject'] as const satisfies readonly RuleSeverity[];
export type BatchRuleSeverity = (typeof batchRuleSeverities)[number];

/** What a declared rule of a contract asks. */
export const contractRuleKinds = [
  'unique',
  'references',
  'compare',
  'length',
  'pattern',
  'decimals',
  'expression',
  'rowCount',
  'missingShare',
  'freshness',
  'rowCountHistory',
  'schemaChange',
  'meanShift',
  'spreadShift',
  'missingChange',
  'shareChange',
  'distance',
] as const;

export const comparisonSigns = ['<', '<=', '>', '>=', '=', '!='] as const;
export type ComparisonSign = (typeof comparisonSigns)[number];

/** What a declared repair does to a cell, or to the rows of a batch. */
export const repairKinds = [
  'trim',
  'case',
  'cast',
  'unit',
  'map',
  'clip',
  'fill',
  'fillLast',
  'dedupe',
  'drop',
] as const;
export type RepairKind = (typeof repairKinds)[number];

export const letterCases = ['upper', 'lower'] as const;
export type LetterCase = (typeof letterCases)[number];

/** As what a `cast` repair reads a cell that its column would not take. */
export const castTypes = ['number', 'integer', 'boolean'] as const;
export type CastType = (typeof castTypes)[number];

/** Which sign stands before the fraction of a number that a `cast` repair reads. */
export const decimalMarks = ['.', ','] as const;
export type DecimalMark = (typeof decimalMarks)[number];

/** Which of several rows of one key a `dedupe` repair keeps. */
export const keptRows = ['first', 'last', 'newest'] as const;
export type KeptRow = (typeof keptRows)[number];

/** Models trained beside the candidate to be beaten. */
export const baselines = ['prior', 'linear'] as const;
export type Baseline = (typeof baselines)[number];

/** In what groups may differ: how often they are answered yes, how often rightly and wrongly so, how sure they are. */
export const fairnessMeasures = ['demographicParity', 'equalisedOdds', 'calibration'] as const;
export type FairnessMeasure = (typeof fairnessMeasures)[number];

/** What a candidate takes as a program: time, memory, bytes, money. */
export const footprintFigures = [
  'latencyP50Ms',
  'latencyP99Ms',
  'rowsPerCoreSecond',
  'fileBytes',
  'memoryBytes',
  'costPer1000',
] as const;
export type FootprintFigure = (typeof footprintFigures)[number];

/** What becomes of a candidate when a gate over slices cannot decide: it waits for more rows, or a person is asked. */
export const undecidedActions = ['wait', 'ask'] as const;
export type UndecidedAction = (typeof undecidedActions)[number];
/** The same of a comparison that a rollout makes again on live rows: it may be left to the rollout. */
export const undecidedComparisons = [...undecidedActions, 'rollout'] as const;
export type UndecidedComparison = (typeof undecidedComparisons)[number];

/** What of the local time of a row makes up its phase of a season. */
export const seasonPhases = ['hour-of-day', 'day-of-week', 'hour-of-week'] as const;
export type SeasonPhases = (typeof seasonPhases)[number];

/** What counts as an entity's failure during a canary. `wrong`: decision differs from the matured label. */
export const failureKinds = ['error', 'slow', 'wrong'] as const;
export type FailureKind = (typeof failureKinds)[number];

/** On which a freeze window begins. */
export const weekdays = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const;
export type Weekday = (typeof weekdays)[number];

/** How a rollout ends that still waits for paired evidence at its deadline. */
export const deadlineActions = ['hold', 'promote-within-margin'] as const;
export type DeadlineAction = (typeof deadlineActions)[number];

/** What becomes of a hold that nobody has answered by `holdMsMax`. */
export const holdEnds = ['take-out', 'stay'] as const;
export type HoldEnd = (typeof holdEnds)[number];

/** Where a definition may ask activities of its owner. */
export const stepPoints = ['afterIngest', 'beforeTrain', 'evaluate', 'beforePromotion', 'afterPromotion'] as const;
export type StepPoint = (typeof stepPoints)[number];

/** What becomes of the run when a user step fails; `user-steps/failure-actions.ts` says which a point knows. */
export const stepFailureActions = ['stop', 'continue', 'ask'] as const;
export type StepFailureAction = (typeof stepFailureActions)[number];

/** What the guard does when a new champion is proven worse than its predecessor. */
export const guardActions = ['propose', 'roll-back'] as const;
export type GuardAction = (typeof guardActions)[number];

export const dataFormats = ['csv', 'ndjson', 'parquet'] as const;
export type DataFormat = (typeof dataFormats)[number];

/** How a file may be packed; seen by its first bytes. */
export const compressions = ['none', 'gzip', 'zstd'] as const;
export type Compression = (typeof compressions)[number];

/** How the bytes of a text file become characters; `windows-1252` is what `latin1` means in practice. */
export const textEncodings = [
  'utf-8',
  'utf-16le',
  'utf-16be',
  'windows-1250',
  'windows-1251',
  'windows-1252',
  'iso-8859-2',
  'iso-8859-15',
  'shift_jis',
  'gb18030',
  'euc-kr',
  'big5',
] as const;
export type TextEncoding = (typeof textEncodings)[number];

/** Why a line of a text file is no row: its rule ids, as quarantine has them. */
export const unreadableRules = [
  'row.shape',
  'row.quote',
  'row.encoding',
  'row.nul',
  'row.length',
  'row.header',
] as const;
export type UnreadableRule = (typeof unreadableRules)[number];

/** Whether labelled traffic is added to a source for a training. */
export const trafficUses = ['append', 'ignore'] as const;
export type TrafficUse = (typeof trafficUses)[number];

/** What is done when an object that was taken has been written again: tell, or read all of the source anew as well. */
export const rewriteActions = ['report', 'retake'] as const;
export type RewriteAction = (typeof rewriteActions)[number];

/** Whether a broker is spoken to by TLS, with its certificate checked. */
export const tlsUses = ['verified', 'none'] as const;
export type TlsUse = (typeof tlsUses)[number];

/** How a broker is told who is there. */
export const saslMechanisms = ['plain', 'scram-sha-256', 'scram-sha-512'] as const;
export type SaslMechanism = (typeof saslMechanisms)[number];

/** Where an imported model is run: in the inference process, beside the others, or in a child of it. */
export const processKinds = ['shared', 'own'] as const;
export type ProcessKind = (typeof processKinds)[number];

/** Whether corrections answer, or are only looked at. */
export const correctionModes = ['answer', 'shadow'] as const;
export type CorrectionMode = (typeof correctionModes)[number];
