import type {
  CheckpointInspection,
  DirectoryHolder,
  InspectedContent,
  InspectedFile,
  InspectedInput,
  InspectedLog,
  InspectedSave,
  InspectedStream,
} from '@dstream/core'
import { asJson, bytesText, countText, durationText, momentText, section } from './text.ts'

/** An inspection for people to read. */
export const showText = ({ directory, used, files, holder, damages, content }: CheckpointInspection): string =>
  [
    `${directory}: ${used === undefined ? 'no checkpoint that can be used' : `a restart goes on from ${used}`}\n`,
    section('Damage', damages),
    content === undefined ? '' : contentText(content),
    section(
      'Files, in the order in which they are tried',
      files.map(file => fileText(file, used)),
    ),
    section('Worked in by', [holderText(holder)]),
  ].join('')

const contentText = (content: InspectedContent): string =>
  [
    section('Application', applicationLines(content)),
    section('Streams that hold something', content.streams.filter(({ holds }) => holds).flatMap(streamLines)),
    section('Inputs', content.inputs.map(inputText)),
    section(
      'Outputs',
      content.outputs.map(({ operator, site, stream }) => `${operator} of ${stream}, at ${site}`),
    ),
    section('After the checkpoint', logLines(content.log)),
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

const streamLines = ({ key, explicit, operator, site, slideMs, saved }: InspectedStream): string[] => [
  `${key}${explicit ? ' (uid)' : ''}: ${operator} at ${site}, every ${durationText(slideMs)}`,
  ...saved.map(one => `  ${saveText(one)}`),
]

function saveText({ batchMs, partitions, bytes, records, stateVersion, directory }: InspectedSave): string {
  const version = stateVersion === 0 ? '' : `, version ${stateVersion}`
  const held = records === undefined ? '' : `, ${countText(records, 'record')}`
  return `saved at ${momentText(batchMs)}: ${countText(partitions, 'partition')}${held}, ${bytesText(bytes)}${version}, in ${directory}`
}

function inputText({ number, key, kind, directory, files, blocksWaiting }: InspectedInput): string {
  const facts = [
    ...(directory === undefined ? [] : [directory]),
    ...(files === undefined ? [] : [`${countText(files, 'file')} remembered`]),
    ...(blocksWaiting === 0 ? [] : [`${countText(blocksWaiting, 'block')} in no batch yet`]),
  ]
  return `${number} ${key} (${kind})${facts.length === 0 ? '' : `: ${facts.join(', ')}`}`
}

function logLines({ blocksWaiting, bytesWaiting, batchesAfter }: InspectedLog): string[] {
  const batches = batchesAfter.map(({ batchMs, completed }) => `batch of ${momentText(batchMs)}, ${completed ? 'ended' : 'not ended'}: run again with the same data`) // prettier-ignore
  if (blocksWaiting === 0) return batches
  return [...batches, `${countText(blocksWaiting, 'received block')} in no batch yet, ${bytesText(bytesWaiting)}`]
}

function fileText({ path, writtenMs, epoch, bytes, problem }: InspectedFile, used: string | undefined): string {
  if (problem !== undefined) return `${path}: cannot be used: ${problem}`
  const written = writtenMs === undefined ? '' : `, written ${momentText(writtenMs)}`
  return `${path}: ${path === used ? 'used' : 'whole'}, ${bytesText(bytes)}${written} by process number ${epoch}`
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
  return `${who}, number ${epoch}, ${state}${heard}`
}
