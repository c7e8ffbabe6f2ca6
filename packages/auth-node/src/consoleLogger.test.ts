import { consoleLogger } from './consoleLogger';

describe('consoleLogger', () => {
  it('writes warnings and errors to standard error, one line each, and nothing else', () => {
    const written: string[] = [];
    const spy = jest.spyOn(process.stderr, 'write').mockImplementation(text => {
      written.push(String(text));
      return true;
    });
    try {
      const logger = consoleLogger.child({ plugin: 'catalog' });
      logger.error('first', new Error('the reason'));
      logger.warn('second', { code: 'AUTH_KEY_UNKNOWN' });
      logger.warn('third %s', {});
      logger.warn('alone');
      logger.error('fourth\r\n[error] forged', new Error('a\u2028b\u001b[31m'));
      logger.info('never', { seen: true });
      logger.debug('never');
    } finally {
      spy.mockRestore();
    }
    expect(written).toEqual([
      '[stagepass] first the reason\n',
      '[stagepass] second {"code":"AUTH_KEY_UNKNOWN"}\n',
      '[stagepass] third %s\n',
      '[stagepass] alone\n',
      '[stagepass] fourth\\u000d\\u000a[error] forged a\\u2028b\\u001b[31m\n',
    ]);
  });
});
