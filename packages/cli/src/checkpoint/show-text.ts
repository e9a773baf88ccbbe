import type {
  CheckpointInspection,
  DirectoryHolder,
  InspectedContent,
  InspectedFile,
  InspectedInput,
  InspectedSave,
  InspectedStream,
} from '@dstream/core'
import { asJson, bytesText, countText, durationText, momentText, section } from './text.ts'

/** What there is to say besides the inspection. */
interface Shown {
  /** A line for each checkpoint file, in place of one for all that are whole. */
  readonly allFiles: boolean
  /** Of a directory without a checkpoint that can be used: how much is in it; undefined where that is not known. */
  readonly entries: number | 'missing' | undefined
}

/** An inspection for people to read. */
export function showText(
  { directory, used, files, holder, damages, content }: CheckpointInspection,
  shown: Shown,
): string {
  if (used === undefined && files.length === 0 && (shown.entries === 'missing' || shown.entries === 0))
    return nothingThere(directory, shown.entries)
  return [
    used === undefined ? unusable(directory, files) : `${directory}: a restart goes on from ${used}\n`,
    section('Worked in by', [holderText(holder)]),
    section('Damage', damages),
    content === undefined ? '' : contentText(content),
    shown.allFiles
      ? section(
          'Files, in the order in which they are tried',
          files.map(file => fileText(file, used)),
        )
      : section('Files', filesLines(files)),
  ].join('')
}

const nothingThere = (directory: string, entries: 'missing' | 0): string =>
  entries === 'missing'
    ? `${directory} does not exist\n  → Name the directory that the program gives to checkpoint(…). A program that is started makes it.\n`
    : `${directory} is empty: nothing has been written into it\n  → A program writes its first checkpoint when it is started with this directory.\n`

const unusable = (directory: string, files: readonly InspectedFile[]): string =>
  files.length === 0
    ? `${directory}: no checkpoint that can be used: it has no checkpoint files\n  → Is it the directory that the program gives to checkpoint(…), not one above or below it?\n`
    : `${directory}: no checkpoint that can be used, of ${countText(files.length, 'file')}\n  → Why not is said with each file. What is encrypted needs its key, and what a newer version wrote that version.\n`

/** Those that are whole in one line, the others each with what is wrong with it. */
function filesLines(files: readonly InspectedFile[]): string[] {
  const whole = files.filter(({ problem }) => problem === undefined).sort((a, b) => a.batchMs - b.batchMs)
  const [oldest, newest] = [whole[0], whole.at(-1)]
  const broken = files.filter(({ problem }) => problem !== undefined).map(file => fileText(file, undefined))
  if (oldest === undefined || newest === undefined) return broken
  const range = whole.length === 1 ? `of batch ${momentText(oldest.batchMs)}` : `oldest ${momentText(oldest.batchMs)}, newest ${momentText(newest.batchMs)}` // prettier-ignore
  return [`${whole.length} whole, ${range}`, ...broken]
}

const contentText = (content: InspectedContent): string =>
  [
    section('Application', applicationLines(content)),
    section(
      'Streams that hold something',
      content.streams.filter(({ holds }) => holds).flatMap(stream => streamLines(stream, isInput(stream, content))),
    ),
    section('Inputs', content.inputs.map(inputText)),
    section(
      'Outputs',
      content.outputs.map(({ operator, site, stream }) => `${operator} of ${stream}, at ${site}`),
    ),
    section('After the checkpoint', logLines(content)),
    section('Accumulators', content.accumulators.map(({ name, className, value }) => `${name} (${className}): ${asJson(value).trim().replaceAll(/\s+/g, ' ')}`)), // prettier-ignore
    section(
      'Configuration',
      content.configuration.map(([key, value]) => `${key}=${value}`),
    ),
  ].join('')

