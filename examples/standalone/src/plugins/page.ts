import { createHash } from 'node:crypto';
import type { Entity } from './entities';

const style = `
  body { max-width: 40rem; margin: 4rem auto; padding: 0 1rem; font: 1rem/1.6 system-ui, sans-serif;
    color: #1f2933; background: #f7f8fa; }
  main { padding: 1rem 2rem 2rem; background: #fff; border: 1px solid #dde1e6; border-radius: 0.5rem; }
  h1 { font-size: 1.5rem; }
  table { width: 100%; border-collapse: collapse; }
  th, td { padding: 0.4rem 0; text-align: left; border-bottom: 1px solid #eceff2; }
  th { font-weight: 600; color: #5a6672; }
`;

/** Nothing is loaded or run but the style below, and the page is nobody else's to keep or to frame. */
export const pageHeaders = {
  'Content-Type': 'text/html; charset=utf-8',
  'Content-Security-Policy': [
    "default-src 'none'",
    `style-src 'sha256-${createHash('sha256').update(style).digest('base64')}'`,
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join('; '),
  'Cache-Control': 'no-store',
  'Referrer-Policy': 'no-referrer',
  'X-Content-Type-Options': 'nosniff',
};

/** Renders the page that greets a user. */
export function renderPage(options: {
  userEntityRef: string;
  visit: number;
  entities: Entity[];
}): string {
  const { userEntityRef, visit, entities } = options;
  const rows = entities.map(
    ({ ref, owner }) => `<tr><td>${escape(ref)}</td><td>${escape(owner)}</td></tr>`,
  );
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>My plugin</title>
<style>${style}</style>
</head>
<body>
<main>
<h1>Hello, ${escape(userEntityRef)}</h1>
<p>Your cookie opened this page. This is visit number ${visit}.</p>
<table>
<thead><tr><th>What the catalog shows you</th><th>Owner</th></tr></thead>
<tbody>
${rows.join('\n')}
</tbody>
</table>
</main>
</body>
</html>
`;
}

const characterReferences: Record<string, string> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** Writes a text so that it is nothing but text in HTML, between tags and in quoted attributes. */
function escape(text: string): string {
  return text.replace(/[&<>"']/g, character => characterReferences[character] ?? '');
}
