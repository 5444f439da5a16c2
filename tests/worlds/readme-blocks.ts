/** One fenced block of a Markdown file, with what the comment above it says about running it. */
export interface Block {
  readonly language: string;
  readonly text: string;
  /** Line of its fence, from 1. */
  readonly line: number;
  /** The `<!-- readme: … -->` comment above it: words, and `key="value"` pairs. */
  readonly notes: ReadonlyMap<string, string>;
}

const fence = /^```(\w*)\s*$/;
const comment = /^<!-- readme: (.*) -->$/;

/** The fenced blocks of a Markdown text, in order. Throws for a fence that is not closed. */
export function blocksOf(markdown: string): readonly Block[] {
  const blocks: Block[] = [];
  let open: { language: string; line: number; lines: string[] } | null = null;
  let notes = new Map<string, string>();
  markdown.split('\n').forEach((line, index) => {
    const mark = fence.exec(line);
    if (open !== null) {
      if (mark === null) open.lines.push(line);
      else {
        blocks.push({ language: open.language, text: open.lines.join('\n'), line: open.line, notes });
        open = null;
        notes = new Map();
      }
      return;
    }
    const said = comment.exec(line);
    if (said !== null) notes = notesOf(said[1] ?? '');
    else if (mark !== null) open = { language: mark[1] ?? '', line: index + 1, lines: [] };
    else if (line.trim() !== '') notes = new Map();
  });
  if (open !== null) throw new Error('a fence is not closed');
  return blocks;
}

function notesOf(text: string): Map<string, string> {
  const found = new Map<string, string>();
  for (const [, key = '', value = ''] of text.matchAll(/([\w-]+)(?:="([^"]*)")?/g))
    found.set(key, value.replaceAll('&quot;', '"'));
  return found;
}

/** The blocks of the README's first section, the two commands; the others assume no more than a fresh clone either. */
export function firstBlocks(markdown: string): readonly Block[] {
  return blocksOf(markdown.slice(0, markdown.indexOf('\n## What you will see')));
}
