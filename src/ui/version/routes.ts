import { versionPage } from '../../commands/pages/version.ts';
import { annotate } from '../../commands/record/annotate.ts';
import { removeAnnotation } from '../../commands/record/remove-annotation.ts';
import { versionCard, type OfVersion } from '../../commands/record/version-card.ts';
import { resumeCorrection } from '../../commands/watching/resume-correction.ts';
import { undoCorrection } from '../../commands/watching/undo-correction.ts';
import type { Api } from '../../control/app.ts';
import type { ApiDependencies } from '../../control/environment.ts';
import { documentOf } from '../../domain/record/card/document-of.ts';
import { cardPolicy, writeHtml } from '../../domain/record/card/write-html.ts';
import { writeMarkdown } from '../../domain/record/card/write-markdown.ts';
import { attachment } from '../download/attachment.ts';
import { pathNumber } from '../form/address.ts';
import { annotationKind, commandFields, text, whole } from '../form/fields.ts';
import { action } from '../frame/action.ts';
import type { PageCall } from '../frame/page-call.ts';
import { page } from '../frame/page.ts';
import { render } from '../frame/render.ts';
import { versionPath } from '../words/format.ts';
import { modelFile } from './model-file.ts';
import { VersionView } from './page.tsx';

const base = '/models/{name}/versions/{version}';

/** The page of a version, its card and its file, and what people write about it. */
export function versionRoutes(app: Api, dependencies: ApiDependencies): void {
  page(app, dependencies, base, async (call) =>
    render(VersionView({ call, shown: await versionPage(call.command, versionIn(call)) })),
  );
  cardRoutes(app, dependencies);
  page(app, dependencies, `${base}/model.onnx`, (call) => modelFile(call.command, versionIn(call), dependencies.store));
  annotationRoutes(app, dependencies);
  correctionActions(app, dependencies);
}

/** To be read and printed as a page of its own, and to be kept. */
function cardRoutes(app: Api, dependencies: ApiDependencies): void {
  page(app, dependencies, `${base}/card.html`, async (call) => {
    const card = documentOf(await versionCard(call.command, versionIn(call)));
    return new Response(writeHtml(card), {
      headers: {
        'content-type': 'text/html; charset=utf-8',
        'content-security-policy': `${cardPolicy}; frame-ancestors 'none'`,
      },
    });
  });
  page(app, dependencies, `${base}/card.md`, async (call) => {
    const { model, version } = versionIn(call);
    const card = documentOf(await versionCard(call.command, { model, version }));
    return attachment(`${model}-v${version}-card.md`, 'text/markdown; charset=utf-8', writeMarkdown(card));
  });
}

function correctionActions(app: Api, dependencies: ApiDependencies): void {
  const back = ({ model, version }: OfVersion): string => `${versionPath(model, version)}#correction`;
  action(app, dependencies, `${base}/correction/undo`, { ...commandFields, to: text }, async (call, form) => {
    const of = versionIn(call);
    const { to, ...rest } = form;
    const done = await undoCorrection(call.command, { ...of, ...rest, to: to === '' ? null : to, isDryRun: false });
    return { to: back(of), notice: done.text };
  });
  action(app, dependencies, `${base}/correction/resume`, commandFields, async (call, form) => {
    const of = versionIn(call);
    const done = await resumeCorrection(call.command, { ...of, ...form });
    return { to: back(of), notice: done.text };
  });
}

function annotationRoutes(app: Api, dependencies: ApiDependencies): void {
  const back = ({ model, version }: OfVersion): string => `${versionPath(model, version)}#annotations`;
  action(app, dependencies, `${base}/annotate`, { kind: annotationKind, text }, async (call, form) => {
    const of = versionIn(call);
    await annotate(call.command, { ...of, ...form });
    return { to: back(of), notice: `The ${form.kind} is written.` };
  });
  action(app, dependencies, `${base}/take-back`, { annotation: whole('annotation') }, async (call, form) => {
    const of = versionIn(call);
    await removeAnnotation(call.command, { annotationId: form.annotation, model: of.model });
    return { to: back(of), notice: 'It is taken back.' };
  });
}

function versionIn(call: PageCall): OfVersion {
  return { model: call.path('name'), version: pathNumber(call, 'version') };
}
