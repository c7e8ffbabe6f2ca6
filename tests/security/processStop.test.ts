import { Program } from './Program';

const program = new Program('stop.program.ts');
afterAll(() => program.remove());

describe('RUN-05 a process with plugins, timeouts under way and connections kept alive', () => {
  it.each([
    ['after close()', 'all'],
    ['although nobody called close()', 'nothing'],
  ])('RUN-05 ends by itself %s', (_, closes) => {
    expect(program.run({ env: { CLOSES: closes } })).toEqual({
      status: 0,
      signal: null,
      stdout: 'done\n',
      stderr: '',
    });
  });
});
