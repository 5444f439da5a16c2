import { z } from 'zod';
import {
  externalProgressSchema,
  externalReportSchema,
  externalTaskSchema,
} from '../../src/contracts/spec/external-folder.ts';

/** A JSON schema that stands in the documents, for programs that do not share our code. */
export interface HouseSchema {
  readonly page: string;
  readonly schema: z.ZodType;
}

export const houseSchemas: readonly HouseSchema[] = [
  { page: 'docs/schemas/trainer-spec.schema.json', schema: externalTaskSchema },
  { page: 'docs/schemas/trainer-progress.schema.json', schema: externalProgressSchema },
  { page: 'docs/schemas/trainer-report.schema.json', schema: externalReportSchema },
];

export function textOfSchema({ schema }: HouseSchema): string {
  return `${JSON.stringify(z.toJSONSchema(schema, { target: 'draft-2020-12', io: 'input' }), null, 2)}\n`;
}
