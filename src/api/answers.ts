import type { z } from 'zod';
import { problemSchema } from '../contracts/http/problem.ts';

/** The `responses` of a route: its good answer, and the one form of every bad one. */
export function answers<Schema extends z.ZodType>(schema: Schema, description: string) {
  return {
    200: { description, content: { 'application/json': { schema } } },
    default: {
      description: 'What went wrong, and what to do.',
      content: { 'application/problem+json': { schema: problemSchema } },
    },
  } as const;
}

/** As `answers`, for a route whose good answer is a file. */
export function fileAnswer(description: string) {
  return {
    200: {
      description,
      content: { 'application/octet-stream': { schema: { type: 'string', format: 'binary' } as const } },
    },
    default: {
      description: 'What went wrong, and what to do.',
      content: { 'application/problem+json': { schema: problemSchema } },
    },
  } as const;
}

export function jsonBody<Schema extends z.ZodType>(schema: Schema) {
  return { required: true, content: { 'application/json': { schema } } } as const;
}
