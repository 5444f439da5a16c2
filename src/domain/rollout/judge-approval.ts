import type { ApprovalSpec } from '../spec/parts/rollout-spec.ts';
import { mayApprove } from '../spec/approval/may-approve.ts';
import { sayChoice, sayMany } from '../words/say.ts';

export interface ApprovalInput {
  readonly plan: ApprovalSpec;
  /** Who has approved this rollout, in their order; the same person may have said it more than once. */
  readonly approvers: readonly string[];
  /** Who asked for the training, and who declared the definition: nobody where the platform did by itself. */
  readonly authors: readonly string[];
}

export interface ApprovalStanding {
  readonly isEnough: boolean;
  /** Each person once. */
  readonly given: readonly string[];
  /** How many more people must approve, whoever they are. */
  readonly missing: number;
  /** One of them must be somebody else than the authors. */
  readonly isOtherNeeded: boolean;
  /** One clause: who has approved, and what is missing. */
  readonly text: string;
}

/**
 * Whether a rollout is approved: by as many different people as its plan asks for, and with four eyes by one who is no
 * author. Where the plan names who may approve, nobody else counts. People are told apart by the names of their tokens,
 * which an admin gives.
 */
export function judgeApproval({ plan, approvers, authors }: ApprovalInput): ApprovalStanding {
  const given = [...new Set(approvers)].filter((name) => mayApprove(plan, name));
  const isOtherNeeded = plan.fourEyes && given.every((name) => authors.includes(name));
  const missing = Math.max(0, plan.people - given.length, isOtherNeeded ? 1 : 0);
  const by = given.length === 0 ? 'approved by nobody yet' : `approved by ${given.join(' and ')}`;
  const who = isOtherNeeded
    ? ', one of them somebody who neither asked for the training nor declared the definition'
    : '';
  const more = missing === 0 ? '' : `; ${sayMany(missing, 'more person', 'more people')} must approve${who}`;
  const left = plan.by?.filter((name) => !given.includes(name) && !(isOtherNeeded && authors.includes(name)));
  const named = missing === 0 || left === undefined ? '' : `; ${sayLeft(left)}`;
  return { isEnough: missing === 0, given, missing, isOtherNeeded, text: `${by}${more}${named}` };
}

/** Of those whom the plan names: who can still say something that counts. */
function sayLeft(left: readonly string[]): string {
  return left.length === 0 ? 'nobody whom the plan names is left' : `${sayChoice(left)} may`;
}

/** The body of the alert about a hold. */
export function sayAsked(reason: string, model: string, standing: string | null): string {
  const said = standing === null ? '' : ` It is ${standing}.`;
  return `${reason}${said} Approve with \`perennial approve ${model}\` or abort with \`perennial abort ${model}\`.`;
}
