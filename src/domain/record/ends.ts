/** What a table or a folder ends with. `npm run house` writes both lists into docs/operations.md. */
export type Ends = Readonly<Record<string, string>>;

/** Kept as the record of what was decided: it grows with decisions, by some kilobytes each, and not with traffic. */
const record = 'never; grows with decisions, not with traffic';
const perModel = 'one row per model';

/** Days that a segment which was set aside waits for somebody to mend it. */
export const badSegmentDays = 30;
/** Days for which the Idempotency-Key of pushed rows gets the first answer again. */
export const pushKeyDays = 7;
/** Days for which spools may bring records of an erased entity: they leave out what was answered before its erasure. */
export const erasedNamesDays = badSegmentDays + 1;
/** Days for which beginnings and ends of runs wait for the receiver of lineage. */
export const runEventDays = 7;
/** Days that a training's folder may lie untouched: longer than any attempt of a training takes. */
export const trainFolderDays = 7;
/** Hours that a half-written upload may lie untouched: longer than any upload or import takes. */
export const uploadHours = 24;

/** Every table with its end. A test compares the list with the schema: a new table says here when its rows go. */
export const tableEnds: Ends = {
  ab_test: record,
  ab_test_entity: '`retention.predictions` after its A/B test ended',
  alert: '`retention.evidence` after it was closed; open ones stay',
  alias_move: record,
  approval_delegation: record,
  artifact_damage: 'when the file is whole again, or needed by nobody',
  annotation: 'never; what is taken back is only marked so',
  audit: 'never, by anybody: a chain with a hole proves nothing',
  audit_staged: 'at the end of the transaction that wrote it',
  backup_key: 'one row; it is in no back-up',
  backup_taken: 'never; one row per back-up',
  best_reference: perModel,
  command: '`PERENNIAL_COMMAND_DAYS` after it was sent, once it is performed; one that moved the champion, never',
  command_effect: 'with its command',
  condemned_artifact: 'with its artifact, or when something needs that again',
  counter: '`retention.evidence` after its window was closed',
  decision: 'a no `retention.evidence` after it was taken; a yes never',
  edition_use: record,
  entity_key: 'one row',
  erasure: record,
  erasure_ack: `${erasedNamesDays} days after it came`,
  erasure_count: 'with the run of its erasure',
  erasure_hash: `${erasedNamesDays} days after its erasure began; of a dry run with its end`,
  erasure_row: 'with the run of its erasure; it is in no back-up',
  erasure_subject: 'with the run of its erasure; it is in no back-up',
  evidence:
    '`retention.evidence` after it was written: whole where it is of a window, else its numbers; what ' +
    'the gate stored of a version that is needed stays',
  exclusion: 'when it is lifted',
  exclusion_key: 'one row',
  experiment: '400 days after it was begun; what came of it stays with its run',
  experiment_candidate: 'with its experiment',
  feature_view: 'one row per feature view',
  feature_view_revision: record,
  freeze: 'with the freeze; one row per model',
  id_ledger: '`PERENNIAL_ID_HORIZON_DAYS` after its part of the log has ended, as a partition',
  installation: 'one row',
  label: '`retention.labels` after the window in which it became known was closed',
  leakage_allowance: 'when it is revoked; at most 200 per model',
  legal_hold: 'with the hold; one row per model',
  log_part: 'never; one row per part of the log',
  model: perModel,
  model_storage: perModel,
  model_stream: perModel,
  prediction: '`retention.predictions` after its window was closed',
  open_lineage_follower: 'one row',
  proxy: '`retention.labels` after the window in which it became known was closed',
  push_key: `${pushKeyDays} days after its rows were stored`,
  push_stream: 'one row per model or view',
  pushed_batch: 'never: what was pushed exists nowhere else; joined into files of 16 MiB',
  quality_total: perModel,
  quarantine_decision: 'with the files of its snapshot',
  quarantine_edit: 'with the files of its snapshot',
  removal: 'when it has been told to the audit, within the hour',
  rollout: record,
  rollout_entity: '`retention.predictions` after its rollout ended',
  routing: perModel,
  routing_ack: 'a day after its process has gone; one row per process and model',
  run: record,
  run_event: `when its receiver has it, or after ${runEventDays} days`,
  schema_migration: 'one row per migration',
  scrub_round: 'one row',
  sealed_stretch: 'with the `retention.predictions` or `labels` of its last row; then its files',
  segment: '`PERENNIAL_SEGMENT_DAYS` after it was stored',
  serving_member: 'a day after its process has gone; one row per process',
  session: 'a day after it has run out',
  signing_secret: 'when it has retired; with its webhook',
  snapshot: 'never; the row stays as history when its files are gone',
  snapshot_branch: 'with the branch; one row per model',
  snapshot_edition: record,
  snapshot_publication: 'one row per published tag',
  snapshot_subscription: 'with the subscription; at most 20 per model',
  snapshot_tag: 'one row per tag, at most 100 per model',
  snapshot_tag_move: record,
  source_member: 'one row per source of a union',
  spec_revision: record,
  storage_sample: 'after 90 days; one row an hour',
  spool_place: `${erasedNamesDays} days after its processes were last seen; one row per machine`,
  token: '400 days after it was revoked or ran out; the newest one stays',
  upload: 'a day after it came',
  version: record,
  tombstone: record,
  trainer_worker: 'a day after its worker was last there',
  training_access: 'when it has run out, within an hour',
  training_fit: 'with its training; one that was cut off, a day after its end',
  training_share: 'with its training; one that was cut off, a day after its end',
  trial: '400 days after it was done; what was chosen stands in its version',
  trigger_look: 'one row per model with a trigger by the calendar or the source',
  online_entity: 'when it is stale for so long that it answers as an unknown one; or with its store',
  online_view: 'two days after no definition and no version took features from it',
  view_sample: 'when it was compared, or after a day',
  view_skew: 'one row per model and view',
  view_use: 'after 30 days',
  view_use_day: 'after 90 days; one row per model, view and day',
  watch_shard: 'one row per shard of the watch',
  webhook: 'never; what is removed is only marked so',
  webhook_delivery: '30 days after it was delivered or given up',
  window:
    'the longest of `retention.predictions`, `labels` and `evidence` after it was closed; the one that a ' +
    'version was trained through never',
  window_estimate: '`retention.evidence` after its window was closed',
  window_proxy: '`retention.evidence` after its window was closed',
  window_quality: '`retention.evidence` after its window was closed',
};

