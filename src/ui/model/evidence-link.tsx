import type { MoveLine } from '../../db/pages/model-story.ts';
import { rolloutPath, versionPath } from '../words/format.ts';
import { parseOccasion } from '../../domain/record/occasion.ts';

/**
 * Where the numbers behind a move are shown: the rollout whose labels were compared, or the version whose gate passed.
 */
export function EvidenceLink({ name, move }: { readonly name: string; readonly move: MoveLine }) {
  const { evidence, toVersion } = move;
  if (toVersion === null) return null;
  if (evidence === null) {
    return (
      <a class="small" href={versionPath(name, toVersion)}>
        what its gate said
      </a>
    );
  }
  const about = parseOccasion(evidence.subject);
  const href =
    about?.of === 'look' || about?.of === 'pairing'
      ? rolloutPath(name, about.version, about.attempt)
      : versionPath(name, toVersion);
  return (
    <span class="small">
      <a href={href}>what it rests on</a> ·{' '}
      <a href={`/audit/evidence?id=${evidence.id}`}>
        evidence {evidence.id} ({evidence.kind}: {evidence.verdict})
      </a>
    </span>
  );
}
