import { stepPoints, type StepPoint } from '../spec/closed-sets.ts';
import { parseRunId } from '../words/run-id.ts';
import { parseWhole } from '../words/whole-number.ts';

/** What a decision about retraining is taken about. */
export type DecisionOccasion =
  | { readonly of: 'window'; readonly window: number }
  /** A new definition; `afterRun` names the run that it had to wait for. */
  | { readonly of: 'apply'; readonly specRevision: number; readonly afterRun: string | null }
  | { readonly of: 'command'; readonly commandId: string }
  /** A trigger that needs no traffic (the calendar, the source) has fired: when that was found. */
  | { readonly of: 'due'; readonly atMs: number }
  /** A person has started a training again: nothing is decided, its model awaits it. */
  | { readonly of: 'reset'; readonly runId: string };

/** What a freeze held back, decided again after it is gone; a freeze that came back makes it `times` 2. */
export interface ThawedOccasion {
  readonly of: 'thawed';
  readonly held: DecisionOccasion;
  readonly times: number;
}

/**
 * The business identity of an effect: what it is about, whoever does it and however often. Decisions, evidence and
 * alerts are stored once per occasion, so an activity that is retried finds its first answer. The stored text is built
 * by `formatOccasion` and taken apart by `parseOccasion`, and nowhere else.
 */
export type Occasion =
  | DecisionOccasion
  | ThawedOccasion
  /** At the end of a window; with `labelledRows` within it, when so many rows had a label. */
  | {
      readonly of: 'correction';
      readonly window: number;
      readonly version: number;
      readonly labelledRows?: number;
    }
  /** A person's word about the correction of a version. */
  | { readonly of: 'correction-word'; readonly commandId: string; readonly version: number }
  | { readonly of: 'version'; readonly version: number }
  | { readonly of: 'rollout'; readonly version: number; readonly attempt: number }
  | {
      readonly of: 'look';
      readonly version: number;
      readonly attempt: number;
      readonly step: number;
      readonly throughSeq: number;
    }
  /** The paired evidence of a rollout at a position of the traffic. */
  | {
      readonly of: 'pairing';
      readonly version: number;
      readonly attempt: number;
      readonly throughSeq: number;
      readonly isDeadline: boolean;
    }
  /** A roll-back that was not possible, to a version or (null) to the one before. */
  | { readonly of: 'refusal'; readonly version: number | null }
  /** Records of the model's traffic that the database refused. */
  | { readonly of: 'records' }
  /** What is removed, measured and sealed of the model without being asked for. */
  | { readonly of: 'upkeep' }
  /** What is told of the model's runs to a receiver of lineage. */
  | { readonly of: 'lineage' }
  /** The declared source of the model. */
  | { readonly of: 'source' }
  /** A feature view that the model takes features from. */
  | { readonly of: 'view'; readonly view: string }
  /** A rule of the contract about batches; of a union about those of one of its sources. */
  | { readonly of: 'rule'; readonly ruleId: string; readonly member: string | null }
  | { readonly of: 'run'; readonly runId: string }
  /** A user step that a run asked; its name is the only one of its point. */
  | { readonly of: 'step'; readonly runId: string; readonly point: StepPoint; readonly name: string }
  | { readonly of: 'snapshot'; readonly digest: string }
  /** A file of the artifact store. */
  | { readonly of: 'artifact'; readonly digest: string };

/** With what the keys of windows begin, and how one ends that was decided again: for the queries that ask for them. */
export const windowPrefix = 'window/';
export const thawedSuffix = '/thawed';
const viewPrefix = 'view/';
const artifactPrefix = 'artifact/';
const rulePrefix = 'rule/';
const stepPrefix = 'step/';

