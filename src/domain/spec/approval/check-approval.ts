import type { ApprovalSpec } from '../parts/rollout-spec.ts';
import { problemIf, type SpecProblem } from '../spec-bounds.ts';

/** Names in `rollout.approval.by`: each stands in every sentence that says who may approve. */
export const approversMax = 20;

/** Problems of who may approve: a name twice, or fewer names than people who must approve. */
export function checkApproval(approval: ApprovalSpec | undefined): SpecProblem[] {
  const by = approval?.by;
  if (approval === undefined || by === undefined) return [];
  const path = 'rollout.approval.by';
  const twice = by.find((name, index) => by.indexOf(name) !== index);
  return [
    ...problemIf(twice !== undefined, path, `"${twice}" is named twice`, 'Name each once.'),
    ...problemIf(
      by.length > approversMax || by.length === 0,
      path,
      `${by.length} names`,
      `Name 1 to ${approversMax}, or leave it out: then everybody who may operate the model approves.`,
    ),
    ...problemIf(
      new Set(by).size < approval.people,
      path,
      `${approval.people} people must approve, and fewer are named`,
      'Name more, or ask for fewer people.',
    ),
  ];
}
