import assert from 'node:assert/strict'
import { test } from 'node:test'
import { read } from '../check/sources.ts'
import { examplesOfMarkdown } from './extract.ts'

/** The lines that make the program, without the address it reads from. */
const madeOf = (code: string): string[] =>
  code
    .split('\n')
    .map(line => line.trim().replace("'localhost', 9999", 'host, port'))
    .filter(
      line => !line.includes('networkWordCount(') && /^const \w+ = |\.print\(\)$|^ssc\.start\(\)$|^await /.test(line),
    )

test('the first program of the README, which is not run from there, is the one that npm start runs', () => {
  const [shown] = examplesOfMarkdown('README.md', read('README.md'))
  const lines = madeOf(shown?.code ?? '')
  assert.equal(lines.length, 9)
  assert.deepEqual(lines, madeOf(read('examples/src/network-word-count.ts')))
  assert.match(read('examples/src/start.ts'), /networkWordCount\(/)
})