function applicationLines(content: InspectedContent): string[] {
  const { application, batchIntervalMs, firstBatchMs, batchMs, pendingMs, needsFactory } = content
  return [
    `${application.name} on ${application.master}, ${application.id}`,
    `a batch every ${durationText(batchIntervalMs)}, the first at ${momentText(firstBatchMs)}`,
    `the checkpoint is that of the batch of ${momentText(batchMs)}`,
    pendingMs.length === 0
      ? 'every batch before it had ended'
      : `not ended, and run again: ${pendingMs.map(momentText).join(', ')}`,
    ...(needsFactory.length === 0
      ? ['goes on without the function that makes the streams too']
      : ['goes on only with the function that makes the streams, as the checkpoint could not hold', ...needsFactory.map(why => `  ${why.split('\n')[0]}`)]), // prettier-ignore
  ]
}

/** What an input remembers stands with the inputs: nothing is saved of it. */
const isInput = ({ key }: InspectedStream, { inputs }: InspectedContent): boolean =>
  inputs.some(input => input.key === key)

const streamLines = ({ key, explicit, operator, site, slideMs, saved }: InspectedStream, input: boolean): string[] => [
  `${key}${explicit ? ' (uid)' : ''}: ${operator} at ${site}, every ${durationText(slideMs)}`,
  ...(saved.length === 0 && !input ? ['  nothing is saved yet'] : saved.map(one => `  ${saveText(one)}`)),
]

function saveText({ batchMs, partitions, bytes, records, stateVersion, directory }: InspectedSave): string {
  const version = stateVersion === 0 ? '' : `, version ${stateVersion}`
  const held = records === undefined ? '' : `, ${countText(records, 'record')}`
  return `saved at ${momentText(batchMs)}: ${countText(partitions, 'partition')}${held}, ${bytesText(bytes)}${version}, in ${directory}`
}

function inputText({ number, key, kind, directory, files }: InspectedInput): string {
  const facts = [
    ...(directory === undefined ? [] : [directory]),
    ...(files === undefined ? [] : [`${countText(files, 'file')} remembered`]),
  ]
  return `${number} ${key} (${kind})${facts.length === 0 ? '' : `: ${facts.join(', ')}`}`
}

function logLines({ log, inputs }: InspectedContent): string[] {
  const { blocksWaiting, bytesWaiting, batchesAfter } = log
  const batches = batchesAfter.map(({ batchMs, completed }) => `batch of ${momentText(batchMs)}, ${completed ? 'ended' : 'not ended'}: run again with the same data`) // prettier-ignore
  if (blocksWaiting === 0) return batches
  const waiting = inputs.filter(input => input.blocksWaiting > 0)
  const of = waiting.length < 2 ? waiting.map(({ number }) => `input ${number}`) : waiting.map(({ number, blocksWaiting: n }) => `${n} of input ${number}`) // prettier-ignore
  const from = of.length === 0 ? '' : ` (${of.join(', ')})`
  return [
    ...batches,
    `${countText(blocksWaiting, 'received block')} in no batch yet${from}, ${bytesText(bytesWaiting)}`,
  ]
}

function fileText({ path, writtenMs, epoch, bytes, problem }: InspectedFile, used: string | undefined): string {
  if (problem !== undefined) return `${path}: cannot be used: ${problem}`
  const written = writtenMs === undefined ? '' : `, written ${momentText(writtenMs)}`
  return `${path}: ${path === used ? 'used' : 'whole'}, ${bytesText(bytes)}${written}${epoch === undefined ? '' : ` in epoch ${epoch} of the directory`}`
}

function holderText(holder: DirectoryHolder | undefined): string {
  if (holder === undefined) return 'nobody yet'
  const { epoch, owner, released, alive, renewedMs } = holder
  const who = owner === undefined ? 'a process that has not said who it is' : `process ${owner.pid} on ${owner.host}`
  const state = released
    ? 'which has let it go'
    : alive === undefined
      ? 'of which this machine does not know whether it lives'
      : alive
        ? 'which lives'
        : 'which has died'
  const heard = renewedMs === undefined ? '' : `, last heard of ${momentText(renewedMs)}`
  return `${who}, epoch ${epoch} of the directory, ${state}${heard}`
}
