import { DStreamError } from '../../../errors/dstream-error.ts'
import type { DriverEvent } from './driver-event.ts'

/** The version of encoded events. A later one may have more kinds of event, or other fields. */
const version = 1

/**
 * Events as a record of the log: one byte of version, then a list in JSON, UTF-8. What is in one record is safe together.
 * @throws DStreamError DRIVER_EVENT_FORMAT for one that could not be read again, such as a time that is infinite: better now than in recovery
 */
export function encodeEvents(events: readonly DriverEvent[]): Uint8Array {
  events.forEach(check)
  const text = JSON.stringify(events)
  const bytes = Buffer.allocUnsafe(1 + Buffer.byteLength(text))
  bytes[0] = version
  bytes.write(text, 1)
  return bytes
}

/** Whether it can be in the log at all. @throws DStreamError DRIVER_EVENT_FORMAT */
export function checkEvent(event: DriverEvent): void {
  check(event)
  // Of all fields, only this one is of any form.
  if (event.type === 'inputAllocated') checkJson(event.range)
}

function checkJson(value: unknown): void {
  let text: string | undefined
  try {
    text = JSON.stringify(value) as string | undefined
  } catch (cause) {
    throw malformed('what an input gave to a batch is no plain data', cause)
  }
  if (text === undefined) throw malformed('what an input gave to a batch is no plain data')
}

/** The events of a record. @throws DStreamError FORMAT_TOO_NEW, DRIVER_EVENT_FORMAT */
export function decodeEvents(bytes: Uint8Array): DriverEvent[] {
  const [first] = bytes
  if (first !== undefined && first > version) {
    throw new DStreamError(
      'FORMAT_TOO_NEW',
      `A record of the driver’s log has format version ${first}; this program reads up to ${version}`,
      {
        hint: 'Run the version that wrote it, or a later one.',
      },
    )
  }
  if (first !== version) throw malformed('it has no version')
  let events: unknown
  try {
    events = JSON.parse(Buffer.from(bytes.buffer, bytes.byteOffset + 1, bytes.length - 1).toString())
  } catch (cause) {
    throw malformed('it is no JSON', cause)
  }
  if (!Array.isArray(events)) throw malformed('it is no list of events')
  events.forEach(check)
  return events as DriverEvent[]
}

function check(event: unknown): void {
  const type = isObject(event) ? event['type'] : undefined
  const shape =
    typeof type === 'string' && Object.hasOwn(shapes, type) ? shapes[type as DriverEvent['type']] : undefined
  if (shape === undefined) throw malformed(`it is of type ${JSON.stringify(type)}`)
  if (!shape(event)) throw malformed(`a field of ${String(type)} is missing, or is not what it should be`)
}

/** Whether an event was refused for what it is, wherever it was to be written. */
export const isUnfit = (error: unknown): boolean =>
  error instanceof DStreamError && error.code === 'DRIVER_EVENT_FORMAT'

const malformed = (why: string, cause?: unknown): DStreamError =>
  new DStreamError('DRIVER_EVENT_FORMAT', `A record of the driver’s log holds none of its events: ${why}`, {
    hint: 'It was written by something else, or by another version.',
    ...(cause === undefined ? {} : { cause }),
  })

type Check = (value: unknown) => boolean

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
const whole: Check = value => Number.isSafeInteger(value)
const count: Check = value => Number.isSafeInteger(value) && (value as number) >= 0
const text: Check = value => typeof value === 'string'
const json: Check = value => value !== undefined
const listOf =
  (item: Check): Check =>
  value =>
    Array.isArray(value) && value.every(item)
const optional =
  (check: Check): Check =>
  value =>
    value === undefined || check(value)
const fields =
  (shape: Readonly<Record<string, Check>>): Check =>
  value =>
    isObject(value) && Object.entries(shape).every(([name, check]) => check(value[name]))

const handle = fields({ log: count, file: text, offset: count, length: count, sequence: count, timeMs: whole })
const block = fields({
  id: text,
  records: count,
  format: value => value === 'lines' || value === 'records',
  length: count,
  handle: optional(handle),
})

/** What each kind of event looks like. */
const shapes: Readonly<Record<DriverEvent['type'], Check>> = {
  blockAdded: fields({ received: fields({ streamId: count, block }) }),
  batchAllocated: fields({ timeMs: whole, blockIds: listOf(text) }),
  batchesCleaned: fields({ upToMs: whole }),
  runStarted: fields({ startedMs: whole, inputs: listOf(text) }),
  inputAllocated: fields({ timeMs: whole, inputId: count, range: json }),
  batchSubmitted: fields({
    timeMs: whole,
    outputs: count,
    records: count,
  }),
  outputFinished: fields({ timeMs: whole, outputOpId: count, failure: optional(text) }),
  batchCompleted: fields({ timeMs: whole }),
}
