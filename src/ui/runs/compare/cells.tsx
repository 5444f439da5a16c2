import type { RunSide } from '../../../db/pages/compare.ts';
import { duration, number, rows, versionPath } from '../../words/format.ts';
import { Digest, State } from '../../words/state.tsx';

/** What the overview says of one side. */
export function versionCell(side: RunSide) {
  if (side.version === null) return '—';
  return (
    <>
      <a href={versionPath(side.run.model, side.version.version)}>v{side.version.version}</a>{' '}
      <State of={side.version.status} />
    </>
  );
}

export function dataCell(side: RunSide) {
  if (side.snapshots.length === 0) return '—';
  return side.snapshots.map((snapshot) => (
    <div>
      <Digest of={snapshot.digest} href={`/snapshots/${snapshot.digest}`} /> {rows(snapshot.rows)},{' '}
      {number(snapshot.quarantinedRows)} set aside
    </div>
  ));
}

export function fileCell(side: RunSide) {
  return side.version === null ? '—' : <Digest of={side.version.modelDigest} />;
}

export function throughOf({ version }: RunSide): string {
  return version === null ? '—' : version.throughWindow === null ? 'none' : `up to window ${version.throughWindow}`;
}

export function codeOf({ gate }: RunSide): string {
  return gate?.code == null
    ? 'not recorded'
    : `${gate.code.digest}, Node ${gate.code.node.replace('v', '')}, ${gate.code.platform}`;
}

export function specOf({ spec }: RunSide): string {
  return spec === null ? '—' : `${spec.revision} (${spec.digest.slice(0, 8)})`;
}

export function tookOf({ run }: RunSide): string {
  return run.endedAt === null ? 'not ended' : duration(run.endedAt.getTime() - run.startedAt.getTime());
}
