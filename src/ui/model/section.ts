import type { ModelView } from '../../commands/pages/model.ts';
import type { PageCall } from '../frame/page-call.ts';

/** What a section of the page is given. */
export interface SectionProps {
  readonly call: PageCall;
  readonly name: string;
  readonly view: ModelView;
}