/** Every folder that a process of ours fills, with its end. Paths start at the state folder. */
export const folderEnds: Ends = {
  'artifacts/':
    'when nobody needs it: a version or snapshot `retention.artifacts` after it was made, then ' +
    '`PERENNIAL_ARTIFACT_GRACE_HOURS` twice',
  'artifacts/incoming/': `${uploadHours} hours after the last byte of one that was cut off; else at its own end`,
  'build/': 'bundles of other code a week after they were made, at the start of a worker',
  'cache/, go/': 'one Temporal CLI per version; removed by hand',
  'logs/': '16 MiB per process and one predecessor of it',
  'postgres/': 'with the rows of its tables; log files of its own it writes none',
  'run/': 'with the process; one file each',
  'spool/*.ready, *.tmp': 'when Postgres has stored it; 1 GiB or 24 hours of waiting, then requests are refused',
  'spool/place': 'one file, which names the spool',
  'spool/*.bad': `${badSegmentDays} days after it was set aside`,
  'spool/pushes/*.ready, *.tmp':
    'when Postgres has stored it; `PERENNIAL_PUSH_SPOOL_MIB` or 24 hours of waiting, then requests are refused',
  'spool/pushes/*.bad': `${badSegmentDays} days after it was set aside`,
  'spool/shipped/':
    '`PERENNIAL_SHIPPED_HOURS` after it was stored, or beyond `PERENNIAL_SHIPPED_MIB`; then the oldest go',
  'temporal/': 'closed runs after 30 days',
  'train/':
    `with its training; ${trainFolderDays} days after the last byte, when one was cut off for good; the digests of ` +
    'what it made after as long',
  'work/': 'with its task; those of a worker that is gone at the start of the next',
};
