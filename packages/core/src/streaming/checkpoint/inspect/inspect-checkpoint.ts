import { decodeRecords } from '../../../codec/index.ts'
import { holderOf } from '../../../storage/fence/index.ts'
import { fileSystemFor } from '../../../storage/index.ts'
import type { AccumulatorContent, CheckpointContent, InputContent } from '../schema/index.ts'
import { inspectFiles } from './inspect-files.ts'
import { inspectLogs, type FoundLogs } from './inspect-logs.ts'
import { inspectSave } from './inspect-saved.ts'
import type { CheckpointInspection, InspectedContent, InspectedInput, InspectedStream } from './inspection.ts'

/**
 * Reads what a checkpoint directory holds; runs nothing, and writes nothing. Reads every checkpoint file and the driver's log, but none of the saved states: of
 * those it looks whether they are there.
 *
 * @throws StorageError, DStreamError UNKNOWN_FILE_SYSTEM
 * @example
 * (await inspectCheckpoint('/no/such/directory')).files // => []
 */
export async function inspectCheckpoint(directory: string): Promise<CheckpointInspection> {
  const { fileSystem, path } = fileSystemFor(directory)
  const damages: string[] = []
  const damaged = (what: string): void => void damages.push(what)
  const { files, used } = await inspectFiles(directory)
  const holder = await holderOf({ fileSystem, directory: path })
  const logs = await inspectLogs({ fileSystem, directory: path }, used?.content, damaged)
  const content = used && (await contentOf(used.content, logs, damaged))
  return { directory, used: used?.path, files, holder, damages, content }
}

async function contentOf(
  content: CheckpointContent,
  logs: FoundLogs,
  damaged: (what: string) => void,
): Promise<InspectedContent> {
  const { application, problems, graph, progress } = content
  const { name, master, id, configuration } = application
  const keys = new Map(graph.nodes.map(node => [node.id, node.key]))
  return {
    application: { name, master, id },
    batchIntervalMs: graph.batchMs,
    firstBatchMs: progress.zeroMs + graph.batchMs,
    batchMs: progress.batchMs,
    pendingMs: progress.pending,
    needsFactory: problems,
    streams: await streamsOf(content, damaged),
    inputs: graph.inputs.map((input, number) => inputOf(input, number, content, keys, logs)),
    outputs: graph.outputs.map(({ operator, site, stream }) => ({ operator, site, stream: keys.get(stream)! })),
    log: logs.log,
    accumulators: progress.accumulators.map(accumulatorOf),
    configuration,
  }
}

async function streamsOf(
  { graph, progress }: CheckpointContent,
  damaged: (what: string) => void,
): Promise<InspectedStream[]> {
  const savedByKey = new Map(progress.saved.map(saved => [saved.stream, saved.times]))
  const streams: InspectedStream[] = []
  for (const { key, explicit, operator, site, slideMs, detail } of graph.nodes) {
    const saved = await Promise.all((savedByKey.get(key) ?? []).map(time => inspectSave(time, damaged)))
    const holds = detail.kind === 'input' || detail.kind === 'state' || detail.kind === 'reducedWindow'
    streams.push({ key, explicit, operator, site, slideMs, holds: holds || saved.length > 0, saved })
  }
  return streams
}

function inputOf(
  { node, name, source }: InputContent,
  number: number,
  { progress }: CheckpointContent,
  keys: ReadonlyMap<number, string>,
  { waitingByInput }: FoundLogs,
): InspectedInput {
  const memory = progress.inputs.find(({ input }) => input === number)?.memory
  const files = (memory as { readonly files?: unknown } | undefined)?.files
  return {
    number,
    key: keys.get(node)!,
    operator: name,
    kind: source.kind,
    directory: source.kind === 'files' ? source.directory : undefined,
    files: Array.isArray(files) ? files.length : undefined,
    blocksWaiting: waitingByInput.get(number) ?? 0,
  }
}

function accumulatorOf({ name, className, state }: AccumulatorContent): InspectedContent['accumulators'][number] {
  try {
    return { name, className, value: decodeRecords(state)[0] }
  } catch {
    return { name, className, value: `${state.length} bytes that cannot be read here` }
  }
}
