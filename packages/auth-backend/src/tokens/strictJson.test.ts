import { parseJsonObject } from './strictJson';

const bytes = (text: string) => Buffer.from(text, 'utf8');
const nested = (depth: number) => `{"x":${'['.repeat(depth - 1)}${']'.repeat(depth - 1)}}`;

describe('parseJsonObject', () => {
  it.each([
    ['{}'],
    ['{"a":{"b":1},"b":{"b":[{"b":2},{"b":3}]}}'],
    ['{"a":"{\\"a\\":1,\\"a\\":2}"}'],
    ['{"a\\\\":1,"a":2,"\\"":3}'],
    ['{"__proto__":1,"constructor":2,"toString":3,"hasOwnProperty":4}'],
    ['\t{"é":"\\ud800"}\n'],
    ['{"a":"a","b":"a","c":{"a":"a"}}'],
    ['{"a":["a","a","b"],"b":["b",{"a":"b"},"b","b"]}'],
    ['{"a":"[{","b":true,"c":null,"d":-1.5}'],
    ['{"a":["a",",[","[["],"b":[],"c":["a"]}'],
    ['{"a":["b",["b"]],"b":[[],[[]]]}'],
    ['{"b":1.0,"2":1e400,"1":-0}'],
  ])('reads %s as JSON.parse does', text => {
    expect(parseJsonObject(bytes(text))).toEqual(JSON.parse(text));
  });

  it('makes no prototype of a member named __proto__', () => {
    const object = parseJsonObject(bytes('{"__proto__":{"sub":"catalog"}}')) as { sub?: string };
    expect(object.sub).toBeUndefined();
    expect(Object.getPrototypeOf(object)).toBe(Object.prototype);
  });

  it.each([
    ['is not UTF-8', Buffer.from([0x7b, 0x7d, 0xff])],
    ['is not UTF-8', Buffer.from([0x22, 0xed, 0xa0, 0x80, 0x22])],
    ['is not JSON', bytes('')],
    ['is not JSON', bytes('\ufeff{}')],
    ['is not JSON', bytes('{"a":1,}')],
    ['is not JSON', bytes('{"a":1}{}')],
    ['is not JSON', bytes("{'a':1}")],
    ['is not JSON', bytes('{"a":NaN}')],
    ['is not JSON', bytes('{"a":1')],
    ['is not a JSON object', bytes('null')],
    ['is not a JSON object', bytes('[{}]')],
    ['is not a JSON object', bytes('"{}"')],
    ['is not a JSON object', bytes('12')],
    ['has duplicate members', bytes('{"a":1,"a":1}')],
    ['has duplicate members', bytes('{"a":1,"\\u0061":2}')],
    ['has duplicate members', bytes('{"":1,"":2}')],
    ['has duplicate members', bytes('{"1":1,"0":2,"1":1}')],
    ['has duplicate members', bytes('{"a":["a"],"a":["a"]}')],
    ['has duplicate members', bytes('{"b":["a",["a"],{"a":1,"a":1}]}')],
    ['has duplicate members', bytes('{"__proto__":1,"__proto__":2}')],
    ['has duplicate members', bytes('{"a":{"b":[0,{"c":"}","c":2}]}}')],
    ['has duplicate members', bytes('{"a":{"b":1},"c":[1,2],"a":3}')],
    ['has duplicate members', bytes('{ "a" : "," , "a" : 2 }')],
  ])('says of what %s that it does', (problem, input) => {
    expect(parseJsonObject(input)).toBe(problem);
  });

  it('takes a hundred levels and no more, at any size', () => {
    expect(parseJsonObject(bytes(nested(100)))).toEqual(JSON.parse(nested(100)));
    for (const depth of [101, 5_000, 12_000]) {
      expect(parseJsonObject(bytes(nested(depth)))).toBe('is nested too deeply');
    }
  });
});
