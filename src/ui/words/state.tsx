import type { Child } from 'hono/jsx';

type Mood = 'good' | 'warn' | 'bad' | 'info' | '';

const moods: Readonly<Record<string, Mood>> = {
  released: 'good',
  rejected: 'bad',
  experiment: 'info',
  champion: 'good',
  challenger: 'info',
  pass: 'good',
  fail: 'bad',
  insufficient: 'warn',
  active: 'info',
  held: 'warn',
  promoted: 'good',
  'rolled-back': 'bad',
  running: 'info',
  completed: 'good',
  failed: 'bad',
  cancelled: 'warn',
  lost: 'bad',
  met: 'good',
  'not-met': 'bad',
  'not-yet': 'warn',
  near: 'good',
  'far-below': 'bad',
  unclear: 'warn',
  trusted: 'good',
  'not-trusted': 'bad',
  agrees: 'good',
  'does-not-agree': 'bad',
  worse: 'bad',
  best: 'good',
  steady: 'good',
  starting: 'info',
  winner: 'good',
  'no-difference': 'good',
  undecided: 'warn',
  'broken-assignment': 'bad',
  harmful: 'bad',
  stopped: 'warn',
  stable: 'good',
  drift: 'warn',
  decayed: 'bad',
};

const words: Readonly<Record<string, string>> = {
  pass: 'met',
  fail: 'missed',
  insufficient: 'not decided',
  held: 'waits for a person',
  'rolled-back': 'rolled back',
  active: 'under way',
  starting: 'begins',
  winner: 'decided',
  'no-difference': 'no difference',
  'broken-assignment': 'broken assignment',
};

/** A status by its word, in the colour of its mood. */
export function State({ of, text }: { readonly of: string; readonly text?: string }) {
  return <span class={`state ${moods[of] ?? ''}`}>{text ?? words[of] ?? of}</span>;
}

/** Name over value. */
export function Fact({ name, children }: { readonly name: string; readonly children?: Child }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}

/** A digest that can be told from others at a glance; the whole of it is in the title. */
export function Digest({ of, href }: { readonly of: string; readonly href?: string }) {
  const text = <code title={of}>{of.slice(0, 12)}</code>;
  return href === undefined ? text : <a href={href}>{text}</a>;
}
