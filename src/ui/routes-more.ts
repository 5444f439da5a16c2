import { annotationKinds } from '../domain/record/closed-sets.ts';
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { abort } from '../commands/control/abort.ts';
import { annotate } from '../commands/record/annotate.ts';
import { approve } from '../commands/control/approve.ts';
import type { CommandContext, CommandInput } from '../commands/base/context.ts';
import {
  auditExport,
  auditShown,
  championThen,
  evidenceShown,
  verifyShown,
  type AuditQuery,
} from '../commands/pages/audit.ts';
import { portfolioShown } from '../commands/pages/portfolio.ts';
import { refuseOther, rolloutPage, rolloutsShown } from '../commands/pages/rollout.ts';
import { comparisonShown, runShown, runsShown, type RunQuery } from '../commands/pages/runs.ts';
import { snapshotPage } from '../commands/pages/snapshot.ts';
import { versionFile, versionPage, type OfVersion } from '../commands/pages/version.ts';
import { removeAnnotation } from '../commands/record/remove-annotation.ts';
import { resetRun } from '../commands/control/reset-run.ts';
import { rollback } from '../commands/control/rollback.ts';
import type { Api } from '../control/app.ts';
import type { ApiDependencies } from '../control/environment.ts';
import { PerennialError } from '../domain/words/errors.ts';
import type { RolloutKey } from '../domain/words/ids.ts';
import { EvidenceView } from './audit/evidence.tsx';
import { auditFile } from './audit/export.ts';
import { AuditPage } from './audit/page.tsx';
import { rolloutPath, runPath, versionPath } from './format.ts';
import { render } from './layout.tsx';
import { portfolioFile } from './portfolio/export.ts';
import { PortfolioPage } from './portfolio/page.tsx';
import { RolloutList } from './rollout/list.tsx';
import { RolloutView } from './rollout/page.tsx';
import { Comparison } from './runs/compare.tsx';
import { RunList } from './runs/list.tsx';
import { RunView } from './runs/page.tsx';
import { action, page, type PageCall } from './secured-page.tsx';
import { SnapshotView } from './snapshot/page.tsx';
import { VersionView } from './version/page.tsx';
import { cut } from '../domain/words/cut.ts';
import { charsMax } from '../domain/words/limits.ts';

type Form = ReadonlyMap<string, string>;

/** Pages about one thing each: a version, a dataset, a rollout, a run; and those that look back: audit, portfolio. */
export function morePageRoutes(app: Api, dependencies: ApiDependencies): void {
  versionRoutes(app, dependencies);
  rolloutRoutes(app, dependencies);
  runRoutes(app, dependencies);
  page(app, dependencies, '/snapshots/{digest}', async (call) => {
    const input = { digest: call.path('digest'), withRows: call.query('rows') === '1' };
    return render(SnapshotView({ call, shown: await snapshotPage(call.command, input, dependencies.store ?? null) }));
  });
  auditRoutes(app, dependencies);
  page(app, dependencies, '/portfolio', async (call) =>
    render(PortfolioPage({ call, ...(await portfolioShown(call.command, periodOf(call))) })),
  );
  page(app, dependencies, '/portfolio/export', async (call) =>
    portfolioFile((await portfolioShown(call.command, periodOf(call))).portfolio),
  );
}

