/** The program of a worker thread: it runs the tasks it is sent, one after the other. */
import { parentPort, threadId, workerData } from 'node:worker_threads'
import { performance } from 'node:perf_hooks'
import {
  Instantiator,
  TaskContext,
  accumulatorUpdates,
  broadcastTable,
  encodeRecords,
  encryptAtRest,
} from '@dstream/core/engine'
import type { StateStep, TaskFunction } from '@dstream/core/engine'
import { storeAlone } from '../blocks/byte-store.ts'
import { HeapBlocks } from '../blocks/heap-blocks.ts'
import { encryptSpills } from '../blocks/spill-cipher.ts'
import { StateVersions } from '../blocks/state-versions.ts'
import type { TaskFn } from '../tasks/compile.ts'
import { runTask } from '../tasks/run-task.ts'
import { failure } from '../tasks/task-error.ts'
import type { FileRange } from '../tasks/task-spec.ts'
import type { ExportBlock, FromWorker, RunTask, SpillBlock, ToWorker, WorkerSettings } from './protocol.ts'

const settings = workerData as WorkerSettings
const port = parentPort!
const heap = new HeapBlocks()
const versions = new StateVersions()
const functions = new Map<number, TaskFunction>()
const instantiator = new Instantiator()
let running = 0
/** Functions to forget when no task runs: one that waits may not have asked for all of its own yet. */
let unused: number[] = []

// The pipeline's own frame tells which operator a user function was called by; deep user code must not push it off the stack.
Error.stackTraceLimit = 64

if (settings.encryption !== undefined) encryptAtRest(settings.encryption)
if (settings.spillKey !== undefined) encryptSpills(settings.spillKey)
for (const module of settings.preload) await import(module)
port.on('message', (message: ToWorker) => {
  switch (message.type) {
    case 'run':
      void run(message)
      break
    case 'export':
      exportBlock(message)
      break
    case 'release':
      for (const nodeId of message.nodeIds) {
        heap.release(nodeId)
        versions.release(nodeId)
      }
      break
    case 'drop':
      heap.drop(message.nodeId, message.partition)
      versions.drop(message.nodeId, message.partition)
      break
    case 'spill':
      spill(message)
      break
    case 'broadcast':
      broadcastTable.add(message.key, message.bytes)
      break
    case 'releaseBroadcast':
      broadcastTable.release(message.key, message.destroyed)
      break
    case 'forget':
      unused.push(...message.numbers)
      if (running === 0) forgetUnused()
      break
  }
})
send({ type: 'ready' })

async function run(task: RunTask): Promise<void> {
  const started = performance.now()
  running++
  try {
    if (task.define.length + task.classes.length > 0) await define(task)
    const { stageId, partition, attempt, batchTimeMs, taskId } = task
    const context = {
      stageId,
      partitionId: partition,
      attemptNumber: attempt,
      taskAttemptId: taskId,
      batchTimeMs,
      worker: settings.worker,
      threadId,
    }
    const services = {
      functionOf: functionsOf(),
      heap,
      versions,
      spillDirectory: settings.spillDirectory,
      spill: task.spill,
      compress: settings.compress,
      skipErrors: settings.recordErrors === 'skip',
      cancellation: { cancelled: settings.cancelled, taskId, giveUp },
    }
    const outcome = await TaskContext.run(context, async () => ({
      ...(await runTask(task.spec, partition, services)),
      accumulators: accumulatorUpdates(),
    }))
    const { result, kept, skipped, accumulators, ...counts } = outcome
    send({
      type: 'succeeded',
      taskId,
      result,
      kept,
      skipped,
      accumulators,
      metrics: { runTimeMs: performance.now() - started, ...counts },
    })
  } catch (error) {
    send({ type: 'failed', taskId: task.taskId, ...failure(error) })
  } finally {
    if (--running === 0) forgetUnused()
  }
}

/** Writes a kept partition to a file of its own. What cannot be written is dropped: it can be computed again. */
function spill({ nodeId, partition, bytes }: SpillBlock): void {
  try {
    const options = { directory: settings.spillDirectory, spill: true }
    const stored =
      bytes === undefined
        ? storeAlone(encodeRecords(heap.get(nodeId, partition)!), { ...options, compress: settings.compress.kept })
        : storeAlone(bytes, { ...options, compress: false })
    send({ type: 'spilled', nodeId, partition, stored: stored as FileRange })
  } catch {
    send({ type: 'spilled', nodeId, partition })
  }
}

/** A task of another worker needs what is here. Records that cannot be encoded stay: that task computes its own. */
function exportBlock({ nodeId, partition, view }: ExportBlock): void {
  try {
    const records = view === 'records' ? heap.get(nodeId, partition) : viewOf(versions.get(nodeId, partition), view)
    send({
      type: 'exported',
      nodeId,
      partition,
      view,
      ...(records === undefined ? {} : { bytes: encodeRecords(records) }),
    })
  } catch {
    send({ type: 'exported', nodeId, partition, view })
  }
}

function viewOf(step: StateStep | undefined, view: 'pairs' | 'mapped' | 'timed'): readonly unknown[] | undefined {
  if (step === undefined || view === 'mapped') return step?.mapped
  return [...(view === 'pairs' ? step.version.entries() : step.version.timedEntries())]
}

async function define(task: RunTask): Promise<void> {
  for (const { number, f } of task.define) functions.set(number, f)
  await instantiator.prepare([...task.classes, ...task.define.map(definition => definition.f)])
}

function forgetUnused(): void {
  for (const number of unused) {
    const f = functions.get(number)
    functions.delete(number)
    if (f !== undefined) instantiator.forget(f)
  }
  unused = []
}

/** The functions of one task: each made once, with captured values of its own. */
function functionsOf(): (number: number) => TaskFn {
  const made = new Map<number, TaskFn>()
  return number => {
    let f = made.get(number)
    if (f === undefined) made.set(number, (f = instantiator.instantiate(functions.get(number)!) as TaskFn))
    return f
  }
}

function giveUp(): never {
  throw new Error('the job was cancelled')
}

function send(message: FromWorker): void {
  port.postMessage(message)
}
