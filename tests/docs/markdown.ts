import { existsSync, readFileSync } from 'node:fs';
import { join, posix } from 'node:path';
import { projectFiles, root } from '../projectFiles';

/** A fenced block of code. */
export interface CodeBlock {
  /** The file it stands in, relative to the root. */
  readonly file: string;
  /** The line of the file on which its first line stands, from 1. */
  readonly line: number;
  readonly language: string;
  readonly code: string;
}

/** A page of the documentation. */
export interface Page {
  readonly file: string;
  readonly text: string;
}

/** The pages that people write; reports, changelogs and notes for changelogs are written for machines, or by them. */
export function pages(): Page[] {
  return projectFiles()
    .filter(
      file => /[.]md$/.test(file) && !/[.]api[.]md$|CHANGELOG[.]md$|^[.]changeset\//.test(file),
    )
    .map(file => ({ file, text: readFileSync(join(root, file), 'utf8') }));
}

/**
 * Reads the fenced blocks of a text.
 *
 * @param firstLine - the line of the file on which the text begins
 */
export function codeBlocks({ file, text }: Page, firstLine = 1): CodeBlock[] {
  const blocks: CodeBlock[] = [];
  let open: { indent: string; language: string; line: number; code: string[] } | undefined;
  for (const [index, line] of text.split('\n').entries()) {
    const fence = /^(\s*)```(.*)$/.exec(line);
    if (open && fence) {
      const { language, line, code } = open;
      blocks.push({ file, line, language, code: code.join('\n') });
      open = undefined;
    } else if (open) {
      open.code.push(line.startsWith(open.indent) ? line.slice(open.indent.length) : line);
    } else if (fence) {
      const [, indent = '', language = ''] = fence;
      open = { indent, language: language.trim(), line: firstLine + index + 1, code: [] };
    }
  }
  if (open) throw new Error(`${file}:${open.line}: the block has no end`);
  return blocks;
}

/** The text of a page without its blocks of code. */
export function prose({ text }: Page): string {
  return text.replace(/^(\s*)```[^]*?^\1```$/gm, '');
}

/** The anchors of a page's headings, as GitHub makes them. */
export function anchors(page: Page): string[] {
  const seen = new Map<string, number>();
  return [...prose(page).matchAll(/^#{1,6} (.+)$/gm)].map(([, heading = '']) => {
    const slug = heading
      .replace(/\[([^\]]*)\]\([^)]*\)/g, '$1')
      .toLowerCase()
      .replace(/[^\p{L}\p{N}\s_-]/gu, '')
      .replace(/\s/g, '-');
    const count = seen.get(slug) ?? 0;
    seen.set(slug, count + 1);
    return count === 0 ? slug : `${slug}-${count}`;
  });
}

/** A link to another place of this repository. */
export interface Link {
  readonly file: string;
  readonly target: string;
  /** The path that it leads to, relative to the root. */
  readonly path: string;
  readonly anchor: string | undefined;
}

/** The relative links of a page. */
export function links(page: Page): Link[] {
  const { file } = page;
  return [...prose(page).matchAll(/\]\(([^()\s]+)\)/g)].flatMap(([, target = '']) => {
    if (/^(https?|mailto):/.test(target)) return [];
    const [path = '', anchor] = target.split('#');
    const resolved = path === '' ? file : posix.join(posix.dirname(file), path);
    return [{ file, target, path: resolved, anchor }];
  });
}

/** Says what is wrong with a link; undefined if it leads somewhere. */
export function broken({ path, anchor }: Link): string | undefined {
  if (path.startsWith('..') || !existsSync(join(root, path))) return 'leads nowhere';
  if (anchor === undefined) return undefined;
  const text = readFileSync(join(root, path), 'utf8');
  return anchors({ file: path, text }).includes(anchor) ? undefined : 'has no such heading';
}
