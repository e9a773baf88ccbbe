import assert from 'node:assert/strict'
import { test } from 'node:test'
import { threadProgram } from './thread-program.ts'

test('where a bundle has left the threads’ programs behind, that is said before any is started', () => {
  assert.match(threadProgram('task-worker', import.meta.url).href, /\/task-worker\.ts$/)
  assert.throws(() => threadProgram('task-worker', 'file:///app/dist/bundle.js'), {
    code: 'THREAD_PROGRAM_MISSING',
    message: /\/app\/dist\/task-worker\.js is not there/,
  })
})
