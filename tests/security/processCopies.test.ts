import { Program } from './Program';

const program = new Program('copies.program.ts');
afterAll(() => program.remove());

describe('RUN-08 copies of the packages in one process', () => {
  it('RUN-08 verify each other’s tokens, take each other’s credentials and errors, and share nothing', () => {
    const copies = {
      requested: program.add('packages.ts', 'esm', 'requested.mjs'),
      required: program.add('packages.ts', 'cjs', 'required.cjs'),
      another: program.add('packages.ts', 'cjs', 'another.cjs'),
    };
    const { status, stdout, stderr } = program.run({ env: { COPIES: JSON.stringify(copies) } });
    expect(stderr).toBe('');
    expect({ status, stdout }).toEqual({ status: 0, stdout: 'all is well\n' });
  });
});