/** The text under which it is stored. */
export function formatOccasion(occasion: Occasion): string {
  switch (occasion.of) {
    case 'window':
      return `${windowPrefix}${occasion.window}`;
    case 'apply':
      return `apply/${occasion.specRevision}${occasion.afterRun === null ? '' : `/after/${occasion.afterRun}`}`;
    case 'command':
      return `command/${occasion.commandId}`;
    case 'due':
      return `due/${occasion.atMs}`;
    case 'reset':
      return `reset/${occasion.runId}`;
    case 'thawed':
      return formatOccasion(occasion.held) + thawedSuffix.repeat(occasion.times);
    case 'correction':
      return [`${windowPrefix}${occasion.window}`, `v${occasion.version}`, occasion.labelledRows ?? []]
        .flat()
        .join('/');
    case 'correction-word':
      return `${formatOccasion({ of: 'command', commandId: occasion.commandId })}/v${occasion.version}`;
    case 'version':
      return `v${occasion.version}`;
    case 'rollout':
      return `v${occasion.version}/${occasion.attempt}`;
    case 'look':
      return `v${occasion.version}/${occasion.attempt}/${occasion.step}/${occasion.throughSeq}`;
    case 'pairing':
      return `v${occasion.version}/${occasion.attempt}/${occasion.throughSeq}${occasion.isDeadline ? '/deadline' : ''}`;
    case 'refusal':
      return `refused/${occasion.version === null ? 'none' : `v${occasion.version}`}`;
    case 'records':
    case 'upkeep':
    case 'lineage':
    case 'source':
      return occasion.of;
    case 'view':
      return `${viewPrefix}${occasion.view}`;
    case 'rule':
      return `${rulePrefix}${occasion.ruleId}${occasion.member === null ? '' : `/${occasion.member}`}`;
    case 'run':
      return occasion.runId;
    case 'step':
      return `${stepsPrefix(occasion.runId)}${occasion.point}/${occasion.name}`;
    case 'snapshot':
      return occasion.digest;
    case 'artifact':
      return `${artifactPrefix}${occasion.digest}`;
  }
}

/** With what every occasion within this one begins: the looks and pairings of a rollout, for instance. */
export function prefixWithin(occasion: Occasion): string {
  return `${formatOccasion(occasion)}/`;
}

/** With what the occasions of the user steps of a run begin. */
export function stepsPrefix(runId: string): string {
  return `${stepPrefix}${runId}/`;
}

/** What a freeze held back is decided again as an occasion of its own: the first answer stays as it was written. */
export function thaw(occasion: DecisionOccasion | ThawedOccasion): ThawedOccasion {
  return occasion.of === 'thawed'
    ? { ...occasion, times: occasion.times + 1 }
    : { of: 'thawed', held: occasion, times: 1 };
}

/** Null for a text that no occasion is stored under. */
export function parseOccasion(text: string): Occasion | null {
  const { stem, times } = withoutThaws(text);
  if (times === 0)
    return (
      ofVersion(text) ??
      ofWindow(text) ??
      ofCorrectionWord(text) ??
      ofDecision(text) ??
      ofRefusal(text) ??
      ofArtifact(text)
    );
  const held = ofDecision(stem);
  return held === null ? null : { of: 'thawed', held, times };
}

function withoutThaws(text: string): { readonly stem: string; readonly times: number } {
  let end = text.length;
  let times = 0;
  for (; text.endsWith(thawedSuffix, end); times++) end -= thawedSuffix.length;
  return { stem: text.slice(0, end), times };
}

function ofDecision(text: string): DecisionOccasion | null {
  const [kind, second, third] = text.split('/');
  if (kind === 'window') {
    const window = parseWhole(second);
    return window === null || third !== undefined ? null : { of: 'window', window };
  }
  if (kind === 'command') {
    return second === undefined || second === '' || third !== undefined ? null : { of: 'command', commandId: second };
  }
  if (kind === 'due') {
    const atMs = parseWhole(second);
    return atMs === null || third !== undefined ? null : { of: 'due', atMs };
  }
  if (kind === 'reset') {
    const runId = text.slice('reset/'.length);
    return parseRunId(runId) === null ? null : { of: 'reset', runId };
  }
  return kind === 'apply' ? ofApply(text) : null;
}

