import assert from 'node:assert/strict'
import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { after, before, test } from 'node:test'
import zlib from 'node:zlib'
import { ReferenceEngine } from '../engine/testing/reference-engine.ts'
import { registerEngine } from './engines.ts'
import { SparkConf } from './spark-conf.ts'
import { SparkContext } from './spark-context.ts'

const root = fs.mkdtempSync(path.join(os.tmpdir(), 'dstream-files-'))
let sc: SparkContext

before(() => {
  registerEngine('local', () => new ReferenceEngine())
  sc = new SparkContext(new SparkConf(false).setMaster('local[2]').setAppName('files'))
})
after(async () => {
  await sc.stop()
  fs.rmSync(root, { recursive: true, force: true })
})

const at = (...parts: string[]): string => path.join(root, ...parts)
const namesIn = (...parts: string[]): string[] => fs.readdirSync(at(...parts)).sort()
const pairs = (): [string, number][] => [['a', 1], ['b', 2], ['c', 3]] // prettier-ignore

test('text files are written and read compressed', async () => {
  const lines = ['one', 'two', '', 'vier é']
  await sc.parallelize(lines, 2).saveAsTextFile(at('gz'), { codec: 'gzip' })
  assert.deepEqual(namesIn('gz'), ['_SUCCESS', 'part-00000.gz', 'part-00001.gz'])
  assert.equal(String(zlib.gunzipSync(fs.readFileSync(at('gz', 'part-00001.gz')))), '\nvier é\n')
  assert.deepEqual(await sc.textFile(at('gz')).collect(), lines)
  assert.equal(sc.textFile(at('gz'), 10).getNumPartitions(), 2)
  const unknown = sc.parallelize(lines).saveAsTextFile(at('unknown'), { codec: 'SnappyCodec' })
  await assert.rejects(unknown, { code: 'UNKNOWN_COMPRESSION_CODEC' })
  assert.equal(fs.existsSync(at('unknown')), false)
})

test('SequenceFiles give back their pairs, in every compression', async () => {
  for (const options of [
    {},
    { compression: 'record' },
    { compression: 'block', valueClass: 'LongWritable' },
  ] as const) {
    const directory = at(`seq-${JSON.stringify(options).length}`)
    await sc.parallelize(pairs(), 2).saveAsSequenceFile(directory, options)
    assert.deepEqual(await sc.sequenceFile<string, number>(directory).collect(), pairs())
  }
  const longs = await sc.sequenceFile(at(`seq-2`), 1, { longs: 'bigint' }).values().collect() // prettier-ignore
  assert.deepEqual(longs, [1, 2, 3])
  await assert.rejects(sc.parallelize([['a', {}]] as [string, object][], 1).saveAsSequenceFile(at('no')), /A SequenceFile/) // prettier-ignore
  assert.equal(fs.existsSync(at('no')), false)
})

test('object files hold records of any kind', async () => {
  const records = [new Date(5), new Map([[1, [2n]]]), null, undefined, { a: [NaN, -0] }]
  await sc.parallelize(records, 2).saveAsObjectFile(at('objects'))
  assert.deepEqual(await sc.objectFile(at('objects')).collect(), records)
})

test('hadoopFile and saveAsHadoopFile take formats by name, with options, and one’s own', async () => {
  await sc.parallelize(pairs(), 1).saveAsHadoopFile(at('text'), { name: 'TextOutputFormat', options: { separator: '=' } }) // prettier-ignore
  assert.deepEqual(await sc.textFile(at('text')).collect(), ['a=1', 'b=2', 'c=3'])
  const name = 'org.apache.hadoop.mapred.TextInputFormat'
  assert.deepEqual(await sc.hadoopFile(at('text'), name).collect(), [[0, 'a=1'], [4, 'b=2'], [8, 'c=3']]) // prettier-ignore
  await sc.parallelize(pairs(), 2).saveAsNewAPIHadoopFile(at('own'), {
    extension: '.json',
    write: async (file: string, given: Iterable<unknown>) => {
      const { writeFile } = await import('node:fs/promises')
      await writeFile(file, JSON.stringify([...given]))
    },
  })
  assert.deepEqual(namesIn('own'), ['_SUCCESS', 'part-r-00000.json', 'part-r-00001.json'])
  const read = sc.newAPIHadoopFile(at('own'), {
    read: (split: { readonly path: string }) => JSON.parse(fs.readFileSync(split.path, 'utf8')) as [string, number][],
  })
  assert.deepEqual(await read.collect(), pairs())
  assert.throws(() => sc.hadoopFile(at('text'), 'NoInputFormat'), { code: 'UNKNOWN_INPUT_FORMAT' })
  await assert.rejects(sc.parallelize(pairs()).saveAsHadoopFile(at('none'), 'NoFormat'), { code: 'UNKNOWN_OUTPUT_FORMAT' }) // prettier-ignore
})

test('an own output format that fails leaves nothing', async () => {
  const failing = sc.parallelize(pairs(), 2).saveAsHadoopFile(at('failing'), {
    write: (file: string) => {
      fs.writeFileSync(file, 'half')
      throw new Error('of the user')
    },
  })
  await assert.rejects(failing, /of the user/)
  assert.equal(fs.existsSync(at('failing')), false)
})

test('whole files as text and as bytes; binary records of one length', async () => {
  fs.mkdirSync(at('whole'))
  fs.writeFileSync(at('whole', 'a.txt'), 'x\ny')
  fs.writeFileSync(at('whole', 'b.bin'), new Uint8Array([1, 2, 3, 4, 5, 6]))
  const [[file, text]] = (await sc.wholeTextFiles(at('whole', 'a.txt')).collect()) as [[string, string]]
  assert.deepEqual([path.basename(file), text], ['a.txt', 'x\ny'])
  const bytes = await sc.binaryFiles(at('whole')).values().collect()
  assert.deepEqual(bytes, [new Uint8Array([120, 10, 121]), new Uint8Array([1, 2, 3, 4, 5, 6])])
  assert.deepEqual(await sc.binaryRecords(at('whole', 'b.bin'), 3).collect(), [new Uint8Array([1, 2, 3]), new Uint8Array([4, 5, 6])]) // prettier-ignore
  await assert.rejects(sc.binaryRecords(at('whole', 'b.bin'), 4).collect(), /Partial record\(length = 2\)/)
  assert.throws(() => sc.binaryRecords(at('whole'), 0), { code: 'RECORD_LENGTH' })
})

test('what is not there is refused at once', () => {
  for (const read of ['textFile', 'wholeTextFiles', 'sequenceFile', 'objectFile'] as const)
    assert.throws(() => (sc[read] as (path: string) => unknown).call(sc, at('nowhere')), { code: 'INPUT_NOT_FOUND' })
})
