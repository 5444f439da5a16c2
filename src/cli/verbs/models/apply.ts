import { applyAnswer, specView, type ApplyAnswer, type PinnedView } from '../../../contracts/http/answers.ts';
import { applyViewAnswer, type ApplyViewAnswer } from '../../../contracts/http/data/feature-views.ts';
import { parseView } from '../../../contracts/spec/view-spec.ts';
import { sayModelProcess } from '../../../domain/spec/parts/model-process.ts';
import { sayServed } from '../../../domain/spec/served-rules.ts';
import { parseSpec } from '../../../contracts/spec/parse-spec.ts';
import { PerennialError } from '../../../domain/words/errors.ts';
import { sayRetrain } from '../../../domain/spec/parts/say-retrain.ts';
import { sayExternal } from '../../../domain/spec/external/say-external.ts';
import { isExternal, isSearch, isTrainable } from '../../../domain/spec/trainer-spec.ts';
import { saySearched } from '../../../domain/spec/search/say-searched.ts';
import { describeRetention } from '../../../domain/spec/default-retention.ts';
import { describeChange } from '../../../domain/spec/diff-spec.ts';
import { loadDefinitions } from '../../../stack/load-definitions.ts';
import { request } from '../../../stack/request.ts';
import { findStack } from '../../../stack/find-stack.ts';
import type { Verb } from '../../line/verb.ts';
import { checkSources } from './check-source.ts';

/** The entity tag of the current definition, if it is the revision that was named. */
async function tagOf(
  stack: { readonly controlUrl: string; readonly token: string },
  name: string,
  revision: number,
): Promise<string> {
  const current = await request(specView, {
    method: 'GET',
    url: `${stack.controlUrl}/v1/models/${encodeURIComponent(name)}/spec`,
    token: stack.token,
  });
  if (current.revision === revision) return `"${current.revision}-${current.digest.slice(0, 32)}"`;
  throw new PerennialError('precondition_failed', `"${name}" is at revision ${current.revision}, not ${revision}.`, {
    path: '--if-revision',
  });
}

/** Whether the view has moved on, and how the model is moved after it. */
function sayPinned({ view, revision, newestRevision }: PinnedView, file: string): string {
  const stands = `View ${view}: revision ${revision}`;
  if (newestRevision <= revision) return `${stands}.`;
  return `${stands}; the view is at ${newestRevision} now, which \`perennial apply ${file} --move-views\` takes.`;
}

export const applyVerb: Verb = {
  name: 'apply',
  about: 'Store the definitions in a file as the next revisions of their models and feature views.',
  words: ['<file>'],
  flags: [
    { name: 'export', kind: 'text', value: 'NAME', about: 'The export to take, when several define the same model.' },
    {
      name: 'if-revision',
      kind: 'text',
      value: 'N',
      about: 'Only if revision N is the current one: refused when somebody applied another since.',
    },
    {
      name: 'move-views',
      kind: 'switch',
      about: 'Take the newest revision of each view; without it a model stays with the revisions that it has.',
    },
    { name: 'dry-run', kind: 'switch', about: 'Only check, and look at the first rows of the sources.' },
    { name: 'unchecked', kind: 'switch', about: 'Apply without a look at the first rows of the sources.' },
    { name: 'reason', kind: 'text', about: 'Why; kept with the command.' },
  ],
  examples: [
    'perennial apply models/fraud.ts',
    'perennial apply models/fraud.ts --dry-run',
    'perennial apply fraud --reason "new feature"',
  ],
  async run({ words: [file = ''], config, out, text, isSet }) {
    const definitions = await loadDefinitions(file, config.rootDir, text('export'));
    // Checked before anything is sent, so that a file is applied whole or not at all.
    const specs = definitions.models.map((definition) => parseSpec(definition));
    const views = definitions.views.map((definition) => parseView(definition));
    const stack = await findStack(config);
    const answers: (ApplyAnswer | ApplyViewAnswer)[] = [];
    const revision = text('if-revision');
    if (revision !== null && (specs.length !== 1 || !/^[1-9]\d{0,8}$/.test(revision))) {
      throw new PerennialError(
        'invalid_request',
        `--if-revision takes a number, and a file with one definition; there are ${specs.length}.`,
        { path: '--if-revision' },
      );
    }
    // All of them before the first is sent: what is wrong changes nothing.
    const checks = isSet('unchecked') ? [] : await checkSources(stack, [...views, ...specs]);
    for (const { text: said } of checks) out.line(said);
    if (isSet('dry-run')) {
      out.line('Nothing was applied.');
      out.json(checks);
      return;
    }
    // Views first: a model of the same file may take features from them.
    for (const spec of views) {
      const answer = await request(applyViewAnswer, {
        method: 'POST',
        url: `${stack.controlUrl}/v1/views`,
        token: stack.token,
        body: { spec, reason: text('reason') ?? undefined },
      });
      out.line(`${answer.text}.`);
      for (const change of answer.changes) out.line(`  ${describeChange(change)}`);
      answers.push(answer);
    }
    for (const spec of specs) {
      const body = { spec, reason: text('reason') ?? undefined, moveViews: isSet('move-views') };
      const answer = await request(applyAnswer, {
        method: 'POST',
        url: `${stack.controlUrl}/v1/apply`,
        token: stack.token,
        body,
        ifMatch: revision === null ? null : await tagOf(stack, spec.name, Number(revision)),
      });
      out.line(`${answer.text}.`);
      out.line(`  ${describeRetention(spec.retention)}`);
      if (isTrainable(spec.trainer)) out.line(`  ${sayRetrain(spec.retrain)}`);
      for (const change of answer.changes) out.line(`  ${describeChange(change)}`);
      for (const view of answer.views ?? []) out.line(`  ${sayPinned(view, file)}`);
      out.line(`  ${sayServed(spec)}`);
      if (spec.trainer.kind === 'imported') out.line(`  Process: ${sayModelProcess(spec.trainer)}.`);
      if (isExternal(spec.trainer)) for (const line of sayExternal(spec.trainer)) out.line(`  ${line}`);
      if (isSearch(spec.trainer)) for (const line of saySearched(spec.trainer)) out.line(`  ${line}`);
      if (answer.forecast != null) out.line(`  Rollout: ${answer.forecast}`);
      if (answer.link !== null) out.line(`  ${answer.link}`);
      answers.push(answer);
    }
    out.json(answers);
  },
};
