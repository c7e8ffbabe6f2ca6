it('leaves a rejection behind that nobody handles', () => {
  void Promise.reject(new Error('nobody handles this'));
});
