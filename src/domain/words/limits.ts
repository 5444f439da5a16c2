/** Bounds of one request to the inference port, as they are held and as they are described. */
export const rowsMax = 1_000;
/** Rows of one request that are explained: each costs some hundred times its answer. */
export const explainedRowsMax = 100;
/** Of these, rows whose model is asked about many rows in between. */
export const sampledRowsMax = 10;
export const labelsMax = 10_000;
export const inferenceBodyBytesMax = 4 * 1_048_576;

/**
 * How long a text may be, in characters, by what it is. A text of a caller that is longer is refused where the request
 * is read; a text of ours that is longer is cut (src/domain/words/cut.ts) where it is stored or sent.
 */
export const charsMax = {
  /** A category, an entity or a label in a request: longer texts are documents, and would fill the log. */
  value: 4_096,
  /** What a person wrote to be kept, or a sentence about a run: a reason, a note, a purpose. */
  words: 2_000,
  /** A reason typed into a form of the pages. */
  formReason: 500,
  /** A note typed into the form of a version. */
  formNote: 1_000,
  /** What is looked for on the first page. */
  search: 100,
  /** A filter of a page. */
  filter: 400,
  /** The sentence after an action: a cookie holds 4 KiB, and this is well below it. */
  notice: 600,
  url: 2_000,
  /** A class of a target; longer text is no class. */
  classLabel: 200,
  /** A declared value of a category. */
  category: 1_000,
  columnName: 200,
  /** The id of a contract rule. */
  ruleId: 64,
  /** What people call a rule. */
  ruleName: 200,
  /** An RE2 pattern of a contract rule. */
  pattern: 500,
  timeZone: 100,
  /** A value of a definition in the difference between two revisions; the stored definition holds the whole. */
  specValue: 120,
  /** Why something failed, where it stands beside what failed: a stack of somebody else's error text helps nobody. */
  failure: 500,
  /** Why a training failed, and why a run was reset: both stand in a history of Temporal. */
  historyReason: 1_000,
  /** A failed activity in a history: 4 KiB is what the server keeps of it. */
  activityFailure: 1_500,
  /** The detail of an error's answer. */
  problemDetail: 4_096,
} as const;
