import { broken, type Link, links, type Page, pages } from './markdown';

const all = pages();
const found = all.flatMap(links);
const named = (link: Link): [string, Link] => [`${link.file}: ${link.target}`, link];

describe('the links of the documentation', () => {
  it.each(found.map(named))('%s leads to a page and a heading', (_, link) => {
    expect(broken(link)).toBeUndefined();
  });

  // What is published with a package is read where the rest of the repository is not.
  it('stay in the package, where they are published with it', () => {
    const leaving = found.filter(({ file, path }) => {
      const [folder, name] = file.split('/');
      return folder === 'packages' && !path.startsWith(`${folder}/${name}/`);
    });
    expect(leaving.map(({ file, target }) => `${file}: ${target}`)).toEqual([]);
  });
});

describe('what looks at links', () => {
  const page = (text: string): Page => ({ file: 'docs/page.md', text });
  const complaints = (text: string) => links(page(text)).map(broken);

  it.each<[string, string, string[]]>([
    ['a page that is not there', '[x](nowhere.md)', ['leads nowhere']],
    ['a page outside of the repository', '[x](../../elsewhere.md)', ['leads nowhere']],
    ['a heading that is not there', '[x](differences.md#nothing)', ['has no such heading']],
  ])('finds %s', (_, text, expected) => {
    expect(complaints(text)).toEqual(expected);
  });

  it('passes over pages of the web, and over code', () => {
    expect(complaints('[x](https://example.com/a)\n\n```md\n[x](nowhere.md)\n```\n')).toEqual([]);
  });
});
