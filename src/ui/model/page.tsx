import { saySuccess } from '../../domain/spec/gates/success-criterion.ts';
import { isOpenRollout, type OpenRolloutStatus } from '../../domain/rollout/routing.ts';
import { modelPageOf, type ModelView } from '../../commands/pages/model.ts';
import { wordsOf } from '../../db/people/annotations.ts';
import { PerennialError } from '../../domain/words/errors.ts';
import { Layout } from '../frame/layout.tsx';
import { render } from '../frame/render.ts';
import type { PageCall } from '../frame/page-call.ts';
import { stageWord } from '../words/stage.ts';
import { AbTestsSection } from './trials/ab-tests-section.tsx';
import { Actions } from './actions.tsx';
import { ArrivalSection } from './arrival-section.tsx';
import { Champions } from './champions.tsx';
import { Decisions } from './decisions.tsx';
import { DriftSection } from './drift/drift-section.tsx';
import { Now } from './now.tsx';
import { Decayed } from './quality/decayed.tsx';
import { QualitySection } from './quality/quality-section.tsx';
import { Slices } from './quality/slices.tsx';
import { RolloutsSection } from './trials/rollouts-section.tsx';
import { SourceSection } from './source-section.tsx';
import { TrafficSection } from './traffic-section.tsx';
import { ViewsSection } from './views-section.tsx';
import { ValueSection } from './value-section.tsx';
import { VersionsSection } from './versions-section.tsx';
import { Words } from './words.tsx';
import { cut } from '../../domain/words/cut.ts';
import type { SectionProps } from './section.ts';

const freshSeconds = 15;

/** One model: what it does now, how good it is and was, why everything happened, and what a person may do. */
export async function modelPage(call: PageCall): Promise<Response> {
  const name = call.path('name');
  const view = await modelPageOf(call.command, {
    model: name,
    windowsBefore: windowsBefore(call),
    at: instantOf(call),
  });
  const props: SectionProps = { call, name, view };
  return render(
    <Layout
      call={call}
      title={name}
      section="home"
      crumbs={[{ text: 'Models', href: '/' }, { text: name }]}
      freshSeconds={freshSeconds}
    >
      <Head {...props} />
      <Sections />
      <Figures {...props} />
      <Champions {...props} />
      <Words {...props} />
      <Actions {...props} />
    </Layout>,
  );
}

function Head(props: SectionProps) {
  const { name, view } = props;
  const words = wordsOf(view.annotations);
  const stage = stageWord(view.entry, openStatus(view));
  return (
    <div data-live="head">
      <div class="row spread">
        <h1>
          {name} <span class={`state ${stage.kind}`}>{stage.word}</span>
          {view.row.pausedBy === null ? null : <span class="state warn">paused</span>}
        </h1>
        <span class="row">
          {words.tags.map((tag) => (
            <a class="tag" href={`/?tag=${encodeURIComponent(tag)}`}>
              {tag}
            </a>
          ))}
        </span>
      </div>
      <p>
        Predicts <b>{view.outline.target.column}</b> ({view.outline.target.task}).{' '}
        {words.description ?? view.outline.about.useCase}
      </p>
      <p class="small dim">
        Owner {words.owner ?? view.outline.about.owner} · it is a success when: {saySuccess(view.outline.about)}
        {view.outline.about.replaces === undefined ? '' : ` · replaces ${view.outline.about.replaces}`}
        {view.outline.isNeverRetrained ? ' · served and watched only: no retrain rule is on' : ''}
      </p>
      <Now {...props} />
    </div>
  );
}

const sections = [
  ['value', 'Value'],
  ['quality', 'Quality'],
  ['arrival', 'Labels'],
  ['drift', 'Drift'],
  ['traffic', 'Traffic'],
  ['source', 'Source'],
  ['decisions', 'Decisions'],
  ['rollouts', 'Rollouts'],
  ['ab-tests', 'A/B tests'],
  ['versions', 'Versions'],
  ['champions', 'Champions'],
  ['words', 'Notes'],
  ['actions', 'Actions'],
] as const;

function Sections() {
  return (
    <nav class="row small" aria-label="On this page">
      {sections.map(([id, text]) => (
        <a href={`#${id}`}>{text}</a>
      ))}
    </nav>
  );
}

function Figures(props: SectionProps) {
  return (
    <div data-live="figures">
      <div class="grid two">
        <ValueSection {...props} />
        <QualitySection {...props} />
        <ArrivalSection {...props} />
      </div>
      <Decayed {...props} />
      <Slices {...props} />
      <DriftSection {...props} />
      <TrafficSection {...props} />
      <SourceSection {...props} />
      <ViewsSection {...props} />
      <Decisions {...props} />
      <RolloutsSection {...props} />
      <AbTestsSection {...props} />
      <VersionsSection {...props} />
    </div>
  );
}

function openStatus(view: Pick<ModelView, 'rollouts'>): OpenRolloutStatus | null {
  return view.rollouts.map((rollout) => rollout.status).find(isOpenRollout) ?? null;
}

function windowsBefore(call: PageCall): number | null {
  const given = call.query('windows');
  return given !== null && /^[1-9]\d{0,8}$/.test(given) ? Number(given) : null;
}

/** `2026-05-03T14:03` as a browser's field gives it is read as UTC, which the label says. */
function instantOf(call: PageCall): Date | null {
  const given = call.query('at');
  if (given === null || given === '') return null;
  const at = new Date(/[zZ]|[+-]\d\d:?\d\d$/.test(given) ? given : `${given}Z`);
  if (Number.isNaN(at.getTime()))
    throw new PerennialError('invalid_request', `"${cut(given, 40)}" is no date and time.`, {
      path: 'at',
      hint: 'Write it like 2026-05-03T14:03.',
    });
  return at;
}
