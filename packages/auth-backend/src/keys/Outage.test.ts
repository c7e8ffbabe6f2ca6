import { Outage } from './Outage';

describe('Outage', () => {
  it('is told when it begins and when it ends, each time, and never between', () => {
    const told: string[] = [];
    const outage = new Outage();
    const note = (failed: boolean) =>
      failed ? outage.begin(() => told.push('begins')) : outage.end(() => told.push('ends'));
    for (const failed of [false, false]) note(failed);
    expect(told).toEqual([]);
    for (const failed of [true, true, true]) note(failed);
    expect(told).toEqual(['begins']);
    for (const failed of [false, false, true, false]) note(failed);
    expect(told).toEqual(['begins', 'ends', 'begins', 'ends']);
  });
});
