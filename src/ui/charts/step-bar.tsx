export interface StepBarProps {
  readonly steps: readonly { readonly name: string; readonly detail?: string }[];
  /** Index of the step that goes on; `steps.length` when all are done. */
  readonly at: number;
  /** What the step at `at` is: going on, held for a person, or where it ended badly. */
  readonly state: 'active' | 'held' | 'failed' | 'done';
}

const words = { active: 'now', held: 'waits for a person', failed: 'stopped here', done: 'done' } as const;

/** Steps in order, with a word for each: done, now, held, stopped. */
export function StepBar({ steps, at, state }: StepBarProps) {
  return (
    <ol class="steps">
      {steps.map((step, i) => {
        const isAt = i === at;
        const isDone = i < at || (isAt && state === 'done');
        const kind = isDone
          ? 'done'
          : isAt
            ? { active: 'now', held: 'now held', failed: 'failed', done: 'done' }[state]
            : '';
        return (
          <li class={kind} aria-current={isAt && state !== 'done' ? 'step' : undefined}>
            {step.name}
            <br />
            <small>
              {isDone ? 'done' : isAt ? words[state] : 'to come'}
              {step.detail === undefined ? '' : ` · ${step.detail}`}
            </small>
          </li>
        );
      })}
    </ol>
  );
}
