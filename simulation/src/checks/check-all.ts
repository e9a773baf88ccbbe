import { inputsOf } from '../program/plan.ts'
import { expected } from '../program/oracle.ts'
import { longCalm } from '../life/settings.ts'
import type { Universe } from '../universe.ts'

/** An invariant that did not hold. The numbers are those of the README. */
export interface Violation {
  readonly invariant: number
  readonly message: string
}

/** As many times' checkpoints are kept. */
const keptCheckpoints = 10

/** No log and no saved data is of use for so many batches: ten checkpoints are kept, which name what is as old as a window, an interval of saving, and a chain of deltas. */
const longestNeeded = longCalm - 8

/** No receiver of the simulator stores more at a time, nor sends more before it has the answer. */
const longestBlockBytes = 100

/** Everything that must hold once a universe has come to rest. */
export async function checkAll(universe: Universe): Promise<Violation[]> {
  return [
    ...universe.problems.map(message => ({ invariant: 0, message })),
    ...everyRecordOnce(universe),
    ...sameEachTime(universe),
    ...equalsFold(universe),
    ...noTimeSkipped(universe),
    ...generatedOnce(universe),
    ...(await bounded(universe)),
    ...stopsWell(universe),
  ]
}

const breaks = (invariant: number, messages: readonly string[]): Violation[] =>
  messages.slice(0, 3).map(message => ({ invariant, message }))

/** 1. Every record that was stored is in exactly one batch, and so are the lines of every file. */
function everyRecordOnce({ outside: { sources, files, sink }, plan }: Universe): Violation[] {
  const batchesOf = new Map<string, number[]>()
  for (let input = 0; input < inputsOf(plan); input++) {
    for (const timeMs of sink.timesOf(`raw-${input}`)) {
      for (const line of sink.records(`raw-${input}`, timeMs)) {
        const id = line.split(' ')[2]!
        batchesOf.set(id, [...(batchesOf.get(id) ?? []), timeMs])
      }
    }
  }
  const wrong: string[] = []
  for (const { id, stored } of sources.flatMap(({ attempts }) => attempts)) {
    const n = batchesOf.get(id)?.length ?? 0
    if (n > 1) wrong.push(`record ${id} is in the batches ${batchesOf.get(id)!.join(', ')}`)
    if (n === 0 && stored) wrong.push(`record ${id} was acknowledged and is in no batch`)
  }
  for (const [path, lines] of files) {
    for (const line of lines) {
      const times = batchesOf.get(line.split(' ')[2]!) ?? []
      if (times.length !== 1) wrong.push(`${path}: a line is in ${times.length} batches (${times.join(', ')})`)
    }
  }
  return breaks(1, wrong)
}

/** 2. Every write of a partition of a batch has the same records, whoever wrote it, and there are as many partitions. 7: also of processes that were fenced off. */
function sameEachTime({ outside: { sink }, plan, lives }: Universe): Violation[] {
  const found: Violation[] = []
  for (const output of outputNames(plan)) {
    for (const [timeMs, { whole, partitions }] of sink.batches(output)) {
      if (new Set(whole.map(one => one.partitions)).size > 1)
        found.push({
          invariant: 2,
          message: `${output} ${timeMs} had ${whole.map(one => one.partitions).join(', ')} partitions`,
        })
      for (const [partition, writes] of partitions) {
        const odd = writes.find(({ records }) => records.join('\n') !== writes[0]!.records.join('\n'))
        if (odd === undefined) continue
        const fenced = lives.all.some(
          ({ process, fate }) =>
            fate?.kind === 'takenOver' && (process.number === odd.process || process.number === writes[0]!.process),
        )
        const what = `${output} ${timeMs}.${partition}: process ${writes[0]!.process} wrote ${shown(writes[0]!.records)}, process ${odd.process} ${shown(odd.records)}`
        found.push({ invariant: fenced ? 7 : 2, message: what })
      }
    }
  }
  return found.slice(0, 4)
}

/** 3. What is derived is what a plain fold over the raw input gives. */
function equalsFold({ outside: { sink }, plan }: Universe): Violation[] {
  const timesMs = sink.timesOf('raw-0')
  if (timesMs.length === 0) return [{ invariant: 3, message: 'nothing was put out' }]
  const raw = Array.from(
    { length: inputsOf(plan) },
    (_, input) => new Map(timesMs.map(timeMs => [timeMs, sink.records(`raw-${input}`, timeMs)] as const)),
  )
  const wrong: string[] = []
  plan.outputs.forEach((output, i) => {
    const name = `${output.kind}-${i}`
    const should = expected(output, raw, timesMs, plan.batchMs)
    const there = sink.timesOf(name)
    const times = [...should.keys()]
    if (there.join() !== times.join()) wrong.push(`${name} has the batches ${there.join()} instead of ${times.join()}`)
    for (const [timeMs, records] of should) {
      const [is, wants] = [sink.records(name, timeMs).sort(), [...records].sort()]
      if (is.join('\n') !== wants.join('\n')) wrong.push(`${name} ${timeMs} is ${shown(is)} instead of ${shown(wants)}`)
    }
  })
  return breaks(3, wrong)
}

/** 4. Batch times follow each other by one interval, in the phase of the first, in every output. */
function noTimeSkipped({ outside: { sink }, plan }: Universe): Violation[] {
  const wrong: string[] = []
  for (let input = 0; input < inputsOf(plan); input++) {
    const times = sink.timesOf(`raw-${input}`)
    if (times[0] !== undefined && times[0] % plan.batchMs !== 0)
      wrong.push(`${times[0]} is no multiple of ${plan.batchMs}`)
    times.forEach((timeMs, i) => {
      if (i > 0 && timeMs - times[i - 1]! !== plan.batchMs)
        wrong.push(`raw-${input}: after the batch of ${times[i - 1]} comes that of ${timeMs}`)
    })
  }
  return breaks(4, wrong)
}

