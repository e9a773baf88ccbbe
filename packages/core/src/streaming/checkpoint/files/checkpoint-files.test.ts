import assert from 'node:assert/strict'
import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import fc from 'fast-check'
import { createLog } from '../../../logging/index.ts'
import { crc32c } from '../../../storage/crc32c.ts'
import { aesGcm } from '../../../storage/encryption/cipher.ts'
import { DirectoryFence } from '../../../storage/fence/directory-fence.ts'
import type { Fence } from '../../../storage/fence/fence.ts'
import { faulty, type StorageFault, type StorageOperation } from '../../../storage/faulty-file-system.ts'
import type { FileSystem, FileWriter } from '../../../storage/file-system.ts'
import { LocalFileSystem } from '../../../storage/local-file-system.ts'
import { MemoryFileSystem } from '../../../storage/memory-file-system.ts'
import { ManualClock } from '../../../time/manual-clock.ts'
import { CheckpointFiles, type CheckpointFilesOptions } from './checkpoint-files.ts'
import { readNewestCheckpoint } from './read-checkpoints.ts'

const directory = '/checkpoint'
const clock = new ManualClock(5000)
const fenceOf = (epoch: number): Fence => ({ epoch, check: async () => undefined })
const filesIn = (fileSystem: FileSystem, more: Partial<CheckpointFilesOptions> = {}) =>
  new CheckpointFiles({ fileSystem, directory, clock, fence: fenceOf(1), ...more })
const bytesOf = (text: string): Uint8Array => Buffer.from(text)
const textOf = (bytes: Uint8Array): string => Buffer.from(bytes).toString()
const names = async (fileSystem: FileSystem) => (await fileSystem.list(directory)).map(file => file.name)

/** The text of the newest checkpoint, and the names and reasons of what was rejected. */
async function newest(fileSystem: FileSystem, more: Partial<CheckpointFilesOptions> = {}) {
  const { found, rejected } = await readNewestCheckpoint({ fileSystem, directory, ...more }, textOf)
  return {
    text: found?.content,
    rejected: rejected.map(({ file, reason }) => [file.slice(directory.length + 1), reason]),
  }
}

async function contentOf(fileSystem: FileSystem, name: string): Promise<Buffer> {
  const reader = await fileSystem.open(`${directory}/${name}`)
  return Buffer.from(await reader.read(0, reader.length))
}

test('the newest checkpoint is read; in a directory without any there is none', async () => {
  const fileSystem = new MemoryFileSystem()
  assert.deepEqual(await newest(fileSystem), { text: undefined, rejected: [] })
  const files = filesIn(fileSystem)
  assert.equal(await files.write(1000, bytesOf('one')), '/checkpoint/checkpoint-1000')
  await files.write(2000, bytesOf('two'))
  assert.deepEqual(await newest(fileSystem), { text: 'two', rejected: [] })
})

test('a file cut off at any byte, or with any flipped bit, is rejected with a reason, and the one before is read', async () => {
  const fileSystem = new MemoryFileSystem()
  const files = filesIn(fileSystem)
  await files.write(1000, bytesOf('one'))
  await files.write(2000, bytesOf('two'))
  const content = await contentOf(fileSystem, 'checkpoint-2000')
  const rejects = async (changed: Uint8Array, what: string) => {
    await fileSystem.create('/checkpoint/checkpoint-2000', changed)
    const { text, rejected } = await newest(fileSystem)
    assert.equal(text, 'one', what)
    assert.equal(rejected.length, 1, what)
    assert.match(rejected[0]!.join(': '), /^checkpoint-2000: \w.{10}/)
  }
  for (let length = 0; length < content.length; length++) await rejects(content.subarray(0, length), `cut at ${length}`)
  for (let bit = 0; bit < content.length * 8; bit++) {
    const changed = Buffer.from(content)
    changed[bit >> 3]! ^= 1 << (bit & 7)
    await rejects(changed, `bit ${bit}`)
  }
  await rejects(Buffer.concat([content, bytesOf('x')]), 'one byte more')
})

test('whatever bytes are in the files, reading ends, and what is read was written', () =>
  fc.assert(
    fc.asyncProperty(
      fc.array(fc.tuple(fc.nat(2), fc.nat(60), fc.uint8Array({ maxLength: 60 })), { maxLength: 5 }),
      async patches => {
        const fileSystem = new MemoryFileSystem()
        const files = filesIn(fileSystem)
        for (const time of [0, 1, 2]) await files.write(time, bytesOf(`content ${time}`))
        for (const [time, at, bytes] of patches) {
          const content = await contentOf(fileSystem, `checkpoint-${time}`)
          const changed = Buffer.concat([content.subarray(0, at), bytes, content.subarray(at + bytes.length)])
          await fileSystem.create(`/checkpoint/checkpoint-${time}`, changed)
        }
        const { text, rejected } = await newest(fileSystem)
        assert.equal(text, rejected.length === 3 ? undefined : `content ${2 - rejected.length}`)
      },
    ),
  ))

