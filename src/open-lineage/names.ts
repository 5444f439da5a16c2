import type { SnapshotKind } from '../domain/record/closed-sets.ts';
import { membersOf, type MemberSource, type SourceSpec } from '../domain/spec/source-spec.ts';

/** A dataset by the naming of OpenLineage (spec/Naming.md). */
export interface DatasetName {
  readonly namespace: string;
  readonly name: string;
}

/** What belongs to one installation has its own namespace: two installations may name models alike. */
export function ownNamespace(installationId: string): string {
  return `perennial://${installationId}`;
}

/** Labelled rows of a model, of one kind. Which, its version says: the digest. */
export function snapshotName(installationId: string, model: string, kind: SnapshotKind): DatasetName {
  return { namespace: ownNamespace(installationId), name: `snapshots.${model}.${kind}` };
}

/** Versions of a model. Which, the version of the dataset says. */
export function modelName(installationId: string, model: string): DatasetName {
  return { namespace: ownNamespace(installationId), name: `models.${model}` };
}

/** What answers. */
export function championName(installationId: string, model: string): DatasetName {
  return { namespace: ownNamespace(installationId), name: `models.${model}.champion` };
}

/** The places that a source reads, each a dataset. A database is named by the name of its secret: its URL is one. */
export function sourceNames(source: SourceSpec, of: { installationId: string; model: string }): readonly DatasetName[] {
  return membersOf(source).map(([, member]) => memberName(member, of));
}

function memberName(member: MemberSource, { installationId, model }: { installationId: string; model: string }) {
  switch (member.kind) {
    case 'file':
    case 'folder':
      return { namespace: 'file', name: member.path };
    case 's3':
      return bucketName(member.url);
    case 'postgres':
      return { namespace: ownNamespace(installationId), name: `databases.${member.secret}.${model}` };
    case 'kafka':
      return { namespace: `kafka://${member.brokers[0] ?? ''}`, name: member.topic };
    case 'push':
      return { namespace: ownNamespace(installationId), name: `pushed.${model}` };
  }
}

function bucketName(url: string): DatasetName {
  const [, bucket = '', key = ''] = /^s3:\/\/([^/?#]+)\/?([^?#]*)/.exec(url) ?? [];
  return { namespace: `s3://${bucket}`, name: key === '' ? '/' : key };
}
