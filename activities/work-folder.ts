import { mkdir, rm } from 'node:fs/promises';
import path from 'node:path';
import { Context } from '@temporalio/activity';

/** Lends an empty folder to one attempt of an activity, and removes it whatever happens. */
export async function withWorkFolder<Result>(
  of: { readonly workDir: string; readonly kind: string; readonly model: string },
  work: (folder: string) => Promise<Result>,
): Promise<Result> {
  const info = Context.current().info;
  const safeModel = of.model.replace(/[^a-z0-9.-]/g, '_');
  const task = info.base64TaskToken.slice(-12).replace(/[^A-Za-z0-9]/g, '_');
  const folder = path.join(of.workDir, `${of.kind}-${safeModel}-${task}-${info.attempt}`);
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  try {
    return await work(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
