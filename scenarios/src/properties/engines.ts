import { registerEngine, SparkConf, SparkContext } from '@dstream/core'
import { ReferenceEngine } from '@dstream/core/engine-testing'
import { LocalEngine } from '@dstream/local'

type Engine = SparkContext['engine']

/** The engines that programs run on: the one that says what is right, and the embedded one. */
export const sharedEngines = (): { readonly reference: Engine; readonly local: Engine } => ({
  reference: new ReferenceEngine(),
  local: new LocalEngine({
    threads: 2,
    maxFailures: 1,
    maxWorkerDeaths: 4,
    recordErrors: 'fail',
    // So little that some shuffles go to disk.
    shuffleMemoryBytes: 2000,
  }),
})

/** Calls `f` with a SparkContext of its own on an engine that outlives it. */
export async function withContext<R>(engine: Engine, f: (sc: SparkContext) => Promise<R>): Promise<R> {
  registerEngine('local', () => lent(engine))
  const sc = new SparkContext(new SparkConf(false).setMaster('local[2]').setAppName('properties'))
  sc.setLogLevel('OFF')
  try {
    return await f(sc)
  } finally {
    // The next context counts its nodes from 0 again.
    engine.release(Array.from({ length: sc.nextNodeId }, (_, id) => id))
    await sc.stop()
  }
}

/** The engine, but for its end. */
const lent = (engine: Engine): Engine =>
  new Proxy(engine, {
    get: (target, name) => {
      if (name === 'close') return async () => {}
      const member: unknown = Reflect.get(target, name, target)
      return typeof member === 'function' ? member.bind(target) : member
    },
  })