function versionRoutes(app: Api, dependencies: ApiDependencies): void {
  const base = '/models/{name}/versions/{version}';
  page(app, dependencies, base, async (call) =>
    render(VersionView({ call, shown: await versionPage(call.command, versionIn(call)) })),
  );
  page(app, dependencies, `${base}/card.md`, async (call) => {
    const { model, version } = versionIn(call);
    const { card } = await versionPage(call.command, { model, version });
    return new Response(card, {
      headers: {
        'content-type': 'text/markdown; charset=utf-8',
        'content-disposition': attachment(`${model}-v${version}-card.md`),
      },
    });
  });
  page(app, dependencies, `${base}/model.onnx`, async (call) => {
    const { model, version } = versionIn(call);
    if (dependencies.store === undefined)
      throw new PerennialError('unavailable', 'This process has no artifact store, so it cannot give the file.');
    const file = await versionFile(call.command, { model, version }, dependencies.store);
    const { size } = await stat(file.path);
    // A web stream of Node is one of the platform; the two declarations differ in name only.
    const body = Readable.toWeb(createReadStream(file.path)) as ReadableStream<Uint8Array>;
    return new Response(body, {
      headers: {
        'content-type': 'application/octet-stream',
        'content-length': String(size),
        'content-disposition': attachment(`${model}-v${version}.onnx`),
        'repr-digest': `sha-256=:${Buffer.from(file.digest, 'hex').toString('base64')}:`,
      },
    });
  });
  action(app, dependencies, `${base}/annotate`, async (call, form) => {
    const { model, version } = versionIn(call);
    const kind = annotationKinds.find((one) => one === form.get('kind')) ?? 'note';
    await annotate(call.command, { model, version, kind, text: (form.get('text') ?? '').trim() });
    return { to: `${versionPath(model, version)}#annotations`, notice: `The ${kind} is written.` };
  });
  action(app, dependencies, `${base}/take-back`, async (call, form) => {
    const { model, version } = versionIn(call);
    await removeAnnotation(call.command, { annotationId: wholeIn(form.get('annotation'), 'annotation'), model });
    return { to: `${versionPath(model, version)}#annotations`, notice: 'It is taken back.' };
  });
}

function rolloutRoutes(app: Api, dependencies: ApiDependencies): void {
  const base = '/models/{name}/rollouts/{version}/{attempt}';
  page(app, dependencies, '/rollouts', async (call) => {
    const model = text(call, 'model');
    return render(RolloutList({ call, model, ...(await rolloutsShown(call.command, { model })) }));
  });
  page(app, dependencies, base, async (call) =>
    render(RolloutView({ call, shown: await rolloutPage(call.command, rolloutIn(call)) })),
  );
  for (const [name, verb] of Object.entries({ approve, abort })) {
    action(app, dependencies, `${base}/${name}`, async (call, form) => decided(call, form, name, verb));
  }
  action(app, dependencies, `${base}/rollback`, async (call, form) => {
    const key = rolloutIn(call);
    const { page: found } = await rolloutPage(call.command, key);
    const done = await rollback(call.command, { ...commandOf(key.model, form), toVersion: found.row.baseVersion });
    return { to: rolloutPath(key.model, key.version, key.attempt), notice: done.text };
  });
}

/** A person's word about the rollout of this page: never about another one that has taken the slot meanwhile. */
async function decided(
  call: PageCall,
  form: Form,
  name: string,
  verb: (context: CommandContext, input: CommandInput) => Promise<{ readonly text: string }>,
) {
  const key = rolloutIn(call);
  const { page: found } = await rolloutPage(call.command, key);
  const isOpen = found.row.status === 'active' || found.row.status === 'held';
  refuseOther(isOpen ? key : null, key, name);
  const done = await verb(call.command, commandOf(key.model, form));
  return { to: rolloutPath(key.model, key.version, key.attempt), notice: `${done.text}.` };
}

function runRoutes(app: Api, dependencies: ApiDependencies): void {
  page(app, dependencies, '/runs', async (call) => {
    const query: RunQuery = {
      model: text(call, 'model'),
      kind: text(call, 'kind'),
      status: text(call, 'status'),
      trigger: text(call, 'trigger'),
      since: text(call, 'since'),
      cursor: text(call, 'cursor'),
    };
    return render(RunList({ call, query, shown: await runsShown(call.command, query) }));
  });
  page(app, dependencies, '/runs/view', async (call) =>
    render(RunView({ call, shown: await runShown(call.command, { runId: required(call, 'id') }) })),
  );
  page(app, dependencies, '/runs/compare', async (call) =>
    render(
      Comparison({
        call,
        shown: await comparisonShown(call.command, { a: required(call, 'a'), b: required(call, 'b') }),
      }),
    ),
  );
  action(app, dependencies, '/runs/reset', async (call, form) => {
    const runId = required(call, 'id');
    const done = await resetRun(call.command, {
      runId,
      beforeEventId: wholeIn(form.get('before'), 'before'),
      key: form.get('key') ?? null,
      reason: reasonIn(form),
    });
    return { to: runPath(runId), notice: `${done.text}.` };
  });
}

