import { z } from 'zod';
import { refusedPorts } from '../domain/words/refused-ports.ts';

export const text = z.string().optional();

export function integer(fallback: number, min: number, max: number): z.ZodType<number, string | undefined> {
  const message = `must be an integer from ${min} to ${max}`;
  return z
    .string()
    .regex(/^\d{1,9}$/, message)
    .default(String(fallback))
    .transform(Number)
    .refine((value) => value >= min && value <= max, message);
}

export const port = (fallback: number) => integer(fallback, 1, 65_535);

/** A port that is asked over HTTP. */
export const httpPort = (fallback: number) =>
  port(fallback).refine((value) => !refusedPorts.has(value), 'must be a port that browsers and fetch do not refuse');

export function url(protocols: readonly string[]): z.ZodType<string | undefined, string | undefined> {
  const message = `must be a URL that begins with ${protocols.map((protocol) => `${protocol}//`).join(' or ')}`;
  return z
    .string()
    .refine((value) => URL.canParse(value) && protocols.includes(new URL(value).protocol), message)
    .optional();
}

export const httpUrl = url(['http:', 'https:']);

export const amount = z
  .string()
  .regex(/^\d{1,9}(\.\d{1,6})?$/, 'must be an amount such as 0.35')
  .transform(Number)
  .optional();

/** Origins of web pages, separated by commas. */
export const origins = z
  .string()
  .refine(
    (value) => listOf(value).every(isOrigin),
    'must be a comma-separated list of origins such as https://shop.example, without paths',
  )
  .optional();

/** The parts of a comma-separated list, none of them empty. */
export function listOf(text: string | undefined): readonly string[] {
  return (text ?? '')
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '');
}

/** Exactly as a browser sends it: a path or a slash at the end would never match. */
function isOrigin(text: string): boolean {
  return URL.canParse(text) && /^https?:$/.test(new URL(text).protocol) && new URL(text).origin === text;
}
