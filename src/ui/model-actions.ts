import { annotationKinds } from '../domain/record/closed-sets.ts';
import { abort } from '../commands/control/abort.ts';
import { annotate } from '../commands/record/annotate.ts';
import { approve } from '../commands/control/approve.ts';
import { closeAlert } from '../commands/watching/close-alert.ts';
import type { CommandContext, CommandInput } from '../commands/base/context.ts';
import { everyModel, freeze } from '../commands/control/freeze.ts';
import { kill } from '../commands/control/kill.ts';
import { refuseOtherRollout } from '../commands/pages/model.ts';
import { pause } from '../commands/control/pause.ts';
import { promote } from '../commands/control/promote.ts';
import { removeAnnotation } from '../commands/record/remove-annotation.ts';
import { resume } from '../commands/control/resume.ts';
import { retrain } from '../commands/control/retrain.ts';
import { rollback } from '../commands/control/rollback.ts';
import { thaw } from '../commands/control/thaw.ts';
import type { Api } from '../control/app.ts';
import type { ApiDependencies } from '../control/environment.ts';
import { PerennialError } from '../domain/words/errors.ts';
import { modelPath } from './format.ts';
import { action } from './secured-page.tsx';
import { cut } from '../domain/words/cut.ts';
import { charsMax } from '../domain/words/limits.ts';

type Form = ReadonlyMap<string, string>;
type Verb = (context: CommandContext, input: CommandInput, form: Form) => Promise<{ readonly text: string }>;

const verbs: Readonly<Record<string, Verb>> = {
  approve: (context, input, form) => aboutRollout(context, input, form, approve),
  abort: (context, input, form) => aboutRollout(context, input, form, abort),
  pause,
  resume,
  freeze,
  thaw,
  kill,
  retrain: (context, input, form) => retrain(context, { ...input, rollout: form.get('experiment') !== 'yes' }),
  rollback: (context, input, form) => rollback(context, { ...input, toVersion: versionIn(form) }),
  promote: async (context, input, form) => {
    const version = versionIn(form);
    if (version === null)
      throw new PerennialError('invalid_request', 'No version was chosen.', {
        path: 'version',
        hint: 'Choose the version that becomes champion.',
      });
    return promote(context, { ...input, version, force: form.get('force') === 'yes' });
  },
};

/**
 * A person's word about the rollout that the page showed, never about another one that has taken the slot meanwhile.
 */
async function aboutRollout(
  context: CommandContext,
  input: CommandInput,
  form: Form,
  verb: (context: CommandContext, input: CommandInput) => Promise<{ readonly text: string }>,
) {
  await refuseOtherRollout(context, { model: input.model, shown: form.get('rollout') ?? '' });
  return verb(context, input);
}

/** What a person may do from the pages: the same verbs as the API's, each with a typed reason. */
export function modelActionRoutes(app: Api, dependencies: ApiDependencies): void {
  for (const [name, verb] of Object.entries(verbs)) {
    action(app, dependencies, `/models/{name}/${name}`, async (call, form) => {
      const model = call.path('name');
      const { text } = await verb(call.command, { model, key: keyIn(form), reason: reasonIn(form) }, form);
      return { to: `${modelPath(model)}#now`, notice: text };
    });
  }
  for (const [name, verb] of Object.entries({ freeze, thaw, kill })) {
    action(app, dependencies, `/all-models/${name}`, async (call, form) => {
      const { text } = await verb(call.command, { model: everyModel, key: keyIn(form), reason: reasonIn(form) });
      return { to: '/', notice: text };
    });
  }
  action(app, dependencies, '/models/{name}/annotations', async (call, form) => {
    const model = call.path('name');
    const kind = annotationKinds.find((one) => one === form.get('kind')) ?? 'note';
    await annotate(call.command, { model, version: null, kind, text: (form.get('text') ?? '').trim() });
    return { to: `${modelPath(model)}#words`, notice: `The ${kind} is written.` };
  });
  action(app, dependencies, '/models/{name}/annotations/remove', async (call, form) => {
    const model = call.path('name');
    await removeAnnotation(call.command, { annotationId: numberIn(form, 'annotation'), model });
    return { to: `${modelPath(model)}#words`, notice: 'It is taken back.' };
  });
  action(app, dependencies, '/alerts/{id}/close', async (call, form) => {
    const id = call.path('id');
    if (!/^[1-9]\d{0,15}$/.test(id))
      throw new PerennialError('not_found', `There is no alert "${cut(id, 40)}".`, {
        hint: 'Use one of the alerts listed at /alerts.',
      });
    await closeAlert(call.command, { alertId: Number(id), reason: reasonIn(form) });
    return { to: '/alerts', notice: 'The alert is closed; it rings again when the condition comes back.' };
  });
}

/** A reason that says nothing is refused here too: a browser's own check can be switched off. */
function reasonIn(form: Form): string {
  const reason = (form.get('reason') ?? '').trim();
  if (reason.length >= 3) return cut(reason, charsMax.formReason);
  throw new PerennialError('invalid_request', 'A reason of at least three characters is needed.', {
    path: 'reason',
    hint: 'Say why: whoever reads the audit in a year needs it.',
  });
}

/** The form's own key makes a command that is sent twice one command. */
function keyIn(form: Form): string | null {
  const key = form.get('key') ?? '';
  return /^[\w-]{8,64}$/.test(key) ? key : null;
}

function versionIn(form: Form): number | null {
  const given = form.get('version') ?? '';
  return given === '' ? null : numberIn(form, 'version');
}

function numberIn(form: Form, field: string): number {
  const given = form.get(field) ?? '';
  if (/^[1-9]\d{0,8}$/.test(given)) return Number(given);
  throw new PerennialError('invalid_request', `"${cut(given, 40)}" is no number.`, {
    path: field,
    hint: 'Use the form of the page.',
  });
}
