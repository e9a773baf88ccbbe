import { registerEngine, SparkConf, SparkContext } from '../context/index.ts'
import { ReferenceEngine } from '../engine/testing/reference-engine.ts'
import { StreamingContext } from '../streaming/context/streaming-context.ts'
import { ManualClock, Milliseconds, type Duration } from '../time/index.ts'

/** A streaming program under test: everything that it gets from outside is in the test's hand. */
export interface StreamingTest {
  readonly sparkContext: SparkContext
  readonly ssc: StreamingContext
  readonly clock: ManualClock
  /** What `print()` has written so far. */
  printed(): string
  /** Stops both contexts, whatever state they are in. */
  close(): Promise<void>
}

export interface StreamingTestOptions {
  /** Default: one second. */
  readonly batch?: Duration
  /** Where the clock begins, epoch milliseconds. Default 0, so that the first batch is that of one batch interval. */
  readonly startMs?: number
  /** Run on the engine that is registered for `local` masters, instead of on the reference engine. */
  readonly registeredEngine?: boolean
  /** `spark.*` keys. */
  readonly conf?: Readonly<Record<string, string | number | boolean>>
}

/**
 * A StreamingContext on a manual clock and, by default, the reference engine, which runs tasks in this thread, one after the other.
 *
 * @example
 * const { ssc, printed, close } = streamingTest()
 * new BatchInput(ssc, [['a b', 'b']]).flatMap(line => line.split(' ')).count().print()
 * ssc.start()
 * await runBatches(ssc, 1)
 * await close()
 */
export function streamingTest(options: StreamingTestOptions = {}): StreamingTest {
  const { batch = Milliseconds(1000), startMs = 0, registeredEngine = false, conf = {} } = options
  const settings = new SparkConf(false).setMaster('local[2]').setAppName('test').setAll(conf)
  const sparkContext = registeredEngine ? new SparkContext(settings) : onReferenceEngine(settings)
  const clock = new ManualClock(startMs)
  const pieces: string[] = []
  const ssc = new StreamingContext(sparkContext, batch, { clock, write: text => void pieces.push(text) })
  return {
    ...{ sparkContext, ssc, clock },
    printed: () => pieces.join(''),
    close: async () => {
      await ssc.stop(false)
      await sparkContext.stop()
    },
  }
}

/** The reference engine is what runs this one context; the one that is registered stays that for all others. */
function onReferenceEngine(settings: SparkConf): SparkContext {
  const putBack = registerEngine('local', () => new ReferenceEngine())
  try {
    return new SparkContext(settings)
  } finally {
    putBack()
  }
}