test('a copy under another time is none; a decoder that refuses a file is told among the reasons', async () => {
  const fileSystem = new MemoryFileSystem()
  const files = filesIn(fileSystem)
  await files.write(1000, bytesOf('one'))
  await files.write(2000, bytesOf('two'))
  await fileSystem.create('/checkpoint/checkpoint-3000', await contentOf(fileSystem, 'checkpoint-1000'))
  const { found, rejected } = await files.readNewest(content => {
    if (textOf(content) === 'two') throw new Error('no plan in it\nmore')
    return textOf(content)
  })
  assert.equal(found?.content, 'one')
  assert.deepEqual(rejected, [
    { file: '/checkpoint/checkpoint-3000', reason: 'it was written for time 1000 ms, not 3000 ms' },
    { file: '/checkpoint/checkpoint-2000', reason: 'no plan in it' },
  ])
})

test('a file of a later version is not passed by', async () => {
  const fileSystem = new MemoryFileSystem()
  await filesIn(fileSystem).write(1000, bytesOf('one'))
  const content = await contentOf(fileSystem, 'checkpoint-1000')
  content.writeUInt16LE(2, 8)
  content.writeUInt32LE(crc32c(content.subarray(0, 44)), 44)
  await fileSystem.create('/checkpoint/checkpoint-2000', content)
  await assert.rejects(newest(fileSystem), { code: 'FORMAT_TOO_NEW' })
})

test('a second checkpoint of one time leaves the first as .bk, which is read when the second is broken', async () => {
  const fileSystem = new MemoryFileSystem()
  const files = filesIn(fileSystem)
  await files.write(1000, bytesOf('first'))
  await files.write(1000, bytesOf('second'))
  assert.deepEqual(await names(fileSystem), ['checkpoint-1000', 'checkpoint-1000.bk'])
  assert.equal((await newest(fileSystem)).text, 'second')
  await fileSystem.create('/checkpoint/checkpoint-1000', new Uint8Array(3))
  assert.equal((await newest(fileSystem)).text, 'first')
})

test('a broken file does not take the place of a good backup', async () => {
  const disk = new MemoryFileSystem()
  const files = filesIn(disk)
  await files.write(1000, bytesOf('first'))
  await files.write(1000, bytesOf('second'))
  await disk.create('/checkpoint/checkpoint-1000', new Uint8Array(3))
  const full = faulty(disk, ({ name }) => (name === 'commit' ? 'ENOSPC' : undefined))
  await assert.rejects(filesIn(full).write(1000, bytesOf('third')), { code: 'CHECKPOINT_NOT_WRITTEN' })
  assert.equal((await newest(disk)).text, 'first')
  await filesIn(disk).write(1000, bytesOf('third'))
  assert.equal((await newest(disk)).text, 'third')
})

test('the last ten times are kept, with their backups; strangers’ files and directories stay', async () => {
  const fileSystem = new MemoryFileSystem()
  await fileSystem.create('/checkpoint/data/state', bytesOf('x'))
  await fileSystem.create('/checkpoint/.checkpoint-1.9-0-1.tmp', bytesOf('x'))
  const files = filesIn(fileSystem)
  for (let time = 1; time <= 12; time++) {
    await files.write(time * 1000, bytesOf('a'))
    await files.write(time * 1000, bytesOf('b'))
  }
  await files.settled()
  const times = Array.from({ length: 10 }, (_, i) => `checkpoint-${(i + 3) * 1000}`)
  assert.deepEqual(await names(fileSystem), [...times.flatMap(name => [name, `${name}.bk`]), 'data'].sort())
  const restarted = filesIn(fileSystem, { fence: fenceOf(2), kept: 2 })
  await restarted.write(13000, bytesOf('c'))
  await restarted.settled()
  assert.deepEqual(await names(fileSystem), ['checkpoint-12000', 'checkpoint-12000.bk', 'checkpoint-13000', 'data'])
})

test('one is written at a time, and of those that wait only the newest', async () => {
  const fileSystem = new MemoryFileSystem()
  const files = filesIn(fileSystem)
  const written = [1000, 2000, 4000, 3000].map(time => files.write(time, bytesOf(`${time}`)))
  assert.deepEqual(await Promise.all(written), [
    '/checkpoint/checkpoint-1000',
    ...Array.from({ length: 3 }, () => '/checkpoint/checkpoint-4000'),
  ])
  assert.equal(await files.write(500, bytesOf('old')), '/checkpoint/checkpoint-4000')
  assert.deepEqual(await names(fileSystem), ['checkpoint-1000', 'checkpoint-4000'])
})

