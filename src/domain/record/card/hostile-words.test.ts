import { expect, test } from 'vitest';
import { fact, list, paragraph, table, type CardDocument } from './card-document.ts';
import { cardPolicy, writeHtml } from './write-html.ts';
import { writeMarkdown } from './write-markdown.ts';

const hostile = [
  '<script>alert(1)</script>',
  '"><img src=x onerror=alert(1)>',
  "' onmouseover='alert(1)",
  '[here](https://evil.example)',
  '![x](https://evil.example/pixel.png)',
  'see https://evil.example or www.evil.example',
  '<https://evil.example>',
  '# a heading',
  '- a list',
  '1. a list',
  '---',
  '===',
  '> a quote',
  '| a | table |',
  '```\ncode\n```',
  '`code`',
  '**bold** _italic_ ~~gone~~',
  '&lt;script&gt; &#60;',
  'two\nlines\r\n\r\n## and a heading',
  '\u202egnp.exe\u0000\u001b[31m',
  '\\',
  '${7*7} {{7*7}}',
];

function everywhere(text: string): CardDocument {
  return {
    title: text,
    lead: [text],
    sections: [
      {
        id: 'a',
        title: text,
        blocks: [
          paragraph(text, { code: text }, { strong: text }),
          list([[text], fact(text, text), [{ code: text }]]),
          table([text, 'b'], [[[text], [{ code: text }]]]),
        ],
      },
    ],
  };
}

const tagsOf = (html: string): readonly string[] => [...html.matchAll(/<\/?[a-z!][^>]*>/gi)].map(([tag]) => tag);

test.each(hostile)('%j is text in HTML and nothing else', (text) => {
  const html = writeHtml(everywhere(text));
  // Whatever it says, the page has the tags that it has for a harmless word.
  expect(tagsOf(html)).toEqual(tagsOf(writeHtml(everywhere('word'))));
  // oxlint-disable-next-line no-control-regex -- they are what must not be there
  expect(html).not.toMatch(/[\u0000-\u0008\u001b\u202e]/);
});

test.each(hostile)('%j is text in Markdown and nothing else', (text) => {
  const markdown = writeMarkdown(everywhere(text));
  expect(markdown.split('\n')).toHaveLength(writeMarkdown(everywhere('word')).split('\n').length);
  const bare = markdown.replaceAll(/`[^`]*`/g, '').replaceAll(/\\./g, 'x');
  expect(bare).not.toMatch(/[<[\]]|https?:|www\.|~~|&[a-z#]/i);
  // Of every line only what the card itself begins it with.
  for (const line of bare.split('\n')) expect(line).toMatch(/^(# |## |- (?![-+=#>])|\| |\|---|(?!\d+[.)])[^-+=#>|]|$)/);
});

test('the page may load nothing, and names nothing to load', () => {
  const html = writeHtml(everywhere('word'));
  expect(html).toContain(`<meta http-equiv="content-security-policy" content="${cardPolicy}">`);
  expect(html).not.toMatch(/<(script|link|img|iframe|object|a)\b|url\(|@import|https?:/i);
});
