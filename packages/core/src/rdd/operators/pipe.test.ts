import assert from 'node:assert/strict'
import { realpathSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { test } from 'node:test'
import { context } from './operator-laws.test.ts'

const words = context.partitions([['b', 'a b'], [], ['c']])

test('each partition goes through a process of its own, a line for a record', async () => {
  assert.deepEqual(await words.pipe('cat').glom().collect(), [['b', 'a b'], [], ['c']])
  assert.deepEqual(await words.pipe(['wc', '-l']).map(n => Number(n)).collect(), [2, 0, 1]) // prettier-ignore
})

test('records are written as print() shows them, with the separator that is given', async () => {
  const pairs = context.partitions([[['a', 1], ['b', 2]]] as [string, number][][]) // prettier-ignore
  assert.deepEqual(await pairs.pipe('cat').collect(), ['(a,1)', '(b,2)'])
  assert.deepEqual(await pairs.pipe('cat', { separator: ';' }).collect(), ['(a,1);(b,2);'])
})

test('the environment, what comes first, and how records are written can be given', async () => {
  const env = { GREETING: 'good day' }
  assert.deepEqual(await context.partitions([[1]]).pipe(['sh', '-c', 'echo $GREETING'], { env }).collect(), ['good day']) // prettier-ignore
  const piped = words.pipe('cat', {
    printPipeContext: print => print('begin'),
    printRDDElement: (word, print) => word.split(' ').forEach(print),
  })
  assert.deepEqual(await piped.glom().collect(), [['begin', 'b', 'a', 'b'], ['begin'], ['begin', 'c']])
})

test('a working directory of its own, which is gone afterwards', async () => {
  const [where] = await context
    .partitions([[1]])
    .pipe('pwd', { separateWorkingDir: true })
    .collect()
  assert.ok(where!.startsWith(realpathSync(tmpdir())), where)
  assert.throws(() => realpathSync(where!), { code: 'ENOENT' })
})

test('megabytes go through, both ways at once', async () => {
  const lines = Array.from({ length: 50_000 }, (_, i) => `line ${i} ${'x'.repeat(50)}`)
  assert.deepEqual(await context.partitions([lines]).pipe('cat').collect(), lines)
})

test('a program that stops reading is no failure', async () => {
  const lines = Array.from({ length: 50_000 }, (_, i) => `line ${i}`)
  assert.deepEqual(await context.partitions([lines]).pipe('head -n 1').collect(), ['line 0'])
})

test('a program that fails fails the job with its status and command', async () => {
  await assert.rejects(words.pipe(['sh', '-c', 'exit 3']).count(), {
    message: /Subprocess exited with status 3\. Command ran: sh -c exit 3/,
  })
  await assert.rejects(words.pipe(['sh', '-c', 'kill $$']).count(), {
    message: /Subprocess exited with signal SIGTERM/,
  })
  await assert.rejects(words.pipe('no-such-program').count(), { message: /Cannot run program "no-such-program"/ })
})

test('an error of an earlier function ends the process and is the job’s', async () => {
  const failing = words.map(word => {
    if (word === 'c') throw new Error('not this one')
    return word
  })
  await assert.rejects(failing.pipe('cat').collect(), { message: /not this one/ })
})

test('an empty command is refused at once', () => {
  assert.throws(() => words.pipe(' '), { code: 'PIPE_COMMAND' })
})
