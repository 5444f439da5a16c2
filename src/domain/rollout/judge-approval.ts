import type { ApprovalSpec } from '../spec/parts/rollout-spec.ts';
import { seatsOf, type Approver } from '../spec/approval/may-approve.ts';
import { matchSeats } from './match-seats.ts';
import { sayChoice, sayMany } from '../words/say.ts';

export interface ApprovalInput {
  readonly plan: ApprovalSpec;
  /** Who has approved this rollout, in their order; the same person may have said it more than once. */
  readonly approvers: readonly Approver[];
  /** Who asked for the training, and who declared the definition: nobody where the platform did by itself. */
  readonly authors: readonly string[];
  /** What stands of delegations now, to say who may still approve. */
  readonly delegated?: readonly HandedOn[];
}

/** Somebody has handed the right to approve to another name. */
export interface HandedOn {
  readonly from: string;
  readonly to: string;
}

/** More would bury the sentence; `perennial approval list` has them all. */
const delegatesShownMax = 10;

export interface ApprovalStanding {
  readonly isEnough: boolean;
  /** Each person once. */
  readonly given: readonly string[];
  /** `ann and eve for bob`: who has approved, in whose place; empty when nobody has. */
  readonly saidBy: string;
  /** How many more people must approve, whoever they are. */
  readonly missing: number;
  /** One of them must be somebody else than the authors. */
  readonly isOtherNeeded: boolean;
  /** One clause: who has approved, and what is missing. */
  readonly text: string;
}

/**
 * Whether a rollout is approved: by as many different people as its plan asks for, and with four eyes by one who is no
 * author. Where the plan names who may approve, each of its names counts once, and is stood for by its holder or by
 * somebody whom the holder has handed it to; with four eyes neither of the two may be an author. People are told apart
 * by the names of their tokens, which an admin gives.
 */
export function judgeApproval({ plan, approvers, authors, delegated = [] }: ApprovalInput): ApprovalStanding {
  const people = peopleOf(plan, approvers);
  const given = people.map(({ name }) => name);
  const seats = people.map((person) => person.seats);
  const count = matchSeats(seats);
  const isOther = ({ name, seats: own }: Person): boolean =>
    !authors.includes(name) && own.some((seat) => !authors.includes(seat));
  const isOtherNeeded = plan.fourEyes && !people.some((person) => isOther(person));
  const missing = Math.max(0, plan.people - count, isOtherNeeded ? 1 : 0);
  const saidBy = people.map((person) => sayPerson(person)).join(' and ');
  const by = given.length === 0 ? 'approved by nobody yet' : `approved by ${saidBy}`;
  const who = isOtherNeeded
    ? ', one of them somebody who neither asked for the training nor declared the definition'
    : '';
  const more = missing === 0 ? '' : `; ${sayMany(missing, 'more person', 'more people')} must approve${who}`;
  const left = plan.by?.filter((seat) => {
    if (given.includes(seat)) return false;
    return isOtherNeeded ? !authors.includes(seat) : matchSeats([...seats, [seat]]) > count;
  });
  const named = missing === 0 || left === undefined ? '' : `; ${sayLeft(left, delegated)}`;
  return { isEnough: missing === 0, given, saidBy, missing, isOtherNeeded, text: `${by}${more}${named}` };
}

interface Person {
  readonly name: string;
  readonly seats: readonly string[];
}

/** Each person once, in the order of their first word, with every name of the plan that they have spoken for. */
function peopleOf(plan: ApprovalSpec, approvers: readonly Approver[]): readonly Person[] {
  const seats = new Map<string, Set<string>>();
  for (const approver of approvers) {
    const own = seatsOf(plan, approver);
    if (own.length > 0) seats.set(approver.name, new Set([...(seats.get(approver.name) ?? []), ...own]));
  }
  return [...seats].map(([name, own]) => ({ name, seats: [...own] }));
}

function sayPerson({ name, seats }: Person): string {
  return seats.includes(name) ? name : `${name} for ${sayChoice(seats)}`;
}

/** Of those whom the plan names: who can still say something that counts, and who may in their place. */
function sayLeft(left: readonly string[], delegated: readonly HandedOn[]): string {
  if (left.length === 0) return 'nobody whom the plan names is left';
  const others = delegated.filter(({ from }) => left.includes(from)).map(({ from, to }) => `${to} for ${from}`);
  return `${sayChoice([...left, ...others.slice(0, delegatesShownMax)])} may`;
}

/** The body of the alert about a hold. */
export function sayAsked(reason: string, model: string, standing: string | null): string {
  const said = standing === null ? '' : ` It is ${standing}.`;
  return `${reason}${said} Approve with \`perennial approve ${model}\` or abort with \`perennial abort ${model}\`.`;
}
