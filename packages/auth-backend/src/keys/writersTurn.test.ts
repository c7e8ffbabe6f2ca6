import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { closeSqlite, openSqlite } from '../testing/sqlite';
import { dialectOf, takeWritersTurn } from './writersTurn';

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'writers-turn-'));
});

afterEach(async () => {
  await closeSqlite();
  await rm(folder, { recursive: true });
});

const openFile = () => openSqlite(join(folder, 'file.sqlite'));
const busy = {
  code: 'SQLITE_BUSY',
  message: expect.stringContaining('database is locked') as unknown,
};

describe('takeWritersTurn', () => {
  it('knows SQLite from what the client says', () => {
    expect(dialectOf(openFile())).toBe('sqlite3');
  });

  it('lets one writer in at a time, and tells the other at once', async () => {
    const [one, other] = [openFile(), openFile()];
    let leave = () => {};
    let entered = () => {};
    const inside = new Promise<void>(resolve => (entered = resolve));
    const turn = takeWritersTurn(one, async client => {
      await client.schema.createTable('things', table => table.string('id'));
      entered();
      await new Promise<void>(resolve => (leave = resolve));
      return 'done';
    });
    await inside;
    await expect(takeWritersTurn(other, async () => 'never')).rejects.toMatchObject(busy);
    leave();
    expect(await turn).toBe('done');
    await takeWritersTurn(other, client => client('things').insert({ id: 'one' }));
    expect(await one('things').pluck('id')).toEqual(['one']);
  });

  it('takes back what was done when the work fails', async () => {
    const client = openFile();
    const work = takeWritersTurn(client, async turn => {
      await turn.schema.createTable('things', table => table.string('id'));
      throw new Error('changed my mind');
    });
    await expect(work).rejects.toThrow(new Error('changed my mind'));
    expect(await client.schema.hasTable('things')).toBe(false);
  });

  it('leaves no transaction open when it cannot be ended for a reader', async () => {
    const [writer, reader] = [openFile(), openFile()];
    await writer.schema.createTable('things', table => table.string('id'));
    await writer.raw('pragma busy_timeout = 0');
    const reading = await reader.transaction();
    await reading('things').select();
    const write = () => takeWritersTurn(writer, turn => turn('things').insert({ id: 'one' }));
    await expect(write()).rejects.toMatchObject(busy);
    await reading.commit();
    await write();
    expect(await reader('things').pluck('id')).toEqual(['one']);
    expect(await writer.raw('pragma busy_timeout')).toEqual([{ timeout: 0 }]);
  });
});
