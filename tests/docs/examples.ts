import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';
import { projectFiles, root } from '../projectFiles';
import { type CodeBlock, codeBlocks } from './markdown';

/** Where what the examples take as given is declared. */
const given = join(root, 'tests/docs/given');

/** The blocks of code that stand in `@example` tags of published sources. */
export function tsdocBlocks(): CodeBlock[] {
  const sources = projectFiles('packages').filter(
    file => /\/src\/.*[.]ts$/.test(file) && !/[.]test[.]ts$|\/testing\//.test(file),
  );
  return sources.flatMap(file => {
    const text = readFileSync(join(root, file), 'utf8');
    if (!text.includes('@example')) return [];
    return examplesIn(ts.createSourceFile(file, text, 99, true)).map(block => ({
      ...block,
      code: importExports(file, text, block.code),
    }));
  });
}

/** What a file exports is known in its examples, without a word and without a line more. */
function importExports(file: string, text: string, code: string): string {
  const exported = [...text.matchAll(/^export (?:async )?(?:function|const|class) (\w+)/gm)];
  const names = exported
    .map(([, name]) => name)
    .filter(name => !new RegExp(`^import .*\\b${name}\\b`, 'm').test(code));
  return `import { ${names.join(', ')} } from '${join(root, file).replace(/[.]ts$/, '')}'; ${code}`;
}

function examplesIn(source: ts.SourceFile): CodeBlock[] {
  const found: CodeBlock[] = [];
  const visit = (node: ts.Node): void => {
    for (const tag of ts.getJSDocTags(node)) {
      // A tag shows up at every node that its comment stands before.
      if (tag.tagName.text !== 'example' || tag.parent.parent !== node) continue;
      const text = tag.getText().replace(/^[ \t]*\*(\/|[ \t]?)/gm, '');
      const firstLine = source.getLineAndCharacterOfPosition(tag.getStart()).line + 1;
      found.push(...codeBlocks({ file: source.fileName, text }, firstLine));
    }
    ts.forEachChild(node, visit);
  };
  visit(source);
  return found;
}

/**
 * Type-checks blocks of code against the sources, in one program, each as a module of its own.
 *
 * A block that begins with a comment such as `// router.ts` is that file, which the other blocks of its page
 * can import. Other relative imports, and names that are declared nowhere, stand in `given`.
 *
 * @returns for each block the compiler's complaints, with the lines of the file that the block stands in
 */
export function compile(blocks: readonly CodeBlock[]): Map<CodeBlock, string[]> {
  const options = readOptions();
  const virtual = new Map(blocks.map(block => [join(given, virtualPath(block)), block]));
  if (virtual.size !== blocks.length) throw new Error('two blocks of a page have one file name');

  const host = ts.createCompilerHost(options);
  const { fileExists, readFile, getSourceFile, directoryExists } = host;
  host.fileExists = path => virtual.has(path) || fileExists(path);
  host.readFile = path => virtual.get(path)?.code ?? readFile(path);
  host.directoryExists = path => path.startsWith(given) || (directoryExists?.(path) ?? true);
  host.getSourceFile = (path, target, ...rest) => {
    const block = virtual.get(path);
    return block
      ? ts.createSourceFile(path, block.code, target)
      : getSourceFile(path, target, ...rest);
  };
  host.resolveModuleNameLiterals = (literals, file, _redirected, options) =>
    literals.map(({ text }) => {
      const own = ts.resolveModuleName(text, file, options, host);
      if (own.resolvedModule || !virtual.has(file)) return own;
      return ts.resolveModuleName(text, join(given, 'index.ts'), options, host);
    });

  const declared = ts.sys.readDirectory(given, ['.ts']);
  const program = ts.createProgram([...declared, ...virtual.keys()], options, host);
  requireSound(program, declared);
  return new Map([...virtual].map(([path, block]) => [block, diagnose(program, path, block)]));
}

/** An error in what is given would be `any` in the examples, which then compile whatever they say. */
function requireSound(program: ts.Program, declared: readonly string[]): void {
  for (const path of declared) {
    const [fault] = program.getSemanticDiagnostics(program.getSourceFile(path));
    if (fault)
      throw new Error(`${path}: ${ts.flattenDiagnosticMessageText(fault.messageText, ' ')}`);
  }
}

function readOptions(): ts.CompilerOptions {
  const config = ts.getParsedCommandLineOfConfigFile(join(given, 'tsconfig.json'), undefined, {
    ...ts.sys,
    onUnRecoverableConfigFileDiagnostic: diagnostic => {
      throw new Error(ts.flattenDiagnosticMessageText(diagnostic.messageText, '\n'));
    },
  });
  if (!config) throw new Error('the options of the compiler cannot be read');
  return config.options;
}

/** The name of the file that a block says it is. */
export function fileName({ code }: CodeBlock): string | undefined {
  return /^\/\/ ([\w./-]+[.]ts)$/m.exec(code.split('\n')[0] ?? '')?.[1];
}

function virtualPath(block: CodeBlock): string {
  const page = block.file.replace(/\W/g, '-');
  return `${page}/${fileName(block) ?? `line${block.line}.ts`}`;
}

function diagnose(program: ts.Program, path: string, block: CodeBlock): string[] {
  const source = program.getSourceFile(path);
  if (!source) throw new Error(`${block.file}:${block.line} is not in the program`);
  return [
    ...program.getSyntacticDiagnostics(source),
    ...program.getSemanticDiagnostics(source),
  ].map(({ start = 0, messageText }) => {
    const { line } = source.getLineAndCharacterOfPosition(start);
    const message = ts.flattenDiagnosticMessageText(messageText, '\n');
    return `${block.file}:${block.line + line}: ${message}`;
  });
}
