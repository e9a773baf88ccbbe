import assert from 'node:assert/strict'
import { test } from 'node:test'
import { groupsOf } from './api-reference.ts'
import { docComment } from './doc-comment.ts'
import { membersOf } from './documented.ts'

test('the comments of an index are the titles of what stands below them', () => {
  const index = `/** The page. */\n// Time\nexport { Time, type Clock } from 'a'\n// Streams\nexport type {\n  A,\n  B,\n} from 'b'\n// Time\nexport { Seconds } from 'a'\n`
  assert.deepEqual(groupsOf(index, 'other'), [
    { title: 'Time', names: ['Time', 'Clock', 'Seconds'] },
    { title: 'Streams', names: ['A', 'B'] },
  ])
})

test('a docstring is its text and its tags; an example keeps its lines', () => {
  const { text, tags } = docComment(
    '/**\n * One {@link Time}.\n *\n * Two. @throws A\n * @example\n * f(1)\n *   .g()\n */',
  )
  assert.equal(text, 'One `Time`.\n\nTwo.')
  assert.deepEqual(tags, [
    { name: 'throws', text: 'A' },
    { name: 'example', text: 'f(1)\n  .g()' },
  ])
})

test('members have their docstrings; private ones and those behind symbols are left out', () => {
  const members = membersOf(
    'class A {\n    #private;\n    private b;\n    static readonly [c] = "}";\n    /** D; or { not. */\n    get d(): string;\n    e<T>(x: {\n        y: T;\n    }): void;\n}',
  )
  assert.deepEqual(members.map(({ name, doc }) => [name, doc.text]), [['d', 'D; or { not.'], ['e', '']]) // prettier-ignore
})
