/**
 * Valid TOML 1.0 documents and what they mean, section by section of the specification.
 * Each case: [name, text or bytes, value].
 */

/** @param {string} text */
const utc = (text) => new Date(text);
/** @param {...(string | number[])} parts */
const bytes = (...parts) => Uint8Array.from(parts.flatMap((part) => (typeof part === 'string' ? [...new TextEncoder().encode(part)] : part)));

/** @type {Record<string, [string, string | Uint8Array, Record<string, unknown>][]>} */
export const VALID = {
  Preliminaries: [
    ['an empty document', '', {}],
    ['only white space and newlines', ' \t\n\r\n \n', {}],
    ['keys are case sensitive', 'a = 1\nA = 2', { a: 1, A: 2 }],
    ['LF and CRLF are newlines', 'a = 1\r\nb = 2\nc = 3\r\n', { a: 1, b: 2, c: 3 }],
    ['tab and space are white space', '\t a \t=\t 1 \t', { a: 1 }],
    ['indentation means nothing', '  [a]\n    b = 1\n\t\t[a.c]', { a: { b: 1, c: {} } }],
    ['no newline at the end', 'a = 1', { a: 1 }],
    ['UTF-8 everywhere', bytes('"ключ" = "значение 🚢" # ☃'), { ключ: 'значение 🚢' }],
    ['a byte order mark at the start', bytes([0xef, 0xbb, 0xbf], 'a = 1'), { a: 1 }],
  ],
  Comment: [
    ['a full-line comment', '# comment\na = 1', { a: 1 }],
    ['at the end of a line', 'a = 1 # comment', { a: 1 }],
    ['without white space before it', 'a = 1# comment\nb = "x"#c\n[t]#c\nc=[1]#c', { a: 1, b: 'x', t: { c: [1] } }],
    ['# in a string is no comment', 'a = "# no comment" # yes', { a: '# no comment' }],
    ['an empty comment', '#\na = 1 #', { a: 1 }],
    ['tab and all of Unicode', "#\t\u0080\u2028\ufffd\u{10ffff}", {}],
    ['ended by CRLF', '# x\r\na = 1 # y\r\n', { a: 1 }],
    ['at the end of the document', '# x', {}],
  ],
  'Key/Value Pair': [
    ['one per line', 'a = 1\nb = 2', { a: 1, b: 2 }],
    ['no white space needed', 'a=1', { a: 1 }],
    ['every type of value', 'a="s"\nb=1\nc=1.5\nd=true\ne=1979-05-27T07:32:00Z\nf=[1]\ng={h=1}', {
      a: 's', b: 1, c: 1.5, d: true, e: utc('1979-05-27T07:32:00Z'), f: [1], g: { h: 1 },
    }],
  ],
  Keys: [
    ['bare keys', 'key = 1\nbare_key = 2\nbare-key = 3\n1234 = 4', { key: 1, bare_key: 2, 'bare-key': 3, 1234: 4 }],
    ['bare keys of dashes, underscores, digits', '- = 1\n_ = 2\n-_- = 3\n0 = 4\n01 = 5', { '-': 1, _: 2, '-_-': 3, 0: 4, '01': 5 }],
    ['bare keys that look like values', 'true = 1\ninf = 2\nnan = 3\n1979-05-27 = 4\n1e5 = 5\n0x1 = 6', {
      true: 1, inf: 2, nan: 3, '1979-05-27': 4, '1e5': 5, '0x1': 6,
    }],
    ['a float is a dotted key', '3.14 = "pi"', { 3: { 14: 'pi' } }],
    ['quoted keys', '"127.0.0.1" = 1\n"character encoding" = 2\n\'quoted "x"\' = 3', {
      '127.0.0.1': 1, 'character encoding': 2, 'quoted "x"': 3,
    }],
    ['escapes in quoted keys', '"a\\tb\\u00e9\\"" = 1\n\'a\\tb\' = 2', { 'a\tbé"': 1, 'a\\tb': 2 }],
    ['an empty quoted key', '"" = 1', { '': 1 }],
    ['an empty literal key', "'' = 1", { '': 1 }],
    ['quoted and bare are the same key', '"a".b = 1\na."c" = 2', { a: { b: 1, c: 2 } }],
    ['dotted keys', 'physical.color = "orange"\nphysical.shape = "round"\nsite."google.com" = true', {
      physical: { color: 'orange', shape: 'round' }, site: { 'google.com': true },
    }],
    ['white space around dots', 'fruit.name = 1\nfruit. color = 2\nfruit . flavor = 3\nfruit\t.\tx = 4', {
      fruit: { name: 1, color: 2, flavor: 3, x: 4 },
    }],
    ['dotted keys out of order', 'apple.type = 1\norange.type = 2\napple.skin = 3', { apple: { type: 1, skin: 3 }, orange: { type: 2 } }],
    ['a dotted key adds to a table that a dotted key made', 'a.b.c = 1\na.d = 2', { a: { b: { c: 1 }, d: 2 } }],
    ['empty parts when quoted', '"".a = 1\n\'\'.\'\' = 2', { '': { a: 1, '': 2 } }],
    ['keys that are names of JavaScript', '__proto__ = 1\nconstructor.prototype = 2\n[toString]\nvalueOf = 3\nhasOwnProperty = 4', {
      ['__proto__']: 1, constructor: { prototype: 2 }, toString: { valueOf: 3, hasOwnProperty: 4 },
    }],
    ['__proto__ as a table', '[__proto__]\npolluted = true\n[a.__proto__]\nb = 1', {
      ['__proto__']: { polluted: true }, a: { ['__proto__']: { b: 1 } },
    }],
  ],
  'Basic strings': [
    ['simple', 'a = "text"', { a: 'text' }],
    ['empty', 'a = ""', { a: '' }],
    ['empty at the end of the document', 'a=""', { a: '' }],
    ['every short escape', 'a = "\\b\\t\\n\\f\\r\\"\\\\"', { a: '\b\t\n\f\r"\\' }],
    ['\\u and \\U', 'a = "\\u0000\\u00E9\\u20ac\\U0001F600\\U0010ffff"', { a: '\0é€😀\u{10ffff}' }],
    ['around the surrogates', 'a = "\\uD7FF\\uE000"', { a: '\ud7ff\ue000' }],
    ['a tab', 'a = "\t"', { a: '\t' }],
    ['quotes of the other kind', 'a = "\'\'\'"', { a: "'''" }],
    ['an escaped backslash at the end', 'a = "\\\\"', { a: '\\' }],
    ['what looks like syntax', 'a = "[x] = {1} # ,"', { a: '[x] = {1} # ,' }],
    ['C1 controls and line separators', 'a = "\u0080\u0085\u2028"', { a: '\u0080\u0085\u2028' }],
    ['U+FEFF in the middle', 'a = "x\ufeffy"', { a: 'x\ufeffy' }],
  ],
  'Multi-line basic strings': [
    ['the first newline is trimmed', 'a = """\nx\ny"""', { a: 'x\ny' }],
    ['the first CRLF is trimmed', 'a = """\r\nx"""', { a: 'x' }],
    ['only one of them', 'a = """\n\nx"""', { a: '\nx' }],
    ['empty', 'a = """"""', { a: '' }],
    ['a line-ending backslash', 'a = """\nThe quick \\\n\n\n  brown \\  \n    fox."""', { a: 'The quick brown fox.' }],
    ['a line-ending backslash at the start and end', 'a = """\\\n       x\\\n       """', { a: 'x' }],
    ['a line-ending backslash before CRLF', 'a = """a\\\r\n  b"""', { a: 'ab' }],
    ['an escaped backslash ends no line', 'a = """a\\\\\nb"""', { a: 'a\\\nb' }],
    ['white space before an escape is kept', 'a = """a \\t b"""', { a: 'a \t b' }],
    ['one and two quotes inside', 'a = """He said "x" and ""y""."""', { a: 'He said "x" and ""y"".' }],
    ['one quote before the end', 'a = """"x""""', { a: '"x"' }],
    ['two quotes before the end', 'a = """""x"""""', { a: '""x""' }],
    ['escaped quotes', 'a = """x\\"""y""\\""""', { a: 'x"""y"""' }],
    ['only quotes', 'a = """"""""', { a: '""' }],
    ['only a no-break space is no white space to trim', 'a = """\\\n\u00a0x"""', { a: '\u00a0x' }],
    ['comment signs', 'a = """# x\n# y"""', { a: '# x\n# y' }],
    ['escapes', 'a = """\\u00e9\\n\\U0001F600"""', { a: 'é\n😀' }],
  ],
  'Literal strings': [
    ['no escapes', "a = 'C:\\Users\\n\\u00e9'", { a: 'C:\\Users\\n\\u00e9' }],
    ['empty', "a = ''", { a: '' }],
    ['double quotes', "a = '\"x\"'", { a: '"x"' }],
    ['a tab', "a = '\t'", { a: '\t' }],
    ['a backslash at the end', "a = '\\'", { a: '\\' }],
    ['multi-line: the first newline is trimmed', "a = '''\nx\n  y\n'''", { a: 'x\n  y\n' }],
    ['multi-line: CRLF is a newline', "a = '''\r\nx\r\ny'''", { a: 'x\ny' }],
    ['multi-line: backslashes stay', "a = '''\\\n \\d'''", { a: '\\\n \\d' }],
    ['multi-line: one and two quotes', "a = '''x'y''z''''\nb = ''''x'''''", { a: "x'y''z'", b: "'x''" }],
    ['multi-line: empty', "a = ''''''", { a: '' }],
  ],
  Integer: [
    ['signs', 'a = +99\nb = 42\nc = 0\nd = -17', { a: 99, b: 42, c: 0, d: -17 }],
    ['signed zero', 'a = +0\nb = -0', { a: 0, b: 0 }],
    ['underscores', 'a = 1_000\nb = 5_349_221\nc = 53_49_221\nd = 1_2_3_4_5', { a: 1000, b: 5349221, c: 5349221, d: 12345 }],
    ['hexadecimal', 'a = 0xDEADBEEF\nb = 0xdeadbeef\nc = 0xdead_beef\nd = 0x0', { a: 3735928559, b: 3735928559, c: 3735928559, d: 0 }],
    ['octal and binary', 'a = 0o01234567\nb = 0o755\nc = 0b11010110\nd = 0b0_1', { a: 342391, b: 493, c: 214, d: 1 }],
    ['leading zeros after a prefix', 'a = 0x00FF\nb = 0o0007\nc = 0b0001', { a: 255, b: 7, c: 1 }],
    ['the last number', 'a = 9007199254740991\nb = -9007199254740991', { a: 9007199254740991, b: -9007199254740991 }],
    ['the first bigint', 'a = 9007199254740992\nb = -9007199254740992\nc = 9_007_199_254_740_993', {
      a: 9007199254740992n, b: -9007199254740992n, c: 9007199254740993n,
    }],
    ['64 bits', 'a = 9223372036854775807\nb = -9223372036854775808\nc = 0x7fffffffffffffff\nd = 0o777777777777777777777', {
      a: 9223372036854775807n, b: -9223372036854775808n, c: 9223372036854775807n, d: 9223372036854775807n,
    }],
    ['63 binary digits', `a = 0b${'1'.repeat(63)}`, { a: 9223372036854775807n }],
  ],
  Float: [
    ['fractional', 'a = +1.0\nb = 3.1415\nc = -0.01', { a: 1, b: 3.1415, c: -0.01 }],
    ['exponent', 'a = 5e+22\nb = 1e06\nc = -2E-2\nd = 0e0\ne = 1e1_0', { a: 5e22, b: 1e6, c: -0.02, d: 0, e: 1e10 }],
    ['both', 'a = 6.626e-34\nb = 1.0e0', { a: 6.626e-34, b: 1 }],
    ['underscores', 'a = 224_617.445_991_228\nb = 1_0.0_1e1_0', { a: 224617.445991228, b: 10.01e10 }],
    ['negative zero', 'a = -0.0\nb = +0.0\nc = -0e0', { a: -0, b: 0, c: -0 }],
    ['inf and nan', 'a = inf\nb = +inf\nc = -inf\nd = nan\ne = +nan\nf = -nan', {
      a: Infinity, b: Infinity, c: -Infinity, d: NaN, e: NaN, f: NaN,
    }],
    ['shortest and longest digits', 'a = 5e-324\nb = 1.7976931348623157e308\nc = 0.1\nd = 9007199254740993.0', {
      a: 5e-324, b: Number.MAX_VALUE, c: 0.1, d: 9007199254740992,
    }],
    ['whole floats are numbers', 'a = 1e3\nb = 10000000000000000000.0', { a: 1000, b: 1e19 }],
  ],
  Boolean: [['both', 'a = true\nb = false', { a: true, b: false }]],
  'Offset Date-Time': [
    ['Z', 'a = 1979-05-27T07:32:00Z', { a: utc('1979-05-27T07:32:00Z') }],
    ['an offset', 'a = 1979-05-27T00:32:00-07:00', { a: utc('1979-05-27T07:32:00Z') }],
    ['fractions', 'a = 1979-05-27T00:32:00.999999-07:00', { a: utc('1979-05-27T07:32:00.999Z') }],
    ['one digit of a second', 'a = 1979-05-27T07:32:00.5Z', { a: utc('1979-05-27T07:32:00.500Z') }],
    ['more digits than nanoseconds', 'a = 1979-05-27T07:32:00.12345678901234567890Z', { a: utc('1979-05-27T07:32:00.123Z') }],
    ['a space instead of T', 'a = 1979-05-27 07:32:00Z', { a: utc('1979-05-27T07:32:00Z') }],
    ['lowercase t and z', 'a = 1979-05-27t07:32:00z', { a: utc('1979-05-27T07:32:00Z') }],
    ['offsets of half hours and -00:00', 'a = 1979-05-27T07:32:00+05:30\nb = 1979-05-27T07:32:00-00:00', {
      a: utc('1979-05-27T02:02:00Z'), b: utc('1979-05-27T07:32:00Z'),
    }],
    ['the largest offset', 'a = 1979-05-27T07:32:00+23:59', { a: utc('1979-05-26T07:33:00Z') }],
    ['the first and last year', 'a = 0001-01-01T00:00:00Z\nb = 9999-12-31T23:59:59Z', {
      a: utc('0001-01-01T00:00:00Z'), b: utc('9999-12-31T23:59:59Z'),
    }],
    ['the leap day', 'a = 2000-02-29T00:00:00Z\nb = 2024-02-29T00:00:00Z', { a: utc('2000-02-29'), b: utc('2024-02-29') }],
  ],
  'Local Date-Time, Date and Time': [
    ['date-time', 'a = 1979-05-27T07:32:00', { a: '1979-05-27T07:32:00' }],
    ['date-time with a fraction', 'a = 1979-05-27T00:32:00.999999', { a: '1979-05-27T00:32:00.999999' }],
    ['date-time with a space', 'a = 1979-05-27 07:32:00', { a: '1979-05-27T07:32:00' }],
    ['date', 'a = 1979-05-27', { a: '1979-05-27' }],
    ['date before a comment', 'a = 1979-05-27 # x\nb = 1979-05-27 \n', { a: '1979-05-27', b: '1979-05-27' }],
    ['time', 'a = 07:32:00\nb = 00:32:00.999999\nc = 23:59:59', { a: '07:32:00', b: '00:32:00.999999', c: '23:59:59' }],
    ['trailing zeros of a fraction', 'a = 07:32:00.500\nb = 07:32:00.000', { a: '07:32:00.5', b: '07:32:00' }],
    ['in arrays', 'a = [1979-05-27, 07:32:00,1979-05-27 07:32:00 ]', { a: ['1979-05-27', '07:32:00', '1979-05-27T07:32:00'] }],
    ['30 and 31 days', 'a = 2021-04-30\nb = 2021-12-31\nc = 2021-02-28', { a: '2021-04-30', b: '2021-12-31', c: '2021-02-28' }],
  ],
  Array: [
    ['one type', 'a = [ 1, 2, 3 ]\nb = ["x"]', { a: [1, 2, 3], b: ['x'] }],
    ['nested', 'a = [ [ 1, 2 ], ["a", "b"], [[]] ]', { a: [[1, 2], ['a', 'b'], [[]]] }],
    ['mixed types', 'a = [ 0.1, 1, "x", {b = true}, 07:32:00 ]', { a: [0.1, 1, 'x', { b: true }, '07:32:00'] }],
    ['empty', 'a = []\nb = [ ]\nc = [\n]', { a: [], b: [], c: [] }],
    ['over lines', 'a = [\n 1,\r\n\n 2\n]', { a: [1, 2] }],
    ['a trailing comma', 'a = [1, 2, ]\nb = [\n1,\n]', { a: [1, 2], b: [1] }],
    ['comments inside', 'a = [ # x ]\n 1, # y ,\n # z\n 2 # ]\n , ]', { a: [1, 2] }],
    ['no white space', 'a=[1,"x",[2],{b=3}]', { a: [1, 'x', [2], { b: 3 }] }],
    ['brackets in strings', 'a = ["]", \'[\', """]\n"""]', { a: [']', '[', ']\n'] }],
  ],
  Table: [
    ['a header', '[table]\nkey = 1', { table: { key: 1 } }],
    ['empty', '[table]', { table: {} }],
    ['dotted headers', '[dog."tater.man"]\ntype.name = "pug"', { dog: { 'tater.man': { type: { name: 'pug' } } } }],
    ['white space in headers', '[a.b]\n[ d.e ]\n[ g . h ]\n[ j . "ʞ" . \'l\' ]\n\t[\tx\t]\t', {
      a: { b: {} }, d: { e: {} }, g: { h: {} }, j: { ʞ: { l: {} } }, x: {},
    }],
    ['super-tables need not be there', '[x.y.z.w]\n[x]\na = 1', { x: { y: { z: { w: {} } }, a: 1 } }],
    ['out of order', '[fruit.apple]\n[animal]\n[fruit.orange]', { fruit: { apple: {}, orange: {} }, animal: {} }],
    ['the root table first', 'a = 1\n[b]\nc = 2', { a: 1, b: { c: 2 } }],
    ['dotted keys define tables in a table', '[fruit]\napple.color = "red"\napple.taste.sweet = true', {
      fruit: { apple: { color: 'red', taste: { sweet: true } } },
    }],
    ['a table below one that dotted keys made', '[fruit]\napple.color = "red"\napple.taste.sweet = true\n[fruit.apple.texture]\nsmooth = true', {
      fruit: { apple: { color: 'red', taste: { sweet: true }, texture: { smooth: true } } },
    }],
    ['quoted, empty and numeric headers', '[""]\na = 1\n["a b"]\n[1.2]\n[\'x\'."y"]', { '': { a: 1 }, 'a b': {}, 1: { 2: {} }, x: { y: {} } }],
    ['a key of the same name inside', '[a]\na = 1\n[a.b]\na = 2', { a: { a: 1, b: { a: 2 } } }],
    ['a super-table of an array of tables', '[[a.b]]\nc = 1\n[a]\nd = 2', { a: { b: [{ c: 1 }], d: 2 } }],
  ],
  'Inline Table': [
    ['simple', 'a = { first = "Tom", last = "W" }', { a: { first: 'Tom', last: 'W' } }],
    ['empty', 'a = {}\nb = { }', { a: {}, b: {} }],
    ['dotted keys inside', 'a = { type.name = "pug", type.age = 3, "x y".z = 1 }', { a: { type: { name: 'pug', age: 3 }, 'x y': { z: 1 } } }],
    ['nested', 'a = {b={c={d=[{e=1}]}}}', { a: { b: { c: { d: [{ e: 1 }] } } } }],
    ['newlines within values', 'a = { b = [\n1,\n2\n], c = """\nx""" }', { a: { b: [1, 2], c: 'x' } }],
    ['under a dotted key', 'a.b = {c = 1}\na.d = 2', { a: { b: { c: 1 }, d: 2 } }],
    ['in an array', 'points = [ { x = 1, y = 2 },\n { x = 7 } ]', { points: [{ x: 1, y: 2 }, { x: 7 }] }],
  ],
  'Array of Tables': [
    ['elements in order', '[[p]]\nname = "Hammer"\n\n[[p]] # empty\n\n[[p]]\nname = "Nail"', { p: [{ name: 'Hammer' }, {}, { name: 'Nail' }] }],
    ['sub-tables and nested arrays', '[[f]]\nname = "apple"\n[f.physical]\ncolor = "red"\n[[f.v]]\nn = 1\n[[f.v]]\nn = 2\n[[f]]\n[[f.v]]\nn = 3', {
      f: [{ name: 'apple', physical: { color: 'red' }, v: [{ n: 1 }, { n: 2 }] }, { v: [{ n: 3 }] }],
    }],
    ['the same sub-table in each element', '[[a]]\n[a.b]\nc = 1\n[[a]]\n[a.b]\nc = 2', { a: [{ b: { c: 1 } }, { b: { c: 2 } }] }],
    ['under a table', '[t]\n[[t.a]]\nx = 1\n[[t.a]]', { t: { a: [{ x: 1 }, {}] } }],
    ['white space in headers', '[[ a . "b" ]]\t# x\nc = 1', { a: { b: [{ c: 1 }] } }],
    ['dotted keys in an element', '[[a]]\nb.c = 1\nb.d = 2', { a: [{ b: { c: 1, d: 2 } }] }],
  ],
};