const faults: readonly (readonly [StorageOperation['name'], StorageFault])[] = [
  ['createWriter', 'ENOSPC'],
  ['write', 'ENOSPC'],
  ['write', { torn: 5 }],
  ['rename', 'EIO'],
  ['commit', 'EIO'],
  ['commit', 'lost'],
]
for (const [name, fault] of faults) {
  test(`when ${name} fails (${JSON.stringify(fault)}), it is tried three times, and what was there before stays readable`, async () => {
    const disk = new MemoryFileSystem()
    let left = 0
    const fileSystem = faulty(disk, operation => (operation.name === name && left-- > 0 ? fault : undefined))
    const files = filesIn(fileSystem)
    await files.write(1000, bytesOf('one'))
    left = 2
    await files.write(1000, bytesOf('again'))
    assert.equal((await newest(disk)).text, 'again')
    left = 1000
    await assert.rejects(files.write(1000, bytesOf('failed')), { code: 'CHECKPOINT_NOT_WRITTEN' })
    assert.equal(left, 997)
    assert.equal((await newest(disk)).text, 'again')
    left = 0
    await files.write(2000, bytesOf('two'))
    assert.equal((await newest(disk)).text, 'two')
  })
}

test('a file whose write failed although it was done is removed in its time like the others', async () => {
  let failing = false
  class Store extends MemoryFileSystem {
    override async createWriter(path: string): Promise<FileWriter> {
      const writer = await super.createWriter(path)
      const commit = async (): Promise<void> => {
        await writer.commit()
        if (failing) throw new Error('nobody is told')
      }
      return { ...writer, commit }
    }
  }
  const disk = new Store()
  const files = filesIn(disk, { kept: 2 })
  await files.write(1000, bytesOf('one'))
  failing = true
  await assert.rejects(files.write(2000, bytesOf('two')), { code: 'CHECKPOINT_NOT_WRITTEN' })
  failing = false
  for (const timeMs of [3000, 4000, 5000]) await files.write(timeMs, bytesOf('x'))
  await files.settled()
  assert.deepEqual(await names(disk), ['checkpoint-4000', 'checkpoint-5000'])
})

test('a checkpoint that cannot be written is warned of in Spark’s words, one that is written is told at level INFO', async () => {
  const lines: string[] = []
  const logger = createLog({ clock, level: 'INFO', sink: line => lines.push(line) }).logger('CheckpointWriter')
  let left = 1
  const fileSystem = faulty(new MemoryFileSystem(), ({ name }) => (name === 'commit' && left-- > 0 ? 'EIO' : undefined))
  await filesIn(fileSystem, { logger }).write(1000, bytesOf('x'))
  assert.match(lines[0]!, /Could not write checkpoint for time 1000 ms to file '\/checkpoint\/checkpoint-1000' \(attempt 1 of 3\)/) // prettier-ignore
  assert.match(lines[1]!, /Checkpoint for time 1000 ms saved to file '\/checkpoint\/checkpoint-1000', took 49 bytes and 0 ms/) // prettier-ignore
})

test('a process that was taken over cannot write, and a late file of it does not count, however new its time', async () => {
  const fileSystem = new MemoryFileSystem()
  const acquire = () => DirectoryFence.acquire({ fileSystem, directory, clock, takeOver: true })
  const stale = filesIn(fileSystem, { fence: await acquire() })
  await stale.write(1000, bytesOf('one'))
  const fence = await acquire()
  await assert.rejects(stale.write(2000, bytesOf('late')), { code: 'DIRECTORY_FENCED' })
  assert.equal((await newest(fileSystem)).text, 'one')
  // One that had asked just before it was taken over.
  await filesIn(fileSystem, { fence: fenceOf(1) }).write(9000, bytesOf('later'))
  await filesIn(fileSystem, { fence }).write(1500, bytesOf('new'))
  assert.equal((await newest(fileSystem)).text, 'new')
  assert.deepEqual((await stale.list()).map(({ name }) => name), ['checkpoint-1500', 'checkpoint-9000', 'checkpoint-1000']) // prettier-ignore
})

