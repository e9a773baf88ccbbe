import { ManualClock, untilIdle } from 'dstream/testing'
import { SparkConf, SparkContext, StreamingContext, registerEngine } from 'dstream'
import { ReferenceEngine } from '@dstream/core/engine-testing'
import { registerFileSystem, simulateProcesses, type MemoryFileSystem } from '@dstream/core/simulation'
import { contextOf, directory, type Outputs, type Program } from './old-program.ts'

/** A program that runs in virtual time, on the reference engine, over a store in memory. */
export interface Running {
  readonly ssc: StreamingContext
  readonly clock: ManualClock
  /** Lets one batch after the other become due. */
  until(ms: number): Promise<void>
  /** Ends without a word, as a process that is killed. */
  abandon(): Promise<void>
}

/** A world that has this store as `memory:`. Gives what takes it back. */
export function worldOf(store: MemoryFileSystem): () => void {
  const undo = [
    registerFileSystem('memory', () => store),
    registerEngine('local', () => new ReferenceEngine()),
    simulateProcesses({ self: () => ({ host: 'upgrade', pid: 2, started: '' }), isAlive: () => false }),
  ]
  return () => undo.forEach(one => one())
}

/** Starts a program at that time, or (`null`) what the checkpoint has of one. */
export async function start(program: Program | null, fromMs: number): Promise<Running> {
  const clock = new ManualClock(fromMs)
  const conf = new SparkConf(false).setMaster('local[2]').setAppName('upgrade')
  conf.setAll({ 'spark.streaming.receiver.writeAheadLog.enable': true, 'spark.log.level': 'OFF' })
  const sparkContext = new SparkContext(conf)
  try {
    const create = program && (() => contextOf(program, sparkContext, clock))
    const ssc = await StreamingContext.getOrCreate(directory, create, { sparkContext, environment: { clock } })
    ssc.start()
    await untilIdle(ssc)
    return {
      ...{ ssc, clock },
      until: async ms => {
        while (clock.now() < ms) {
          clock.setTo(Math.min(ms, clock.now() + 500))
          await untilIdle(ssc)
        }
      },
      abandon: () => ssc.stop({ stopSparkContext: true, stopGracefully: false }),
    }
  } catch (error) {
    await sparkContext.stop()
    throw error
  }
}

/** Runs a program from what is in the store until that time. Gives its report and what it has put out. */
export async function runChanged(program: Program | null, fromMs: number, untilMs: number) {
  globalThis.upgradeOutputs = new Map()
  const running = await start(program, fromMs)
  try {
    await running.until(untilMs)
    // Rejects when a batch has failed.
    await running.ssc.awaitTerminationOrTimeout(1)
  } finally {
    await running.abandon()
  }
  return { report: running.ssc.recoveryReport!, outputs: globalThis.upgradeOutputs as Outputs }
}
