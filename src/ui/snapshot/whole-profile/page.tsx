import type { SnapshotProfileAnswer } from '../../../contracts/http/data/snapshot-profile.ts';
import { Layout } from '../../frame/layout.tsx';
import { many, modelPath, number, rows } from '../../words/format.ts';
import { Digest } from '../../words/state.tsx';
import { Associations } from './associations.tsx';
import { Columns } from './columns.tsx';
import { DriftInside } from './drift.tsx';
import { Leakage, type LeakageProps } from './leakage.tsx';
import { Gaps } from './missing.tsx';
import { Repeats } from './repeats.tsx';
import { Time } from './time.tsx';

export interface ProfileProps extends Pick<LeakageProps, 'call' | 'allowances'> {
  readonly answer: SnapshotProfileAnswer;
}

/** What a first notebook about a dataset would show. */
export function ProfileView({ call, answer, allowances }: ProfileProps) {
  const { digest, model, snapshots, profile } = answer;
  const short = digest.slice(0, 12);
  return (
    <Layout
      call={call}
      title={`Profile of snapshot ${short} of ${model}`}
      section="home"
      crumbs={[
        { text: 'Models', href: '/' },
        { text: model, href: modelPath(model) },
        { text: `snapshot ${short}`, href: `/snapshots/${digest}` },
        { text: 'profile' },
      ]}
    >
      <h1>
        Profile of snapshot <Digest of={digest} /> of {model}
      </h1>
      <p>
        {rows(profile.rows)} of {many(snapshots, 'snapshot')}, as a training would read them. Counts are of all rows;
        quantiles, histograms, pairs, drift and suspicions are of{' '}
        {profile.sample.everyNth === 1
          ? 'all rows as well'
          : `a sample of ${rows(profile.sample.rows)}, about one in ${number(profile.sample.everyNth)}`}
        . <a href={`/v1/snapshots/${digest}/profile`}>The same as JSON</a>, for programs.
      </p>
      <Leakage call={call} digest={digest} model={model} profile={profile} allowances={allowances} />
      <div class="grid two">
        <Repeats profile={profile} />
        <Gaps profile={profile} />
      </div>
      <Time profile={profile} />
      <Associations profile={profile} />
      <DriftInside profile={profile} />
      <Columns profile={profile} />
    </Layout>
  );
}