test('encrypted checkpoints need their key, and are not passed by without it', async () => {
  const fileSystem = new MemoryFileSystem()
  const cipher = aesGcm(Buffer.alloc(16, 1))
  await filesIn(fileSystem).write(1000, bytesOf('plain'))
  await filesIn(fileSystem, { cipher }).write(2000, bytesOf('secret'))
  assert.equal((await newest(fileSystem, { cipher })).text, 'secret')
  await filesIn(fileSystem).write(2500, bytesOf('plain again'))
  assert.equal((await newest(fileSystem, { cipher })).text, 'plain again')
  await fileSystem.delete('/checkpoint/checkpoint-2500')
  assert.ok(!textOf(await contentOf(fileSystem, 'checkpoint-2000')).includes('secret'))
  await assert.rejects(newest(fileSystem), { code: 'PAYLOAD_NOT_OPENED' })
  await assert.rejects(newest(fileSystem, { cipher: aesGcm(Buffer.alloc(16, 2)) }), { code: 'PAYLOAD_NOT_OPENED' })
})

test('an encrypted checkpoint with any flipped bit is broken, and no key is blamed', async () => {
  const fileSystem = new MemoryFileSystem()
  const cipher = aesGcm(Buffer.alloc(16, 1))
  const files = filesIn(fileSystem, { cipher })
  await files.write(1000, bytesOf('one'))
  await files.write(2000, bytesOf('two'))
  const content = await contentOf(fileSystem, 'checkpoint-2000')
  for (let bit = 0; bit < content.length * 8; bit++) {
    const changed = Buffer.from(content)
    changed[bit >> 3]! ^= 1 << (bit & 7)
    await fileSystem.create('/checkpoint/checkpoint-2000', changed)
    assert.equal((await newest(fileSystem, { cipher })).text, 'one', `bit ${bit}`)
  }
})

test('a list for people says what each file is, and inspecting one says whether it is whole', async () => {
  const fileSystem = new MemoryFileSystem({ now: () => 77 })
  const files = filesIn(fileSystem)
  await files.write(1000, bytesOf('one'))
  await files.write(2000, bytesOf('two'))
  const content = await contentOf(fileSystem, 'checkpoint-2000')
  content[content.length - 1]! ^= 1
  await fileSystem.create('/checkpoint/checkpoint-2000', content)
  await fileSystem.create('/checkpoint/checkpoint-3000', bytesOf('?'))
  const list = await files.list()
  const lines = list.map(({ name, length, modifiedMs, head, problem }) => [name, length, modifiedMs, head?.epoch, head?.writtenMs, problem]) // prettier-ignore
  assert.deepEqual(lines, [
    ['checkpoint-2000', 51, 77, 1, 5000, undefined],
    ['checkpoint-1000', 51, 77, 1, 5000, undefined],
    ['checkpoint-3000', 1, 77, undefined, undefined, 'it ends within its head, after 1 bytes'],
  ])
  const inspected = await Promise.all(list.map(file => files.inspect(file)))
  assert.deepEqual(
    inspected.map(one => (typeof one === 'string' ? one : textOf(one))),
    ['the checksum of its content is wrong', 'one', 'it ends within its head, after 1 bytes'],
  )
})

test('wherever it ends and whatever fails, what a resolved write wrote, or something newer, is what is read', () =>
  fc.assert(
    fc.asyncProperty(
      fc.array(fc.tuple(fc.nat(30), fc.constantFrom<StorageFault | 'death'>('ENOSPC', 'EIO', { torn: 9 }, 'death'))),
      fc.array(fc.nat(3), { minLength: 1, maxLength: 12 }),
      async (plan, steps) => {
        const disk = new MemoryFileSystem()
        const faults = new Map(plan)
        let dead = false
        const fileSystem = faulty(disk, ({ index }) => {
          const fault = faults.get(index)
          dead ||= fault === 'death'
          if (dead || fault === 'death') throw new Error('the process is dead')
          return fault
        })
        const files = filesIn(fileSystem)
        let safe = -1
        let asked = 0
        for (const step of steps) {
          const number = asked++
          // Two writes of each time, so that backups take part.
          const write = files.write(number >> 1, bytesOf(`${number}`)).then(
            () => void (safe = Math.max(safe, number)),
            () => undefined,
          )
          if (step > 0) await write
        }
        await files.settled()
        await Promise.resolve()
        disk.crash()
        const { text } = await newest(disk)
        assert.ok(Number(text ?? -1) >= safe, `${text} was read, ${safe} was safe`)
        assert.ok(Number(text ?? -1) < asked)
      },
    ),
    { numRuns: 500 },
  ))

test('on a disk: written, replaced, read', async () => {
  const place = await mkdtemp(join(tmpdir(), 'dstream-checkpoint-'))
  try {
    const files = filesIn(new LocalFileSystem(), { directory: place })
    await files.write(1000, bytesOf('one'))
    await files.write(1000, bytesOf('two'))
    assert.equal((await files.readNewest(textOf)).found?.content, 'two')
    assert.deepEqual(await readdir(place), ['checkpoint-1000', 'checkpoint-1000.bk'])
  } finally {
    await rm(place, { recursive: true })
  }
})