function ofApply(text: string): DecisionOccasion | null {
  const [, second, third] = text.split('/');
  const specRevision = parseWhole(second);
  if (specRevision === null) return null;
  if (third === undefined) return { of: 'apply', specRevision, afterRun: null };
  const afterRun = text.slice(`apply/${specRevision}/after/`.length);
  return third === 'after' && parseRunId(afterRun) !== null ? { of: 'apply', specRevision, afterRun } : null;
}

function ofWindow(text: string): Occasion | null {
  const [kind, second, third, fourth, ...more] = text.split('/');
  const window = parseWhole(second);
  const version = versionOf(third);
  if (kind !== 'window' || window === null || version === null || more.length > 0) return null;
  if (fourth === undefined) return { of: 'correction', window, version };
  const labelledRows = parseWhole(fourth);
  return labelledRows === null ? null : { of: 'correction', window, version, labelledRows };
}

function ofCorrectionWord(text: string): Occasion | null {
  const [kind, commandId, third, ...more] = text.split('/');
  const version = versionOf(third);
  return kind !== 'command' || commandId === undefined || commandId === '' || version === null || more.length > 0
    ? null
    : { of: 'correction-word', commandId, version };
}

function ofVersion(text: string): Occasion | null {
  const [first, ...rest] = text.split('/');
  const version = versionOf(first);
  if (version === null || rest.length > 3) return null;
  if (rest.length === 0) return { of: 'version', version };
  const isDeadline = rest.length === 3 && rest[2] === 'deadline';
  const [attempt = null, third = null, fourth = null] = (isDeadline ? rest.slice(0, 2) : rest).map(parseWhole);
  if (attempt === null) return null;
  if (rest.length === 1) return { of: 'rollout', version, attempt };
  if (third === null) return null;
  if (rest.length === 2 || isDeadline) return { of: 'pairing', version, attempt, throughSeq: third, isDeadline };
  return fourth === null ? null : { of: 'look', version, attempt, step: third, throughSeq: fourth };
}

function ofRefusal(text: string): Occasion | null {
  const [kind, second, ...more] = text.split('/');
  if (kind !== 'refused' || more.length > 0) return null;
  if (second === 'none') return { of: 'refusal', version: null };
  const version = versionOf(second);
  return version === null ? null : { of: 'refusal', version };
}

function ofArtifact(text: string): Occasion | null {
  if (text === 'records' || text === 'upkeep' || text === 'lineage' || text === 'source') return { of: text };
  if (text.startsWith(viewPrefix) && text.length > viewPrefix.length)
    return { of: 'view', view: text.slice(viewPrefix.length) };
  if (text.startsWith(rulePrefix)) return ofRule(text.slice(rulePrefix.length));
  if (text.startsWith(stepPrefix)) return ofStep(text.slice(stepPrefix.length));
  if (/^artifact\/[0-9a-f]{64}$/.test(text)) return { of: 'artifact', digest: text.slice(artifactPrefix.length) };
  if (/^[0-9a-f]{64}$/.test(text)) return { of: 'snapshot', digest: text };
  return parseRunId(text) === null ? null : { of: 'run', runId: text };
}

/** No rule has a slash in its id. */
function ofRule(text: string): Occasion | null {
  const end = text.indexOf('/');
  if (end < 0) return text === '' ? null : { of: 'rule', ruleId: text, member: null };
  const [ruleId, member] = [text.slice(0, end), text.slice(end + 1)];
  return ruleId === '' || member === '' ? null : { of: 'rule', ruleId, member };
}

/** Neither a point nor the name of a step has a slash; the id of a run has some. */
function ofStep(text: string): Occasion | null {
  const parts = text.split('/');
  const name = parts.pop();
  const asked = parts.pop();
  const point = stepPoints.find((one) => one === asked);
  const runId = parts.join('/');
  return point === undefined || name === undefined || name === '' || parseRunId(runId) === null
    ? null
    : { of: 'step', runId, point, name };
}

function versionOf(text: string | undefined): number | null {
  return text?.startsWith('v') === true ? parseWhole(text.slice(1)) : null;
}