function auditRoutes(app: Api, dependencies: ApiDependencies): void {
  page(app, dependencies, '/audit', async (call) => {
    const query = auditQueryOf(call);
    const model = text(call, 'champion');
    const champion = model === null ? null : await championThen(call.command, { model, at: text(call, 'at') });
    const verified = call.query('verify') === '1' ? await verifyShown(call.command, text(call, 'after')) : null;
    return render(AuditPage({ call, query, champion, verified, shown: await auditShown(call.command, query) }));
  });
  page(app, dependencies, '/audit/export', (call) =>
    auditFile(auditExport(call.command, auditQueryOf(call)), call.query('format') === 'ndjson' ? 'ndjson' : 'csv'),
  );
  page(app, dependencies, '/audit/evidence', async (call) =>
    render(
      EvidenceView({ call, line: await evidenceShown(call.command, { evidenceId: Number(required(call, 'id')) }) }),
    ),
  );
}

function auditQueryOf(call: PageCall): AuditQuery {
  return {
    model: text(call, 'model'),
    type: text(call, 'type'),
    actor: text(call, 'actor'),
    subject: text(call, 'subject'),
    since: text(call, 'since'),
    until: text(call, 'until'),
    before: text(call, 'before'),
  };
}

function periodOf(call: PageCall) {
  return { days: text(call, 'days'), from: text(call, 'from'), to: text(call, 'to') };
}

function versionIn(call: PageCall): OfVersion {
  return { model: call.path('name'), version: numberOf(call.path('version')) };
}

function rolloutIn(call: PageCall): RolloutKey {
  return { model: call.path('name'), version: numberOf(call.path('version')), attempt: numberOf(call.path('attempt')) };
}

/** A part of a path; what is no number of ours names nothing that exists, and 0 is never handed out. */
function numberOf(part: string): number {
  return /^[1-9]\d{0,8}$/.test(part) ? Number(part) : 0;
}

/** An empty box of a form is no filter. */
function text(call: PageCall, name: string): string | null {
  const value = call.query(name)?.trim() ?? '';
  return value === '' ? null : value.slice(0, charsMax.filter);
}

function required(call: PageCall, name: string): string {
  const value = text(call, name);
  if (value === null)
    throw new PerennialError(
      'invalid_request',
      `The address names no ${name === 'id' ? 'run or evidence' : `run ${name.toUpperCase()}`}.`,
      { path: name, hint: 'Choose from the list at /runs.' },
    );
  return value;
}

function commandOf(model: string, form: Form): CommandInput {
  return { model, key: form.get('key') ?? null, reason: reasonIn(form) };
}

function reasonIn(form: Form): string {
  const reason = (form.get('reason') ?? '').trim();
  if (reason.length >= 3) return cut(reason, charsMax.formReason);
  throw new PerennialError('invalid_request', 'A reason is missing.', {
    path: 'reason',
    hint: 'Say in a few words why; it stands in the audit.',
  });
}

function wholeIn(value: string | undefined, name: string): number {
  if (value !== undefined && /^[1-9]\d{0,14}$/.test(value)) return Number(value);
  throw new PerennialError('invalid_request', `No ${name} was chosen.`, {
    path: name,
    hint: 'Load the page again and choose one.',
  });
}

/** Names of models hold letters, digits, `.`, `-` and `_`; anything else must not end the header's quote. */
function attachment(name: string): string {
  return `attachment; filename="${name.replaceAll(/[^A-Za-z0-9._-]/g, '_')}"`;
}
