export { createRandom } from '../../packages/auth-http/src/testing/random';
export { Coverage } from './Coverage';
export { readCorpus, writeCorpus } from './corpus';
export { Fuzzer } from './Fuzzer';
export { targets } from './targets';
