/** What a command answers, as a sentence of its own. */
export function sentence({ text }: { readonly text: string }): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}.`;
}
