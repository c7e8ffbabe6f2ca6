import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';
import { root } from '../projectFiles';

/** The entries of all packages, by the name that a user imports. */
function entries(): Map<string, string> {
  const found = new Map<string, string>();
  for (const name of readdirSync(join(root, 'packages'))) {
    const manifest = readFileSync(join(root, 'packages', name, 'package.json'), 'utf8');
    const { exports } = JSON.parse(manifest) as { exports: Record<string, unknown> };
    for (const subpath of Object.keys(exports)) {
      if (subpath === './package.json') continue;
      const file = subpath === '.' ? 'index' : subpath.slice(2);
      found.set(`@stagepass/${name}${subpath.slice(1)}`, `packages/${name}/src/${file}.ts`);
    }
  }
  return found;
}

interface Documented {
  readonly name: string;
  readonly summary: string;
  readonly isPublic: boolean;
  /** Every parameter of an exported function, and whether it is described. */
  readonly parameters: ReadonlyMap<string, boolean>;
}

/** Reads what the entries export: only what this project declares, not what it passes on. */
function readExports(): Array<readonly [entry: string, name: string, documented: Documented]> {
  const config = ts.getParsedCommandLineOfConfigFile(join(root, 'tsconfig.json'), undefined, {
    ...ts.sys,
    onUnRecoverableConfigFileDiagnostic: diagnostic => {
      throw new Error(ts.flattenDiagnosticMessageText(diagnostic.messageText, '\n'));
    },
  });
  const files = [...entries()].map(([, file]) => join(root, file));
  const program = ts.createProgram(files, config?.options ?? {});
  const checker = program.getTypeChecker();

  return [...entries()].flatMap(([entry, file]) => {
    const source = program.getSourceFile(join(root, file));
    const module = source && checker.getSymbolAtLocation(source);
    if (!module) throw new Error(`${file} exports nothing`);
    return checker.getExportsOfModule(module).flatMap(exported => {
      const symbol =
        exported.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(exported) : exported;
      const declarations = (symbol.declarations ?? []).filter(declaration =>
        declaration.getSourceFile().fileName.startsWith(join(root, 'packages')),
      );
      if (declarations.length === 0) return [];
      return [[entry, exported.name, read(exported.name, declarations)] as const];
    });
  });
}

function read(name: string, declarations: ts.Declaration[]): Documented {
  const docs = declarations.flatMap(declaration =>
    ts.getJSDocCommentsAndTags(declaration).filter(ts.isJSDoc),
  );
  const tags = docs.flatMap(doc => [...(doc.tags ?? [])]);
  const described = new Map(
    tags
      .filter(ts.isJSDocParameterTag)
      .map(tag => [tag.name.getText(), (ts.getTextOfJSDocComment(tag.comment) ?? '').trim()]),
  );
  const parameters = declarations.filter(ts.isFunctionDeclaration).flatMap(({ parameters }) =>
    parameters.map((parameter, index): [string, boolean] => {
      // A destructured parameter goes by the name that its description gives it.
      const name = ts.isIdentifier(parameter.name)
        ? parameter.name.text
        : ([...described.keys()][index] ?? `number ${index + 1}`);
      return [name, Boolean(described.get(name))];
    }),
  );
  return {
    name,
    summary: docs.map(doc => ts.getTextOfJSDocComment(doc.comment) ?? '').join('\n'),
    isPublic: tags.some(tag => tag.tagName.text === 'public'),
    parameters: new Map(parameters),
  };
}

const all = readExports();
/** The `internal` entry is for the sibling packages: it needs a sentence, and makes no promise. */
const promised = all.filter(([entry]) => !entry.endsWith('/internal'));

describe('the documentation of the exports', () => {
  it('is read from the entries of every package', () => {
    expect([...entries().values()].filter(file => !existsSync(join(root, file)))).toEqual([]);
    expect(promised.map(([entry, name]) => `${entry} ${name}`)).toEqual(
      expect.arrayContaining([
        '@stagepass/auth-node AuthService',
        '@stagepass/auth-backend createAuthBackend',
        '@stagepass/auth-http createHttpAuthService',
        '@stagepass/auth-http/express createPluginRouter',
        '@stagepass/auth-test-utils mockServices',
      ]),
    );
  });

  it.each(all)('%s: %s begins with a sentence', (_, __, { summary }) => {
    expect(summary.trim()).toMatch(/^\S.*?[.:](\s|$)/s);
  });

  it.each(promised)('%s: %s is marked as public', (_, __, { isPublic }) => {
    expect(isPublic).toBe(true);
  });

  it.each(promised.filter(([, , { parameters }]) => parameters.size > 0))(
    '%s: %s describes each parameter',
    (_, __, { parameters }) => {
      const missing = [...parameters].filter(([, described]) => !described);
      expect(missing.map(([name]) => name)).toEqual([]);
    },
  );
});
