import type { z } from 'zod';
import type { CommandContext } from '../../commands/base/context.ts';
import { abort } from '../../commands/control/abort.ts';
import { approve } from '../../commands/control/approve.ts';
import { delegateApproval } from '../../commands/control/delegate-approval.ts';
import { freeze } from '../../commands/control/freeze.ts';
import { resetBest } from '../../commands/control/reset-best.ts';
import { releaseHold, setHold } from '../../commands/control/hold.ts';
import { kill } from '../../commands/control/kill.ts';
import { pause } from '../../commands/control/pause.ts';
import { promote } from '../../commands/control/promote.ts';
import { resume } from '../../commands/control/resume.ts';
import { retrain } from '../../commands/control/retrain.ts';
import { rollback } from '../../commands/control/rollback.ts';
import { thaw } from '../../commands/control/thaw.ts';
import { refuseOtherRollout } from '../../commands/pages/model.ts';
import { annotate } from '../../commands/record/annotate.ts';
import { removeAnnotation } from '../../commands/record/remove-annotation.ts';
import type { Api } from '../../control/app.ts';
import type { ApiDependencies } from '../../control/environment.ts';
import { annotationKind, commandFields, text, ticked, whole, wholeOrNull } from '../form/fields.ts';
import { action } from '../frame/action.ts';
import { page } from '../frame/page.ts';
import { modelPath } from '../words/format.ts';
import { delegateFields, revokeFields, revokeFromPage } from './approval/delegate-from-page.ts';
import { modelPage } from './page.tsx';

/** The page of a model, and what a person may do from it. */
export function modelRoutes(app: Api, dependencies: ApiDependencies): void {
  page(app, dependencies, '/models/{name}', modelPage);
  verbRoutes(app, dependencies);
  annotationRoutes(app, dependencies);
}

/** The same verbs as the API's, each with a typed reason. */
function verbRoutes(app: Api, dependencies: ApiDependencies): void {
  const on = <Shape extends z.ZodRawShape>(
    name: string,
    fields: Shape,
    verb: (
      context: CommandContext,
      input: z.output<z.ZodObject<Shape>> & { readonly model: string },
    ) => Promise<{ readonly text: string }>,
  ): void =>
    action(app, dependencies, `/models/{name}/${name}`, fields, async (call, form) => {
      const model = call.path('name');
      const done = await verb(call.command, { ...form, model });
      return { to: `${modelPath(model)}#now`, notice: done.text };
    });
  for (const [name, verb] of Object.entries({ pause, resume, freeze, thaw, kill })) on(name, commandFields, verb);
  for (const [name, verb] of Object.entries({ approve, abort })) {
    on(name, { ...commandFields, rollout: text }, async (context, { rollout, ...input }) => {
      // About the rollout that the page showed, never about another one that has taken the slot meanwhile.
      await refuseOtherRollout(context, { model: input.model, shown: rollout });
      return verb(context, input);
    });
  }
  on('best/reset', commandFields, resetBest);
  on('approval/delegate', delegateFields, delegateApproval);
  on('approval/revoke', revokeFields, revokeFromPage);
  on('hold', commandFields, setHold);
  on('hold/release', commandFields, releaseHold);
  on('retrain', { ...commandFields, experiment: ticked }, (context, { experiment, ...input }) =>
    retrain(context, { ...input, rollout: !experiment }),
  );
  on('rollback', { ...commandFields, version: wholeOrNull }, (context, { version, ...input }) =>
    rollback(context, { ...input, toVersion: version }),
  );
  const version = whole('version', 'Choose the version that becomes champion.');
  on('promote', { ...commandFields, version, force: ticked }, promote);
}

function annotationRoutes(app: Api, dependencies: ApiDependencies): void {
  const base = '/models/{name}/annotations';
  action(app, dependencies, base, { kind: annotationKind, text }, async (call, form) => {
    const model = call.path('name');
    await annotate(call.command, { model, version: null, ...form });
    return { to: `${modelPath(model)}#words`, notice: `The ${form.kind} is written.` };
  });
  action(app, dependencies, `${base}/remove`, { annotation: whole('annotation') }, async (call, form) => {
    const model = call.path('name');
    await removeAnnotation(call.command, { annotationId: form.annotation, model });
    return { to: `${modelPath(model)}#words`, notice: 'It is taken back.' };
  });
}
