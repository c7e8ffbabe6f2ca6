import { createHash } from 'node:crypto';
import { pageHeaders, renderPage } from './page';

const markup = `<script>alert("1")</script>&'`;
const harmless = '&lt;script&gt;alert(&quot;1&quot;)&lt;/script&gt;&amp;&#39;';

it('writes whatever it shows as text', () => {
  const html = renderPage({
    userEntityRef: markup,
    visit: 3,
    entities: [{ ref: markup, owner: markup, public: true }],
  });
  expect(html).toContain(`<h1>Hello, ${harmless}</h1>`);
  expect(html).toContain(`<tr><td>${harmless}</td><td>${harmless}</td></tr>`);
  expect(html).not.toContain('<script');
});

it('allows the browser its own style, by digest, and nothing else', () => {
  const html = renderPage({ userEntityRef: 'user:default/jane', visit: 1, entities: [] });
  const [, style = ''] = /<style>([^]*)<\/style>/.exec(html) ?? [];
  const digest = createHash('sha256').update(style).digest('base64');
  expect(pageHeaders['Content-Security-Policy']).toBe(
    `default-src 'none'; style-src 'sha256-${digest}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`,
  );
});
