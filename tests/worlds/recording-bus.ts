import type { Command, CommandBus, RunStep } from '../../src/domain/record/messages.ts';
import type { PerennialError } from '../../src/domain/words/errors.ts';

/** Keeps what it is told; `refusal` is thrown instead when set. */
export class RecordingBus implements CommandBus {
  readonly delivered: Command[] = [];
  readonly ensured: string[] = [];
  refusal: PerennialError | null = null;

  async deliver(given: Command): Promise<{ accepted: true; text: string }> {
    if (this.refusal !== null) throw this.refusal;
    this.delivered.push(given);
    return { accepted: true, text: `${given.kind} received` };
  }

  async ensureModel(model: string): Promise<void> {
    this.ensured.push(model);
  }

  uiUrl(id: string): string {
    return `http://ui/${id}`;
  }

  async nudge(): Promise<boolean> {
    return true;
  }

  async steps(): Promise<readonly RunStep[]> {
    return [];
  }

  async reset(): Promise<void> {
    throw new Error('nothing may be reset here');
  }
}
