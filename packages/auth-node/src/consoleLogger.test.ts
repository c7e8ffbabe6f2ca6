import { consoleLogger } from './consoleLogger';

describe('consoleLogger', () => {
  it('writes warnings and errors, and nothing else', () => {
    const written: unknown[][] = [];
    const levels = ['error', 'warn', 'info', 'debug', 'log'] as const;
    const spies = levels.map(level =>
      jest
        .spyOn(console, level)
        .mockImplementation((...line) => void written.push([level, ...line])),
    );
    try {
      const logger = consoleLogger.child({ plugin: 'catalog' });
      logger.error('first', new Error('the reason'));
      logger.warn('second', { code: 'AUTH_KEY_UNKNOWN' });
      logger.warn('third');
      logger.error('fourth\r\n[error] forged', new Error('a\u2028b\u001b[31m'));
      logger.info('never', { seen: true });
      logger.debug('never');
    } finally {
      for (const spy of spies) spy.mockRestore();
    }
    expect(written).toEqual([
      ['error', '[stagepass] first the reason'],
      ['warn', '[stagepass] second {"code":"AUTH_KEY_UNKNOWN"}'],
      ['warn', '[stagepass] third'],
      ['error', '[stagepass] fourth\\u000d\\u000a[error] forged a\\u2028b\\u001b[31m'],
    ]);
  });
});
