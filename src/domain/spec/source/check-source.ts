import { isTrainable } from '../trainer-spec.ts';
import { unionMembersOf, type MemberSource, type UnionSource } from '../source-spec.ts';
import { problemIf, type SpecProblem } from '../spec-bounds.ts';
import type { ModelSpec } from '../spec.ts';

const membersMin = 2;
const membersMax = 8;

/** Problems of a union: every member must be one that is read on, since a whole one would supersede the others. */
export function checkSource({ source, trainer }: Pick<ModelSpec, 'source' | 'trainer'>): SpecProblem[] {
  if (source.kind !== 'union' || !isTrainable(trainer)) return [];
  return checkUnion(source);
}

function checkUnion(source: UnionSource): SpecProblem[] {
  const named = unionMembersOf(source);
  const pushed = named.filter(([, { kind }]) => kind === 'push').map(([name]) => name);
  return [
    ...problemIf(
      named.length < membersMin || named.length > membersMax,
      'source.members',
      `a union has ${membersMin} to ${membersMax} sources, and this one has ${named.length}`,
      named.length < membersMin ? 'Declare that source alone, or add another one.' : 'Write some into one folder.',
    ),
    ...problemIf(
      pushed.length > 1,
      `source.members.${pushed[1]}`,
      `${pushed.join(' and ')} both take pushed rows, which name a model and no source`,
      'Keep one of them.',
    ),
    ...named.flatMap(([name, member]) => checkMember(`source.members.${name}`, member)),
  ];
}

function checkMember(path: string, member: MemberSource): SpecProblem[] {
  const whole = wholeBy(member);
  return [
    ...(whole === null
      ? []
      : [
          {
            path,
            message: `${whole}, which would replace the rows of the others`,
            fix: 'Use a folder, a bucket, pushed rows, or a query with a cursor.',
          },
        ]),
    ...problemIf(
      member.traffic !== undefined,
      `${path}.traffic`,
      'traffic is a word about the whole history',
      'Write it beside `members`.',
    ),
  ];
}

/** How a member can come as a whole; null for one that is only ever read on. */
function wholeBy(member: MemberSource): string | null {
  if (member.kind === 'file') return 'a file is read as a whole';
  if (member.kind === 'postgres')
    return member.cursor === undefined ? 'a query without a cursor is read as a whole' : null;
  if (member.kind === 'push' || member.kind === 'kafka') return null;
  return member.onRewrite === 'retake' ? '`onRewrite: "retake"` reads everything anew' : null;
}
