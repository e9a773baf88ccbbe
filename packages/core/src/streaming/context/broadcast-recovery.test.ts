import assert from 'node:assert/strict'
import { test, type TestContext } from 'node:test'
import { registerEngine, SparkConf, SparkContext } from '../../context/index.ts'
import { ReferenceEngine } from '../../engine/testing/reference-engine.ts'
import { MemoryFileSystem, registerFileSystem } from '../../storage/index.ts'
import { untilIdle } from '../../testing/index.ts'
import { ManualClock, Seconds } from '../../time/index.ts'
import { InputDStream } from '../dstream/input-dstream.ts'
import { StreamingContext } from './streaming-context.ts'

const directory = 'memory:///checkpoint'

/** In each batch the words `a`, `b`. */
class Words extends InputDStream<string> {
  override compute() {
    return this.context.sparkContext.parallelize(['a', 'b'], 1)
  }
}

function setUp(t: TestContext) {
  const store = new MemoryFileSystem()
  t.after(registerFileSystem('memory', () => store))
  const putBack = registerEngine('local', () => new ReferenceEngine())
  t.after(putBack)
  const printed: string[] = []
  /** One run, each with a SparkContext of its own, until the clock is at a time. */
  const run = async (untilMs: number, build?: (ssc: StreamingContext) => void): Promise<void> => {
    const clock = new ManualClock(untilMs - 1000)
    const environment = { clock, write: (text: string) => void printed.push(text) }
    const conf = new SparkConf(false).setMaster('local[2]').setAppName('broadcast').set('spark.log.level', 'OFF')
    const sparkContext = new SparkContext(conf)
    const create = (): StreamingContext => {
      const made = new StreamingContext(sparkContext, Seconds(1), environment)
      made.checkpoint(directory)
      build!(made)
      return made
    }
    try {
      const options = { sparkContext, environment }
      const ssc = await StreamingContext.getOrCreate(directory, build === undefined ? null : create, options)
      ssc.start()
      await untilIdle(ssc)
      clock.setTo(untilMs)
      await untilIdle(ssc)
      await ssc.stop(false)
    } finally {
      await sparkContext.stop()
    }
  }
  const lines = () => printed.flatMap(text => text.split('\n')).filter(line => line.startsWith('('))
  return { run, lines }
}

test('broadcast values are there after a restart from the checkpoint alone, and after the next one, in tasks and in the driver', async t => {
  const { run, lines } = setUp(t)
  await run(1000, ssc => {
    const names = ssc.sparkContext.broadcast(new Map([['a', 'Anna'], ['b', 'Bert']])) // prettier-ignore
    const least = ssc.sparkContext.broadcast('A')
    new Words(ssc)
      .map(word => names.value.get(word)!)
      .transform(rdd => (least.value === 'A' ? rdd.filter(name => name > least.value) : rdd))
      .map(name => [name, name.length])
      .print()
  })
  assert.deepEqual(lines(), ['(Anna,4)', '(Bert,4)'])
  await run(2000)
  await run(3000)
  // The batch of each checkpoint is run again.
  assert.deepEqual(lines(), Array.from({ length: 5 }, () => ['(Anna,4)', '(Bert,4)']).flat())
})

test('a broadcast value too large for every checkpoint costs only the restart without the factory', async t => {
  const { run, lines } = setUp(t)
  const build = (ssc: StreamingContext): void => {
    const large = ssc.sparkContext.broadcast({ text: 'x'.repeat(2_000_000) })
    new Words(ssc).map(word => [word, large.value.text.length]).print()
  }
  await run(1000, build)
  await assert.rejects(run(2000), { code: 'CHECKPOINT_NEEDS_FACTORY', message: /broadcast variables hold/ })
  await run(2000, build)
  assert.deepEqual(lines().slice(0, 2), ['(a,2000000)', '(b,2000000)'])
})
