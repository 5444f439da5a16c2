import type { z } from 'zod';

/** More than these are summed up as "and n more": the first ones usually cause the rest. */
const issuesMax = 3;

/** One sentence that names each wrong path and says what it must be; `first` is the path of the first one. */
export function describeIssues(error: z.ZodError): { readonly text: string; readonly first: string } {
  const flat = error.issues.flatMap((issue) => unfold(issue, []));
  const shown = flat
    .slice(0, issuesMax)
    .map((issue) => `${issue.path === '' ? 'the document' : issue.path} ${issue.message}`);
  const more = flat.length > issuesMax ? `; and ${flat.length - issuesMax} more` : '';
  return { text: `${shown.join('; ')}${more}.`, first: flat[0]?.path ?? '' };
}

/** `features[2].min`: how a person would write the place in JavaScript. */
export function jsonPath(path: readonly PropertyKey[]): string {
  let text = '';
  for (const part of path) {
    if (typeof part === 'number') text += `[${part}]`;
    else if (/^[A-Za-z_$][\w$]*$/.test(String(part))) text += text === '' ? String(part) : `.${String(part)}`;
    else text += `[${JSON.stringify(String(part)).slice(0, 80)}]`;
  }
  return text;
}

interface FlatIssue {
  readonly path: string;
  readonly message: string;
}

/** A union reports one list per branch; the one with the least to complain about is the one that was meant. */
function unfold(issue: z.core.$ZodIssue, prefix: readonly PropertyKey[]): FlatIssue[] {
  const path = [...prefix, ...issue.path];
  if (issue.code === 'invalid_union' && issue.errors.length > 0 && path.length < 32) {
    const branches = [...issue.errors].sort(
      (left, right) => left.length - right.length || depthOf(right) - depthOf(left),
    );
    const isOfNoBranch = (branches[0] ?? []).every((inner) => inner.code === 'invalid_type' && inner.path.length === 0);
    if (isOfNoBranch && issue.message !== 'Invalid input') return [{ path: jsonPath(path), message: issue.message }];
    return (branches[0] ?? []).flatMap((inner) => unfold(inner, path));
  }
  return [{ path: jsonPath(path), message: wording(issue) }];
}

function depthOf(issues: readonly z.core.$ZodIssue[]): number {
  return Math.max(0, ...issues.map((issue) => issue.path.length - (issue.code === 'unrecognized_keys' ? 1 : 0)));
}

function wording(issue: z.core.$ZodIssue): string {
  switch (issue.code) {
    case 'invalid_type':
      return issue.input === undefined && !issue.message.includes('received')
        ? `is missing; it must be ${article(issue.expected)}`
        : typeWording(issue);
    case 'invalid_value':
      return (
        `must be ${issue.values.length === 1 ? '' : 'one of '}` +
        `${issue.values.map((value) => JSON.stringify(value)).join(', ')}`
      );
    case 'too_small':
      return (
        `must ${sizeVerb(issue.origin)} at least ` +
        `${issue.minimum}${unitOf(issue.origin)}${issue.inclusive === false ? ' (exclusive)' : ''}`
      );
    case 'too_big':
      return (
        `must ${sizeVerb(issue.origin)} at most ` +
        `${issue.maximum}${unitOf(issue.origin)}${issue.inclusive === false ? ' (exclusive)' : ''}`
      );
    default:
      return issue.message;
  }
}

function typeWording(issue: z.core.$ZodIssueInvalidType): string {
  const received = /received (\w+)/.exec(issue.message)?.[1];
  if (received === 'undefined') return `is missing; it must be ${article(issue.expected)}`;
  return `must be ${article(issue.expected)}${received === undefined ? '' : `, not ${article(received)}`}`;
}

function article(type: string): string {
  const words: Record<string, string> = {
    string: 'text',
    number: 'a finite number',
    int: 'a whole number',
    boolean: 'true or false',
    array: 'a list',
    object: 'an object',
    null: 'null',
    NaN: 'NaN',
  };
  return words[type] ?? type;
}

function sizeVerb(origin: string): string {
  return origin === 'number' || origin === 'int' ? 'be' : 'have';
}

function unitOf(origin: string): string {
  if (origin === 'string') return ' characters';
  return origin === 'array' ? ' items' : '';
}
