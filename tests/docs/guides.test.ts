import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { AuthErrorCode } from '@stagepass/auth-node';
import { createAuthError } from '@stagepass/auth-node/internal';
import { projectFiles, root } from '../projectFiles';
import { anchors, type Page } from './markdown';

const read = (path: string) => readFileSync(join(root, path), 'utf8');
const guide = (name: string): Page => {
  const file = `docs/guides/${name}.md`;
  return { file, text: read(file) };
};

/** The part of a page below a heading, up to the next one. */
function section({ text }: Page, heading: string): string {
  const [, found] = text.split(new RegExp(`^#+ ${heading}$`, 'm'));
  if (found === undefined) throw new Error(`there is no heading ${heading}`);
  return found.split(/^#+ /m)[0] as string;
}

/** The first cells of the rows of a table, without the marks of code. */
function firstColumn(text: string): string[] {
  const rows = [...text.matchAll(/^\| (.*?) +\|/gm)].map(([, cell = '']) => cell);
  return rows.slice(2).map(cell => cell.replace(/`/g, ''));
}

interface Schema {
  readonly properties?: Record<string, Schema>;
  readonly items?: Schema;
}

/** The paths of all values that a schema knows, `[]` for the entries of a list. */
function paths({ properties, items }: Schema, path = ''): string[] {
  if (items) return paths(items, `${path}[]`);
  if (!properties) return [path];
  return Object.entries(properties).flatMap(([name, schema]) =>
    paths(schema, path ? `${path}.${name}` : name),
  );
}

describe('the guide for operators', () => {
  const operator = guide('operator');

  it('names every configuration key of the schemas, and no other', () => {
    const schemas = projectFiles('packages').filter(file => file.endsWith('config.schema.json'));
    const known = schemas.flatMap(file => paths(JSON.parse(read(file)) as Schema));
    // What `auth` says of user tokens is in the schema of Backstage's auth plugin.
    const elsewhere = ['auth.identityTokenAlgorithm', 'auth.keyStore.static.keys[].algorithm'];
    const named = firstColumn(section(operator, 'Every configuration key'));
    expect(schemas.length).toBeGreaterThanOrEqual(2);
    expect(named.sort()).toEqual([...new Set([...known, ...elsewhere])].sort());
  });

  it('quotes log lines as they are written', () => {
    const sources = projectFiles('packages')
      .filter(file => /\/src\/.*[.]ts$/.test(file) && !/[.]test[.]ts$/.test(file))
      .map(read);
    const lines = firstColumn(section(operator, 'Log lines'));
    const unknown = lines.filter(line => {
      const parts = line.split('…').filter(part => part.trim().length > 2);
      return !sources.some(source => parts.every(part => source.includes(part)));
    });
    expect(lines.length).toBeGreaterThan(5);
    expect(unknown).toEqual([]);
  });

  it('names every event of the audit hook', () => {
    const source = projectFiles('packages').find(file => file.endsWith('/AuthEvent.ts'));
    const types = [...read(source ?? '').matchAll(/type: '([\w-]+)'/g)].map(([, type]) => type);
    expect(types.length).toBeGreaterThan(2);
    expect(firstColumn(section(operator, 'Audit')).sort()).toEqual([...new Set(types)].sort());
  });
});

describe('the guide to refusals', () => {
  const refusals = guide('refusals');
  const source = read('packages/auth-node/src/errors.ts');
  const codes = [...source.matchAll(/^ {2}\| '(AUTH_\w+)'/gm)].map(
    ([, code]) => code as AuthErrorCode,
  );

  it('finds the codes', () => {
    expect(codes.length).toBeGreaterThan(10);
  });

  it('has a section for every code, and for no other', () => {
    const sections = anchors(refusals).filter(anchor => anchor.startsWith('auth_'));
    expect(sections.sort()).toEqual(codes.map(code => code.toLowerCase()).sort());
  });

  it.each(codes)('says of %s who is at fault, what it means and what to do', code => {
    const text = section(refusals, code);
    expect(text).toMatch(/^\s+\*\*(\d{3}|none, at start); at fault: [^*]+\.\*\* \S.*\n/);
    expect(text).toMatch(/^- \S/m);
  });

  it.each(codes.filter(code => code !== 'AUTH_CONFIG_INVALID'))(
    'has the sentence that a caller reads for %s',
    code => {
      const { message } = createAuthError(code, 'a reason');
      const table = section(refusals, 'What the caller sees');
      const own = /^This endpoint does not allow/;
      expect(table).toContain(
        own.test(message) ? 'This endpoint does not allow' : `\`${message}\``,
      );
    },
  );
});

describe('the READMEs of the packages', () => {
  const packages = [...new Set(projectFiles('packages').map(file => file.split('/')[1] as string))];

  it.each(packages)('%s says how to install it, shows code, and names every entry', name => {
    const text = read(`packages/${name}/README.md`);
    const { exports } = JSON.parse(read(`packages/${name}/package.json`)) as { exports: object };
    const entries = Object.keys(exports).filter(entry => entry !== './package.json');
    expect(text).toMatch(new RegExp(`npm install.* @stagepass/${name}\\b`));
    expect(text).toMatch(/^```ts$/m);
    const table = text.split(/^## Entries$/m)[1]?.split(/^## /m)[0] ?? '';
    expect(firstColumn(table).sort()).toEqual(
      entries.map(entry => `@stagepass/${name}${entry.slice(1)}`).sort(),
    );
  });
});
