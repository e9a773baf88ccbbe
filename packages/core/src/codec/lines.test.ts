import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { eachLines, linesOf } from './lines.ts'

/** What the rules say, letter by letter. */
function naiveLines(text: string): string[] {
  const lines: string[] = []
  let line = ''
  for (let i = 0; i < text.length; i++) {
    if (text[i] === '\r' || text[i] === '\n') {
      lines.push(line)
      line = ''
      if (text[i] === '\r' && text[i + 1] === '\n') i++
    } else line += text[i]
  }
  return line === '' ? lines : [...lines, line]
}

const shared = (bytes: Uint8Array): Uint8Array => {
  const memory = new Uint8Array(new SharedArrayBuffer(bytes.length + 5)).subarray(5)
  memory.set(bytes)
  return memory
}

const replaced = (bytes: Uint8Array): string => new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes)

test('lines end at \\n, \\r\\n and \\r, empty ones are kept, the last one need not end', () =>
  fc.assert(
    fc.property(
      fc.array(fc.constantFrom('a', 'é', '😀', '\n', '\r', '\r\n', '\u2028')).map(parts => parts.join('')),
      text => assert.deepEqual(linesOf(shared(Buffer.from(text))), naiveLines(text)),
    ),
    { numRuns: 1000 },
  ))

test('bytes that are no UTF-8 are read as U+FFFD as every decoder does, and the lines that have them are counted', () =>
  fc.assert(
    fc.property(
      fc.array(
        fc.constantFrom(0x61, 10, 13, 0xc3, 0xa9, 0xe2, 0x82, 0xac, 0xf0, 0x9f, 0x98, 0x80, 0xff, 0xef, 0xbf, 0xbd),
      ),
      codes => {
        const bytes = Uint8Array.from(codes)
        let counted = 0
        assert.deepEqual(
          linesOf(shared(bytes), lines => (counted += lines)),
          naiveLines(replaced(bytes)),
        )
        // A line is invalid when encoding its text again gives other bytes.
        const invalid = naiveLines(Buffer.from(bytes).toString('latin1')).filter(line => {
          const raw = Buffer.from(line, 'latin1')
          return !Buffer.from(replaced(raw)).equals(raw)
        })
        assert.equal(counted, invalid.length)
      },
    ),
    { numRuns: 2000 },
  ))

test('a character U+FFFD that was sent is not counted as a replacement', () => {
  linesOf(Buffer.from('\ufffd\n'), () => assert.fail())
})

/** Texts longer than a piece of 64 KB, line ends just where pieces may end. */
const word = fc.constantFrom('x'.repeat(70_000), 'y'.repeat(65_535), 'z'.repeat(30_000), 'é'.repeat(20_000), 'word', '')
const lineEnd = fc.constantFrom('\n', '\r', '\r\n', '')
const long = fc.array(fc.tuple(word, lineEnd), { maxLength: 8 }).map(parts => parts.flat().join(''))

test('long texts are cut into pieces between lines only', () =>
  fc.assert(
    fc.property(long, text => {
      const pieces: string[][] = []
      eachLines(shared(Buffer.from(text)), lines => void pieces.push(lines))
      assert.deepEqual(pieces.flat(), naiveLines(text))
      const ended = text.length > 300_000 && /^([^\n\r]{0,30000}[\n\r])*$/.test(text)
      if (ended) assert.ok(pieces.length > 2)
    }),
    { numRuns: 150 },
  ))

test('no piece of ordinary lines holds more than some 64 KB', () => {
  const bytes = Buffer.from('an ordinary line\n'.repeat(50_000))
  eachLines(bytes, lines => void assert.ok(lines.length <= 65_536 / 17))
})

test('the walk ends where it is told to', () => {
  const seen: number[] = []
  eachLines(Buffer.from('line\n'.repeat(100_000)), lines => {
    seen.push(lines.length)
    return false
  })
  assert.equal(seen.length, 1)
})

test('an empty text has no lines', () => {
  assert.deepEqual(linesOf(new Uint8Array(0)), [])
})
