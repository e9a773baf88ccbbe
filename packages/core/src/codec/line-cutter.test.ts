import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { LineBlocks } from './line-blocks.ts'
import { LineCutter } from './line-cutter.ts'
import { linesOf } from './lines.ts'

/** Texts with many line ends of every kind, and few other letters. */
const text = fc
  .array(fc.constantFrom('a', 'b', 'é', '\n', '\r', '\r\n', 'word'), { maxLength: 40 })
  .map(parts => parts.join(''))

/** A text cut into chunks at any byte, empty chunks included. */
const chunked = fc.tuple(text, fc.array(fc.nat(60), { maxLength: 8 })).map(([whole, cuts]) => {
  const bytes = Buffer.from(whole)
  const places = [0, ...cuts.map(cut => Math.min(cut, bytes.length)).sort((a, b) => a - b), bytes.length]
  return { bytes, chunks: places.slice(1).map((end, i) => bytes.subarray(places[i], end)) }
})

/** What Java's readLine would give, as bytes. */
function naiveLines(bytes: Buffer): Buffer[] {
  const lines: Buffer[] = []
  let line: number[] = []
  for (let i = 0; i < bytes.length; i++) {
    const byte = bytes[i]!
    if (byte === 10 || byte === 13) {
      lines.push(Buffer.from(line))
      line = []
      if (byte === 13 && bytes[i + 1] === 10) i++
    } else line.push(byte)
  }
  if (line.length > 0) lines.push(Buffer.from(line))
  return lines
}

test('blocks hold the lines of the text, however it is chunked and whenever a block is taken', () =>
  fc.assert(
    fc.property(
      chunked,
      fc.array(fc.boolean(), { minLength: 1 }),
      fc.integer({ min: 1, max: 6 }),
      ({ bytes, chunks }, takes, maxLineBytes) => {
        const blocks = new LineBlocks({ maxLineBytes })
        const found: string[] = []
        const take = () => {
          const block = blocks.take()
          if (block === undefined) return
          const lines = linesOf(block.bytes)
          assert.equal(lines.length, block.lines)
          found.push(...lines)
        }
        chunks.forEach((chunk, i) => {
          blocks.feed(chunk)
          if (takes[i % takes.length]) take()
        })
        blocks.end()
        take()
        const expected = naiveLines(bytes)
        assert.deepEqual(
          found,
          expected.map(line => line.subarray(0, maxLineBytes).toString()),
        )
        assert.equal(blocks.truncatedLines, expected.filter(line => line.length > maxLineBytes).length)
        assert.equal(blocks.take(), undefined)
      },
    ),
    { numRuns: 2000 },
  ))

test('an endless line is held no further than the bound', () => {
  const cutter = new LineCutter({ maxLineBytes: 10 })
  let kept = 0
  for (let i = 0; i < 1000; i++) {
    const { ranges } = cutter.feed(Buffer.alloc(1000, 'x'))
    for (let r = 0; r < ranges.length; r += 2) kept += ranges[r + 1]! - ranges[r]!
  }
  assert.equal(kept, 10)
  assert.equal(cutter.truncatedLines, 1)
})

test('the next connection does not continue the half line of the last one', () => {
  const blocks = new LineBlocks({ maxLineBytes: 100 })
  blocks.feed(Buffer.from('whole\nhal'))
  blocks.end()
  blocks.feed(Buffer.from('\nnext\n'))
  assert.deepEqual(linesOf(blocks.take()!.bytes), ['whole', 'hal', '', 'next'])
})

test('a \\r\\n that is split between two chunks ends one line', () => {
  const cutter = new LineCutter({ maxLineBytes: 100 })
  assert.deepEqual(cutter.feed(Buffer.from('a\r')), { ranges: [0, 2], lines: 1, wholeBytes: 2, endsInReturn: true })
  assert.deepEqual(cutter.feed(Buffer.from('\nb\n')), { ranges: [1, 3], lines: 1, wholeBytes: 2, endsInReturn: false })
})

test('the end of a text forgets a \\r, so that a \\n that begins the next text is an empty line', () => {
  const cutter = new LineCutter({ maxLineBytes: 100 })
  cutter.feed(Buffer.from('a\r'))
  assert.equal(cutter.end(), false)
  assert.equal(cutter.feed(Buffer.from('\n')).lines, 1)
})

test('the memory of a chunk may be used again after it was fed', () => {
  const blocks = new LineBlocks({ maxLineBytes: 100 })
  const chunk = Buffer.from('one\n')
  blocks.feed(chunk)
  chunk.write('two\n')
  blocks.feed(chunk)
  assert.deepEqual(linesOf(blocks.take()!.bytes), ['one', 'two'])
})

test('a bound of less than one byte is refused', () =>
  assert.throws(() => new LineCutter({ maxLineBytes: 0 }), RangeError))
