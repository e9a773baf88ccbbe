import assert from 'node:assert/strict'
import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { after, afterEach, test } from 'node:test'
import { BatchInput, collectBatches, runBatches, streamingTest, type StreamingTest } from '../../testing/index.ts'

const root = fs.mkdtempSync(path.join(os.tmpdir(), 'dstream-outputs-'))
after(() => fs.rmSync(root, { recursive: true, force: true }))

let open: StreamingTest | undefined
const setUp = (startMs = 0): StreamingTest => (open = streamingTest({ startMs }))
afterEach(async () => {
  await open?.close()
  open = undefined
})

test('each batch is saved as object files, which objectFile reads', async () => {
  const { ssc, sparkContext } = setUp()
  new BatchInput(ssc, [[new Date(5)], []]).saveAsObjectFiles(path.join(root, 'objects'), 'bin')
  ssc.start()
  await runBatches(ssc, 2)
  assert.deepEqual(await sparkContext.objectFile(path.join(root, 'objects-1000.bin')).collect(), [new Date(5)])
  assert.deepEqual(await sparkContext.objectFile(path.join(root, 'objects-2000.bin')).collect(), [])
})

test('each batch of pairs is saved in an output format, with the names of either interface', async () => {
  const { ssc, sparkContext } = setUp()
  const pairs = new BatchInput(ssc, [[['a', 1]]] as [string, number][][], 1)
  pairs.saveAsHadoopFiles(path.join(root, 'text'))
  pairs.saveAsNewAPIHadoopFiles(path.join(root, 'seq'), '', 'SequenceFileOutputFormat')
  ssc.start()
  await runBatches(ssc, 1)
  assert.equal(fs.readFileSync(path.join(root, 'text-1000', 'part-00000'), 'utf8'), 'a\t1\n')
  assert.deepEqual(fs.readdirSync(path.join(root, 'seq-1000')).sort(), ['_SUCCESS', 'part-r-00000'])
  assert.deepEqual(await sparkContext.sequenceFile(path.join(root, 'seq-1000')).collect(), [['a', 1]])
})

test('streams of files in an input format, and of binary records', async () => {
  const { ssc } = setUp(100_000)
  const directory = path.join(root, 'in')
  fs.mkdirSync(directory)
  const file = path.join(directory, 'a')
  fs.writeFileSync(file, 'ab\ncd\n')
  fs.utimesSync(file, 100.5, 100.5)
  const lines = collectBatches(ssc.fileStream<number, string>(directory, { format: 'TextInputFormat' }))
  const own = collectBatches(
    ssc.fileStream(directory, { format: { read: ({ size }: { readonly size: number }) => [['size', size] as const] } }),
  )
  const records = collectBatches(ssc.binaryRecordsStream(directory, 3))
  ssc.start()
  await runBatches(ssc, 1)
  assert.deepEqual(lines[0]?.records, [[0, 'ab'], [3, 'cd']]) // prettier-ignore
  assert.deepEqual(own[0]?.records, [['size', 6]])
  assert.deepEqual(records[0]?.records, [Uint8Array.from(Buffer.from('ab\n')), Uint8Array.from(Buffer.from('cd\n'))])
})

test('the streams that a stream is made of', () => {
  const { ssc } = setUp()
  const [a, b] = [new BatchInput(ssc, [[1]]), new BatchInput(ssc, [[2]])]
  assert.deepEqual(a.union(b).dependencies.map(parent => parent.node), [a.node, b.node]) // prettier-ignore
  assert.deepEqual(a.dependencies, [])
})
