import { Context } from '@temporalio/activity';

export interface RunOfActivity {
  readonly workflowId: string;
  readonly runId: string;
}

/** The execution that asked for the activity which runs now. */
export function runOfActivity(): RunOfActivity {
  const { workflowExecution } = Context.current().info;
  if (workflowExecution === undefined) throw new Error('no workflow asked for this activity');
  return workflowExecution;
}
