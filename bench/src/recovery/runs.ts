import { StreamingContext } from 'dstream'
import { BatchCounter } from '../batch-counter.ts'
import { millionKeys, type MillionKeys } from './million-keys.ts'
import { savedTimes } from './saved-times.ts'

/** How many saves the first run makes, and how many batches come behind the last of them. */
const saves = 3
const batchesBehind = 5

/** Runs until the state was saved a few times and some more batches have ended. What is left is what a crash leaves: nothing is stopped. */
export async function firstRun(program: MillionKeys): Promise<object> {
  const ssc = await StreamingContext.getOrCreate(program.directory, () => millionKeys(program, () => {}))
  const batches = new BatchCounter(ssc)
  ssc.start()
  const failed = ssc.awaitTermination()
  for (let seen = new Set<number>(); seen.size < saves;) {
    await Promise.race([batches.reached(batches.completed + 1), failed])
    seen = seen.union(new Set(savedTimes(program.directory)))
  }
  await Promise.race([batches.reached(batches.completed + batchesBehind), failed])
  return { batches: batches.completed }
}

/** Recovers, until the first batch has ended. Times in ms since the process began. */
export async function secondRun(program: MillionKeys): Promise<object> {
  const modulesMs = performance.now()
  let records = -1
  const ssc = await StreamingContext.getOrCreate(program.directory, () =>
    millionKeys(program, count => (records = records === -1 ? count : records)),
  )
  const readMs = performance.now()
  const tasks = taskTimes(ssc)
  const batches = new BatchCounter(ssc)
  ssc.start()
  await Promise.race([batches.reached(1), ssc.awaitTermination()])
  const totalMs = performance.now()
  const { user, system } = process.cpuUsage()
  const cpuMs = (user + system) / 1000
  return { totalMs, cpuMs, modulesMs, readMs, firstJobMs: tasks.firstMs(), tasks: tasks.done(), records }
}

/** The stages of the first job: when they began, and how long their tasks ran. */
function taskTimes(ssc: StreamingContext): { firstMs(): number; done(): readonly object[] } {
  const stages = new Map<number, { name: string; startMs: number; endMs: number; longestMs: number }>()
  let firstMs = NaN
  ssc.sparkContext.engine.subscribe(event => {
    if (event.type === 'jobStarted') firstMs = Number.isNaN(firstMs) ? performance.now() : firstMs
    if (event.type === 'stageSubmitted')
      stages.set(event.stageId, { name: event.name, startMs: performance.now(), endMs: NaN, longestMs: 0 })
    const stage = 'stageId' in event ? stages.get(event.stageId) : undefined
    if (stage === undefined) return
    if (event.type === 'stageCompleted') stage.endMs = performance.now()
    if (event.type === 'taskEnded') stage.longestMs = Math.max(stage.longestMs, event.metrics?.runTimeMs ?? 0)
  })
  return { firstMs: () => firstMs, done: () => [...stages.values()] }
}
