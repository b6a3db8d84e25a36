import { expect } from 'chai';

import { Interruption } from '#dist/lib/interruption.js';

describe('Ctrl-C', () => {
  const told: string[] = [];
  let interruption: Interruption;
  beforeEach(() => {
    told.length = 0;
    interruption = new Interruption((text) => told.push(text));
  });
  afterEach(() => interruption.dispose());
  const press = (): boolean => process.emit('SIGINT');

  it('stops what is under way, and says nothing of taking back where there is nothing', () => {
    press();
    expect(interruption.signal.aborted).to.equal(true);
    expect(interruption.abandon.aborted).to.equal(false);
    expect(told).to.deep.equal([]);
  });

  it('lets an operation take itself back, and twice leaves it', async () => {
    await interruption.during(async () => {
      press();
      expect(told[0]).to.include('taking back');
      press();
      expect(interruption.abandon.aborted).to.equal(true);
      expect(told[1]).to.include('pmx op list');
    });
  });

  it('is the pager’s while there is one', async () => {
    await interruption.lendTerminal(async () => void press());
    expect(interruption.signal.aborted).to.equal(false);
    press();
    expect(interruption.signal.aborted).to.equal(true);
  });

  it('ends a wait in the foreground, and nothing else', async () => {
    const next = interruption.next();
    press();
    await next;
    expect(interruption.signal.aborted).to.equal(false);
  });
});
