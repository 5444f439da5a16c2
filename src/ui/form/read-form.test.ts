import { expect, test } from 'vitest';
import { annotationKind, commandFields, text, ticked, whole, wholeOrNull } from './fields.ts';
import { readFields, readForm } from './read-form.ts';

const fields = { ...commandFields, note: text, isForced: ticked, kind: annotationKind };

function request(body: string, type = 'application/x-www-form-urlencoded'): Request {
  return new Request('http://localhost/', { method: 'POST', headers: { 'content-type': type }, body });
}

test('a form is read by its fields: trimmed, the first value of each, and nothing that no field names', async () => {
  const form = await readForm(request('reason=+because+&reason=no&key=0123-4567&isForced=yes&csrf=x&kind=poem'));
  expect(readFields(form, fields)).toEqual({
    reason: 'because',
    key: '0123-4567',
    note: '',
    isForced: true,
    kind: 'note',
  });
});

test('a key that is none of ours makes no two commands one', () => {
  const read = (key: string) => readFields(new Map([['key', key]]), { key: commandFields.key }).key;
  expect([read('short'), read('a b c d e f'), read('x'.repeat(65))]).toEqual([null, null, null]);
});

test.each([
  [{}, 'No step was chosen.', 'Load the page again and choose one.'],
  [{ step: ' ' }, 'No step was chosen.', 'Load the page again and choose one.'],
  [{ step: '0' }, '"0" is no number.', 'Use the form of the page.'],
  [{ step: `1${'0'.repeat(60)}` }, `"1${'0'.repeat(38)}…" is no number.`, 'Use the form of the page.'],
])('%j names no step', (given: Record<string, string>, message, hint) => {
  expect(() => readFields(new Map(Object.entries(given)), { step: whole('step') })).toThrow(
    expect.objectContaining({ code: 'invalid_request', message, hint, path: 'step' }),
  );
});

test('a list that offers no choice may be left alone', () => {
  expect(readFields(new Map([['version', '7']]), { version: wholeOrNull })).toEqual({ version: 7 });
  expect(readFields(new Map(), { version: wholeOrNull })).toEqual({ version: null });
});

test('the first field that is wrong says so, with what to do', () => {
  expect(() => readFields(new Map([['reason', '  a ']]), { ...commandFields, step: whole('step') })).toThrow(
    expect.objectContaining({ message: 'A reason of at least three characters is needed.', path: 'reason' }),
  );
});

test.each([
  [request('{}', 'application/json'), 'The body is not a form.'],
  [request('a=%00'), 'The form holds a character that is no text (U+0000).'],
  [request(`a=${'x'.repeat(70_000)}`), 'The form is larger than 65536 bytes.'],
  [request(Array.from({ length: 201 }, (_, i) => `f${i}=1`).join('&')), 'The form is larger than 65536 bytes.'],
])('what is no form of ours is refused', async (given, message) => {
  await expect(readForm(given)).rejects.toThrow(message);
});
