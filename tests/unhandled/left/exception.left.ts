it('leaves an exception behind that nobody catches', () => {
  setImmediate(() => {
    throw new Error('nobody catches this');
  });
});
