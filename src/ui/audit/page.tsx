import type { AuditQuery, AuditShown, ChampionThen } from '../../commands/pages/audit.ts';
import type { AuditVerified } from '../../contracts/http/audit.ts';
import { Layout } from '../frame/layout.tsx';
import type { PageCall } from '../frame/page-call.ts';
import { ChampionBox } from './champion.tsx';
import { Happened } from './happened.tsx';
import { VerifyBox } from './verify.tsx';

export interface AuditPageProps {
  readonly call: PageCall;
  readonly query: AuditQuery;
  readonly shown: AuditShown;
  readonly champion: ChampionThen | null;
  readonly verified: AuditVerified | null;
}

/** Who did what, when and why; nothing here was ever changed, and the check proves it. */
export function AuditPage({ call, query, shown, champion, verified }: AuditPageProps) {
  return (
    <Layout call={call} title="Audit" section="audit">
      <h1>Audit</h1>
      <div class="grid two">
        <ChampionBox call={call} found={champion} />
        <VerifyBox shown={shown} verified={verified} />
      </div>
      <Happened query={query} shown={shown} />
    </Layout>
  );
}
