import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { appendFileSync, cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs' // prettier-ignore
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import type { CheckpointDiff, CheckpointInspection } from '@dstream/core'
import { exitCode } from '../main.ts'

const root = join(import.meta.dirname, '../../../..')
const bin = join(root, 'dstream/bin/dstream.mjs')
const folder = mkdtempSync(join(tmpdir(), 'dstream-checkpoint-'))
const directory = join(folder, 'checkpoint')
const input = join(folder, 'in')
after(() => rmSync(folder, { recursive: true }))

/** A program that counts words of files for four batches of virtual time, as text; `change` makes another one of it. */
function program(name: string, change: (text: string) => string = text => text): string {
  const text = `
    import { SparkConf, Seconds, StreamingContext } from ${JSON.stringify(join(root, 'dstream/src/index.ts'))}
    import { ManualClock, untilIdle } from ${JSON.stringify(join(root, 'dstream/src/testing.ts'))}
    const directory = process.argv[2]
    const clock = new ManualClock(Number(process.argv[3] ?? 0))
    const ssc = await StreamingContext.getOrCreate(directory, () => {
      const conf = new SparkConf().setMaster('local[1]').setAppName('counts').set('spark.default.parallelism', 2).set('spark.my.password', 'x')
      const ssc = new StreamingContext(conf, Seconds(1), { clock })
      ssc.checkpoint(directory)
      const seen = ssc.sparkContext.longAccumulator('batches seen')
      const words = ssc.textFileStream(${JSON.stringify(input)}).flatMap(line => line.split(' '))
      const counts = words.map(word => [word, 1]).updateStateByKey((ones, n = 0) => ones.length + n).uid('counts').checkpoint(Seconds(2))
      counts.foreachRDD(async rdd => (seen.add(1), console.log(JSON.stringify(await rdd.collect()))))
      return ssc
    })
    ssc.start()
    for (let i = 0; i < 4; i++) {
      clock.advance(1000)
      await untilIdle(ssc)
    }
    await ssc.stop()`
  const path = join(folder, `${name}.mjs`)
  writeFileSync(path, change(text))
  return path
}

function node(args: readonly string[]) {
  const env = { ...process.env, NODE_TEST_CONTEXT: undefined }
  const { status, stdout, stderr } = spawnSync(process.execPath, ['--conditions=source', ...args], { encoding: 'utf8', env }) // prettier-ignore
  return { status, stdout, stderr }
}

/** The command in this process. */
async function dstream(...args: readonly string[]) {
  let [stdout, stderr] = ['', '']
  const status = await exitCode(['checkpoint', ...args], {
    out: text => ((stdout += text), 0),
    say: text => void (stderr += `${text}\n`),
  })
  return { status, stdout, stderr }
}
async function diff(path: string, in_ = directory): Promise<CheckpointDiff> {
  const { stdout, stderr } = await dstream('diff', '--json', in_, path, directory)
  assert.notEqual(stdout, '', stderr)
  return JSON.parse(stdout) as CheckpointDiff
}

/** Every file below the directory with its content. */
const contentOf = (in_: string): Record<string, string> =>
  Object.fromEntries(
    readdirSync(in_, { recursive: true, withFileTypes: true })
      .filter(file => file.isFile())
      .map(file => [join(file.parentPath, file.name), readFileSync(join(file.parentPath, file.name), 'base64')]),
  )

let untouched: Record<string, string>
before(() => {
  mkdirSync(input)
  writeFileSync(join(input, 'words.txt'), 'to be or not to be\n')
  utimesSync(join(input, 'words.txt'), 1.5, 1.5)
  const { status, stderr } = node([program('counts'), directory])
  assert.equal(status, 0, stderr)
  untouched = contentOf(directory)
})

test('show says what a restart goes on from, for people and as JSON, and touches nothing', async () => {
  const { status, stdout, stderr } = await dstream('show', directory)
  assert.deepEqual([status, stderr], [0, ''])
  assert.match(stdout, /a restart goes on from .*checkpoint-4000\n/)
  assert.match(stdout, /counts \(uid\): updateStateByKey at .*counts\.mjs:\d+:\d+, every 1 s\n(?: {4}saved.*\n)* {4}saved at 1970-01-01T00:00:04.000Z \(4000\): 2 partitions, 4 records, /) // prettier-ignore
  assert.match(stdout, /0 textFileStream \(files\): .*in, 1 file remembered/)
  assert.match(stdout, /every batch before it had ended/)
  assert.match(stdout, /process \d+ on \S+, epoch 1 of the directory, which has let it go/)
  assert.match(stdout, /^.*\n\nWorked in by\n/)
  assert.match(stdout, /\nFiles\n {2}\d+ whole, oldest \S+ \(\d+\), newest 1970-01-01T00:00:04.000Z \(4000\)\n$/)
  assert.doesNotMatch(stdout, /nothing is saved yet/)
  assert.match(stdout, /batches seen \(LongAccumulator\): \[ 3, "0", 3 \]/)
  assert.doesNotMatch(stdout, /password|Damage/)
  const shown = JSON.parse((await dstream('show', '--json', directory)).stdout) as CheckpointInspection
  assert.deepEqual(shown.damages, [])
  assert.equal(shown.content!.batchMs, 4000)
  assert.equal(shown.files.filter(({ problem }) => problem === undefined).length, shown.files.length)
  assert.deepEqual(contentOf(directory), untouched)
})

test('show names what is broken and missing, and the older file that a restart uses', async () => {
  const broken = join(folder, 'broken')
  cpSync(directory, broken, { recursive: true })
  for (const name of readdirSync(broken).filter(name => name.startsWith('checkpoint-4000')))
    writeFileSync(join(broken, name), 'no checkpoint')
  const log = join(broken, 'receivedBlockMetadata')
  appendFileSync(
    join(
      log,
      readdirSync(log)
        .filter(name => name.startsWith('log-'))
        .at(-1)!,
    ),
    'torn',
  )
  const { status, stdout } = await dstream('show', broken)
  assert.match(stdout, /a restart goes on from .*checkpoint-3000/)
  assert.match(stdout, /checkpoint-4000: cannot be used: /)
  assert.match(stdout, /Damage\n(.*\n)*? {2}.*log-\S+: 4 bytes from byte \d+ on are no record/)
  assert.equal(status, 1)
})

test('show --files has a line for each file', async () => {
  const { stdout } = await dstream('show', '--files', directory)
  assert.match(stdout, /checkpoint-4000: used, .* in epoch 1 of the directory\n/)
  assert.match(stdout, /checkpoint-3000: whole, /)
})

test('a directory that does not exist, one that is empty and one without a usable checkpoint are told apart, with exit code 2', async () => {
  const [empty, other, useless] = ['empty', 'other', 'useless'].map(name => join(folder, name)) as [string, string, string] // prettier-ignore
  for (const made of [empty, other, useless]) mkdirSync(made)
  writeFileSync(join(other, 'notes.txt'), '')
  writeFileSync(join(useless, 'checkpoint-1000'), 'no checkpoint')
  const texts = [
    [join(folder, 'none'), /^\S+none does not exist\n {2}→ .*\n$/],
    [empty, /^\S+empty is empty: .*\n {2}→ .*\n$/],
    [other, /^\S+other: no checkpoint that can be used: it has no checkpoint files\n {2}→ /],
    [
      useless,
      /^\S+useless: no checkpoint that can be used, of 1 file\n {2}→ [^]*\nFiles\n {2}\S+checkpoint-1000: cannot be used: /,
    ],
  ] as const
  for (const [path, text] of texts) {
    const { status, stdout } = await dstream('show', path)
    assert.match(stdout, text)
    assert.equal(status, 2)
  }
})

test('a stream of which nothing is saved yet says so', async () => {
  const young = join(folder, 'young')
  assert.equal(node([program('young', text => text.replace('i < 4', 'i < 1')), young]).status, 0)
  assert.match((await dstream('show', young)).stdout, /counts \(uid\): .*\n {4}nothing is saved yet\n/)
})

test('the same program differs in nothing: exit code 0', async () => {
  const { status, stdout } = await dstream('diff', directory, join(folder, 'counts.mjs'), directory)
  assert.match(stdout, /the program goes on as it was\n/)
  assert.match(stdout, /kept: counts\n/)
  assert.equal(status, 0)
})

test('a changed program is compared up to its start: nothing is run, nothing is written, its talk goes to stderr', async () => {
  const changed = program('changed', text =>
    text
      .replace('ones.length + n', 'ones.length + n * 2')
      .replace("line.split(' ')", 'line.split(/ /)')
      .replace('local[1]', 'local[2]')
      .replace(
        'return ssc',
        "words.map(w => [w, 1]).updateStateByKey(() => 1).uid('more').print()\nconsole.log('made')\nreturn ssc",
      ),
  )
  const { status, stdout, stderr } = node([bin, 'checkpoint', 'diff', directory, changed, directory])
  assert.equal(status, 1)
  assert.equal(stderr, 'made\n')
  assert.match(stdout, /the program goes on, changed\n/)
  assert.match(stdout, /changed: counts \(another update function\)\n/)
  assert.match(stdout, /added: more \(it begins with batch 4000 ms\)\n/)
  assert.match(stdout, /changed: flatMap at .*changed\.mjs:\d+/)
  assert.match(stdout, /spark\.master was local\[1\], is local\[2\]\n/)
  assert.match(stdout, /Batches that are run again\n {2}1970-01-01T00:00:04.000Z \(4000\)\n/)
  assert.deepEqual(contentOf(directory), untouched)
})

test('everything for which a program would be refused is said at once: exit code 2', async () => {
  const refused = program('refused', text =>
    text
      .replace('Seconds(1), {', 'Seconds(2), {')
      .replace('return ssc', "words.map(w => [w, 1]).updateStateByKey(() => 1).uid('counts').print()\nreturn ssc"),
  )
  const found = await diff(refused)
  assert.equal(found.outcome, 'refused')
  assert.deepEqual(found.problems.map(({ code }) => code), ['CHECKPOINT_BATCH_INTERVAL', 'DUPLICATE_UID']) // prettier-ignore
  // It is refused in the same words when it is started, before anything else.
  const copy = join(folder, 'copy')
  cpSync(directory, copy, { recursive: true })
  assert.match(node([refused, copy]).stderr, /for 2 reasons[^]*batch interval of 1000 ms[^]*Two streams have the uid[^]*CHECKPOINT_REFUSED/) // prettier-ignore
  assert.deepEqual(contentOf(directory), untouched)
})

test('a function is the same in a copy of the program: neither its place nor the batch interval is a change of it', async () => {
  const importing = (text: string): string =>
    `import { posix } from 'node:path'\nclass Cut { static at(line) { return posix.normalize(line).split(' ') } }\n${text}`
      .replace("line.split(' ')", 'Cut.at(line)')
      .replace('const counts = words', 'const counts = words.window(Seconds(4))')
  const from = join(folder, 'from')
  const { status, stderr } = node([program('imports', importing), from])
  assert.equal(status, 0, stderr)
  const unchanged = { changed: [], added: [], dropped: [] }
  const copied = await diff(
    program('imports-copy', text => `\n\n${importing(text)}`),
    from,
  )
  assert.deepEqual([copied.outcome, copied.operators], ['same', unchanged])
  const slower = program('slower', text => importing(text).replace('Seconds(1), {', 'Seconds(2), {'))
  const refused = await diff(slower, from)
  assert.deepEqual([refused.outcome, refused.operators], ['refused', unchanged])
  const { stdout } = await dstream('diff', from, slower, from)
  assert.match(stdout, /\nIf it were not refused: Streams that hold something\n/)
  assert.doesNotMatch(stdout, /\n(Streams|Batches)/)
  const other = await diff(
    program('other', text => importing(text).replace('Cut.at(line)', 'Cut.at(line + line)')),
    from,
  )
  assert.deepEqual(other.operators.changed.map(text => text.split(' ')[0]), ['flatMap']) // prettier-ignore
})

test('a program that makes its streams beside getOrCreate would begin anew; one that starts none cannot be compared', async () => {
  const anew = program('anew', text => text.replace('StreamingContext.getOrCreate(directory, ', '(f => f())('))
  assert.deepEqual((await diff(anew)).problems.map(({ code }) => code), ['BEGINS_ANEW']) // prettier-ignore
  const ends = program('ends', () => `console.error('usage: ends'); process.exit(3)`)
  const { status, stdout, stderr } = node([bin, 'checkpoint', 'diff', directory, ends])
  assert.deepEqual([status, stdout], [2, ''])
  assert.match(stderr, /^usage: ends\ndstream: .*ends\.mjs ended with exit code 3 before it had started streams/)
})

test('without a checkpoint there is nothing to compare with', async () => {
  const found = await diff(join(folder, 'counts.mjs'), join(folder, 'nothing'))
  assert.deepEqual(found.problems.map(({ code }) => code), ['NO_CHECKPOINT']) // prettier-ignore
})
