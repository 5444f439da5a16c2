import { parseRunId } from '../words/run-id.ts';
import { parseWhole } from '../words/whole-number.ts';

const withId = ['token', 'command', 'webhook', 'alert', 'snapshot', 'view'] as const;

/** What a row of the audit is about, and with it the lifecycle event that is made of the row. */
export type AuditSubject =
  /** A model by its name, or `*` for every model. */
  | { readonly of: 'model'; readonly model: string }
  | { readonly of: 'version'; readonly model: string; readonly version: number }
  | { readonly of: 'spec'; readonly model: string; readonly specRevision: number }
  /** `key` is the occasion of the decision (occasion.ts). */
  | { readonly of: 'decision'; readonly model: string; readonly key: string }
  | { readonly of: 'run'; readonly runId: string }
  | { readonly of: (typeof withId)[number]; readonly id: string };

/** The text under which it is stored and sent. */
export function formatSubject(subject: AuditSubject): string {
  switch (subject.of) {
    case 'model':
      return subject.model;
    case 'version':
      return `${subject.model}/v${subject.version}`;
    case 'spec':
      return `${subject.model}/spec/${subject.specRevision}`;
    case 'decision':
      return `decision/${subject.model}/${subject.key}`;
    case 'run':
      return subject.runId;
    default:
      return `${subject.of}/${subject.id}`;
  }
}

/**
 * Null for a text that no row is stored under. The id of a token, command, webhook, alert or snapshot, and the name of
 * a view, stay text.
 */
export function parseSubject(text: string): AuditSubject | null {
  const [first = '', second, third, ...more] = text.split('/');
  if (first === '') return null;
  if (second === undefined) return { of: 'model', model: first };
  if (third === undefined) return ofTwoParts(first, second);
  if (first === 'decision') return { of: 'decision', model: second, key: [third, ...more].join('/') };
  if (parseRunId(text) !== null) return { of: 'run', runId: text };
  const specRevision = second === 'spec' && more.length === 0 ? parseWhole(third) : null;
  return specRevision === null ? null : { of: 'spec', model: first, specRevision };
}

/** A model may be called `token`: a version is recognised before an id, which never looks like one. */
function ofTwoParts(first: string, second: string): AuditSubject | null {
  const version = second.startsWith('v') ? parseWhole(second.slice(1)) : null;
  if (version !== null) return { of: 'version', model: first, version };
  const kind = withId.find((known) => known === first);
  return kind === undefined || second === '' ? null : { of: kind, id: second };
}