/**
 * 5. A life submits each batch once and in order, and none begins anew; what it repeats of earlier lives is the checkpoint's batch, later ones, and those that had not
 * ended when the checkpoint was made.
 */
function generatedOnce({ lives, store }: Universe): Violation[] {
  const wrong: string[] = []
  for (const { process, submitted, recoveredFrom } of lives.all) {
    const earlier = lives.all.filter(life => life.process.number < process.number)
    submitted.forEach(({ timeMs }, i) => {
      if (i > 0 && timeMs <= submitted[i - 1]!.timeMs)
        wrong.push(`process ${process.number} submits ${timeMs} after ${submitted[i - 1]!.timeMs}`)
    })
    if (recoveredFrom === undefined) {
      if (submitted.length > 0 && earlier.some(life => life.submitted.length > 0))
        wrong.push(`process ${process.number} began anew`)
      continue
    }
    const knownSince = whenPutTogether(store.checkpoints, recoveredFrom.file)
    for (const { timeMs } of submitted) {
      if (timeMs >= recoveredFrom.batchMs) continue
      // A batch that is run again has not ended again at once.
      const lastRun = earlier.findLast(life => life.submitted.some(one => one.timeMs === timeMs))
      const ended = lastRun?.completed.find(one => one.timeMs === timeMs)
      if (ended !== undefined && ended.step < knownSince)
        wrong.push(
          `process ${process.number} repeats ${timeMs}, which had ended long before the checkpoint of ${recoveredFrom.batchMs}`,
        )
    }
  }
  return breaks(5, wrong)
}

/** The step after which a checkpoint was put together at the earliest: when its process had written the one before the first of that name. */
function whenPutTogether(checkpoints: Universe['store']['checkpoints'], file: string): number {
  const at = checkpoints.findIndex(({ path }) => file.replace(/\.bk$/, '').endsWith(path))
  const first = checkpoints[at]
  return checkpoints.slice(0, Math.max(0, at)).findLast(({ process }) => process === first?.process)?.step ?? 0
}

/** 6. What waits is bounded; and after some batches in peace, nothing is on disk that nobody needs, whatever was before. */
async function bounded(universe: Universe): Promise<Violation[]> {
  const { store, plan, calmBatches, outside, world, problems } = universe
  const { mostWaitingBytes } = outside
  const wrong: string[] = []
  const { maxUnprocessedBytes } = plan
  if (maxUnprocessedBytes !== undefined && mostWaitingBytes > maxUnprocessedBytes + plan.receivers * longestBlockBytes)
    wrong.push(`${mostWaitingBytes} bytes were received and waited for a batch`)
  const names = async (directory: string): Promise<string[]> =>
    (await store.disk.stat(directory)) === undefined ? [] : (await store.disk.list(directory)).map(({ name }) => name)
  const times = new Set((await names('/checkpoint')).flatMap(name => /^checkpoint-(\d+)/.exec(name)?.[1] ?? []))
  if (times.size > keptCheckpoints + 1) wrong.push(`there are checkpoints of ${[...times].join(', ')}`)
  if (calmBatches < longCalm || problems.length > 0) return breaks(6, wrong)
  const oldestMs = world.wallMs - longestNeeded * plan.batchMs
  const logs = [
    '/checkpoint/receivedBlockMetadata',
    ...(await names('/checkpoint/receivedData')).map(name => `/checkpoint/receivedData/${name}`),
  ]
  const ageOf = (timeMs: number): string => `${Math.round((world.wallMs - timeMs) / plan.batchMs)} batches old`
  for (const log of logs) {
    // The newest may be open, and wait for more.
    for (const name of (await names(log)).slice(0, -1)) {
      const [, stopMs] = /^log-\d+-(\d+)$/.exec(name) ?? []
      if (stopMs === undefined || Number(stopMs) < oldestMs)
        wrong.push(`${log}/${name} is left, ${ageOf(Number(stopMs))}`)
    }
  }
  for (const run of await names('/checkpoint/data')) {
    for (const stream of await names(`/checkpoint/data/${run}`)) {
      for (const time of await names(`/checkpoint/data/${run}/${stream}`))
        if (Number(time) < oldestMs) wrong.push(`data/${run}/${stream}/${time} is left, ${ageOf(Number(time))}`)
    }
  }
  const fences = await names('/checkpoint/.fence')
  if (fences.length > 2) wrong.push(`the fence has left ${fences.join(', ')}`)
  return breaks(6, wrong)
}

/** 8. A graceful stop ends by its deadline, and everything that was stored before has been put out then. */
function stopsWell({ lives: { stops }, plan }: Universe): Violation[] {
  const timeoutMs = 10 * plan.batchMs
  const wrong: string[] = []
  for (const { startedMs, endedMs, missing } of stops) {
    if (endedMs === undefined) continue
    const tookMs = endedMs - startedMs
    if (tookMs > timeoutMs + 10_000) wrong.push(`a graceful stop took ${tookMs} ms of ${timeoutMs}`)
    if (tookMs < timeoutMs && missing.length > 0)
      wrong.push(`a graceful stop of ${tookMs} ms left out ${missing.join(', ')}`)
  }
  return breaks(8, wrong)
}

const outputNames = (plan: Universe['plan']): string[] => [
  ...Array.from({ length: inputsOf(plan) }, (_, input) => `raw-${input}`),
  ...plan.outputs.map((output, i) => `${output.kind}-${i}`),
]

const shown = (records: readonly string[]): string =>
  records.length > 12 ? `${records.slice(0, 12).join(' | ')} … (${records.length})` : `[${records.join(' | ')}]`
