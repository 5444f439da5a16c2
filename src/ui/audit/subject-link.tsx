import type { AuditLine } from '../../db/pages/audit.ts';
import { parseSubject } from '../../domain/record/audit-subject.ts';
import { parseRunId } from '../../domain/words/run-id.ts';
import { modelPath, rolloutPath, runPath, versionPath } from '../words/format.ts';

/** All but the first eight digits of a UUID: enough to tell rows apart, and the whole is in the title. */
const uuidTail = /(?<=[0-9a-f]{8})(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** `fraud/v3`, `rollout/fraud/3/1` and the like as links to what they name. */
export function SubjectLink({ line }: { readonly line: Pick<AuditLine, 'model' | 'subject'> }) {
  const { model, subject } = line;
  if (model === null) return <span title={subject}>{subject.replace(uuidTail, '')}</span>;
  const about = parseSubject(subject);
  if (about?.of === 'version') return <a href={versionPath(model, about.version)}>{subject}</a>;
  if (about?.of === 'snapshot') return <a href={`/snapshots/${about.id}`}>{`snapshot ${about.id.slice(0, 12)}`}</a>;
  if (about?.of === 'alert') return <a href={`/alerts?model=${encodeURIComponent(model)}`}>{subject}</a>;
  const run = about?.of === 'run' ? parseRunId(about.runId) : null;
  if (run?.kind === 'rollout') return <a href={rolloutPath(model, run.version, run.attempt)}>{subject}</a>;
  if (run !== null && run.kind !== 'import') return <a href={runPath(subject)}>{subject}</a>;
  return (
    <a href={modelPath(model)} title={subject}>
      {subject.replace(`/${model}/`, ' ').replace(uuidTail, '')}
    </a>
  );
}
