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
  const modules = now()
  let records = -1
  const ssc = await StreamingContext.getOrCreate(program.directory, () =>
    millionKeys(program, count => (records = records === -1 ? count : records)),
  )
  const read = now()
  const tasks = taskTimes(ssc)
  const batches = new BatchCounter(ssc)
  ssc.start()
  await Promise.race([batches.reached(1), ssc.awaitTermination()])
  const total = now()
  return { totalMs: total.ms, total, modules, read, firstJob: tasks.first(), stages: tasks.done(), records }
}

/** Since the process began, in ms: by the clock, and of the processor by all threads, which tells more where others use the machine too. */
interface Moment {
  readonly ms: number
  readonly cpuMs: number
}

function now(): Moment {
  const { user, system } = process.cpuUsage()
  return { ms: Math.round(performance.now()), cpuMs: Math.round((user + system) / 1000) }
}

/** When the first job began, and how long the longest task of each stage ran. */
function taskTimes(ssc: StreamingContext): { first(): Moment | undefined; done(): readonly object[] } {
  const stages = new Map<number, { readonly name: string; longestMs: number }>()
  let first: Moment | undefined
  ssc.sparkContext.engine.subscribe(event => {
    if (event.type === 'jobStarted') first ??= now()
    if (event.type === 'stageSubmitted') stages.set(event.stageId, { name: event.name.split(' ')[0]!, longestMs: 0 })
    if (event.type !== 'taskEnded') return
    const stage = stages.get(event.stageId)
    if (stage !== undefined) stage.longestMs = Math.max(stage.longestMs, Math.round(event.metrics?.runTimeMs ?? 0))
  })
  return { first: () => first, done: () => [...stages.values()] }
}
