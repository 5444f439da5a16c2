/** Of the page that stands for itself: readable on a screen, light or dark, and on paper. */
export const cardStyle = `
:root { color-scheme: light dark; }
body { margin: 0; font: 16px/1.5 system-ui, sans-serif; }
main { max-width: 60rem; margin: 0 auto; padding: 2rem 1rem; }
h1 { font-size: 1.6rem; line-height: 1.2; }
h2 { font-size: 1.2rem; margin-top: 2rem; border-bottom: 1px solid; }
table { border-collapse: collapse; width: 100%; font-size: 0.9rem; }
th, td { text-align: left; padding: 0.25rem 0.75rem 0.25rem 0; border-bottom: 1px solid #8888; vertical-align: top; }
code { font-size: 0.9em; overflow-wrap: anywhere; }
svg { display: block; width: 100%; max-width: 24rem; height: auto; }
@media print {
  body { font-size: 10pt; }
  main { max-width: none; padding: 0; }
  section, tr { break-inside: avoid; }
}
`;
