import assert from 'node:assert/strict'
import { test } from 'node:test'
import { codecOf } from './compression.ts'

const parts = ['hello world '.repeat(20), 'a second part '.repeat(20)].map(text => Buffer.from(text))

for (const name of ['gzip', 'deflate', 'zstd']) {
  test(`what ${name} has written is read as it was, or not at all: cut anywhere inside, or with any bit changed`, () => {
    const codec = codecOf(name)
    const members = parts.map(part => codec.compress(part))
    const stored = Buffer.concat(members)
    const readable = (bytes: Uint8Array): string | undefined => {
      try {
        return Buffer.from(codec.decompress(bytes, 1e6)).toString()
      } catch {
        return undefined
      }
    }
    const whole = Buffer.concat(parts).toString()
    assert.equal(readable(stored), whole)
    // Between two members a cut file is a whole one.
    for (let end = 1; end < stored.length; end++)
      if (end !== members[0]!.length) assert.equal(readable(stored.subarray(0, end)), undefined, `cut at ${end}`)
    for (let bit = 0; bit < stored.length * 8; bit++) {
      const changed = Buffer.from(stored)
      changed[bit >> 3]! ^= 1 << (bit & 7)
      const text = readable(changed)
      assert.ok(text === undefined || text === whole, `bit ${bit}`)
    }
  })
}
