/**
 * The code generator: one pipeline becomes the text of one function, with the steps between two partition-wide functions fused into one loop.
 *
 * A fused loop is as fast as one written by hand, because V8 sees every call site of the user's functions on its own and inlines them; a chain of
 * generators takes 1.7 times, array methods 2.7 times as long. That is why text is generated here, and only here.
 */

/** What the code depends on; two pipelines of one shape share their code. */
export interface PipelineShape {
  readonly steps: readonly StepShape[]
  readonly end: EndShape
  /** Leave out and count records on which a step's function throws. */
  readonly skipErrors: boolean
}

export interface StepShape {
  readonly op: 'map' | 'filter' | 'flatMap' | 'mapPartitions'
  readonly async: boolean
}

/** What the innermost line of the loop does with a record. */
export type EndShape = 'array' | 'take' | 'count' | 'iterator' | 'combine' | 'spread'

export interface GeneratedPipeline {
  /** The body of a function of `run`, a PipelineRun (tasks/compile.ts, which compiles it by `compileFunction`). */
  readonly text: string
  /** Which step is called on which line of the text (1 is the first); `steps.length` stands for the end's own functions. */
  readonly stepOfLine: ReadonlyMap<number, number>
  /** The function is async: a step awaits. */
  readonly async: boolean
}

/** Longer chains are cut here: nested loops of a parser's depth are finite, and V8 gives up optimising huge functions. */
const STEPS_PER_LOOP = 48

export const shapeKey = (shape: PipelineShape): string =>
  `${shape.skipErrors ? 's' : 'f'}:${shape.end}:${shape.steps.map(step => step.op + (step.async ? '!' : '')).join(',')}`

export function generate(shape: PipelineShape): GeneratedPipeline {
  const writer = new LineWriter()
  const async = shape.steps.some(step => step.async)
  writer.line(`'use strict'`)
  writer.line(`const { f, partitions, end, isPromise, refusePromise, iterable, records, gather, skip } = run`)
  writer.line(`const { threw, cancelled, taskId, giveUp } = run`)
  shape.steps.forEach((_, i) => writer.line(`const f${i} = f[${i}]`))
  writer.line(`return ${async ? 'async ' : ''}function pipeline(chunks) { ${TRACED}`)
  const segments = cut(shape.steps)
  let from = 'chunks'
  let source: Source = { chunked: true, step: undefined }
  segments.forEach((segment, i) => {
    const last = i === segments.length - 1
    if (segment.partitionWide !== undefined) {
      from = partitionWide(writer, shape, segment.partitionWide, from, source.chunked)
      source = { chunked: false, step: segment.partitionWide }
    }
    if (!last || shape.end === 'iterator') from = generator(writer, shape, segment, from, source, i)
    else loop(writer, shape, segment, from, source)
    source = { chunked: false, step: segment.steps.at(-1) }
  })
  writer.step(shape.steps.length)
  if (shape.end === 'iterator') writer.line(`s = ${shape.steps.length}; return end.run(${from})`)
  writer.line(`${CAUGHT} }`)
  return { text: writer.text(), stepOfLine: writer.stepOfLine, async }
}

/**
 * Where a loop's records come from: chunks, or what a step gave, whose code runs whenever a record is pulled.
 */
interface Source {
  readonly chunked: boolean
  readonly step: number | undefined
}

/**
 * Which step is called is in `s`, for what a user throws that has no stack: `throw 'text'`. Assigning a constant to a local costs nothing in optimised code.
 */
const TRACED = 'let s = 0; try {'
const CAUGHT = '} catch (error) { threw(s, error); throw error }'

/** Ends a task that has been given up: a plain read for each record, see `checkpoint`. */
const CHECK = 'if (cancelled[0] === taskId) giveUp()'

/** A run of record-wise steps, behind at most one partition-wide step. */
interface Segment {
  readonly partitionWide: number | undefined
  readonly steps: number[]
}

function cut(steps: readonly StepShape[]): Segment[] {
  const segments: Segment[] = [{ partitionWide: undefined, steps: [] }]
  steps.forEach((step, i) => {
    const current = segments.at(-1)!
    if (step.op === 'mapPartitions') segments.push({ partitionWide: i, steps: [] })
    else if (current.steps.length === STEPS_PER_LOOP) segments.push({ partitionWide: undefined, steps: [i] })
    else current.steps.push(i)
  })
  return segments
}

/** Calls a mapPartitions function with an iterator over what came before; returns the name of its result. */
function partitionWide(writer: LineWriter, shape: PipelineShape, step: number, from: string, chunked: boolean): string {
  const input = chunked ? `records(${from})` : `${from}[Symbol.iterator]()`
  const call = `f${step}(${input}, partitions[${step}])`
  writer.step(step)
  writer.line(`s = ${step}`)
  writer.line(
    shape.steps[step]!.async
      ? `const r${step} = await gather(${call}, ${step})`
      : `const r${step} = iterable(${call}, ${step})`,
  )
  return `r${step}`
}

/** A segment that something pulls from: a generator. */
function generator(
  writer: LineWriter,
  shape: PipelineShape,
  segment: Segment,
  from: string,
  source: Source,
  i: number,
): string {
  // An array runs no code of its step while somebody else's code pulls from it; of anything else, an error has to be told from the puller's.
  const asItIs = segment.steps.length === 0 && !source.chunked ? `Array.isArray(${from}) ? ${from} : ` : ''
  writer.line(`const g${i} = ${asItIs}(function* () { ${TRACED}`)
  openLoop(writer, from, source)
  const [value, sources] = body(writer, shape, segment.steps, source.step)
  writer.line(`yield ${value}`)
  closeLoops(writer, sources)
  writer.line(`${CAUGHT} })()`)
  return `g${i}`
}

/** The last segment: a loop that pushes into the end. */
function loop(writer: LineWriter, shape: PipelineShape, segment: Segment, from: string, source: Source): void {
  const end = ENDS[shape.end as Exclude<EndShape, 'iterator'>]
  for (const text of end.before) writer.line(text)
  openLoop(writer, from, source)
  const [value, sources] = body(writer, shape, segment.steps, source.step)
  writer.step(shape.steps.length)
  if (end.callsUser) writer.line(`s = ${shape.steps.length}`)
  const record = end.each(value)
  if (shape.skipErrors && end.callsUser)
    writer.line(`try { ${record} } catch (error) { skip(${shape.steps.length}, error) }`)
  else writer.line(record)
  closeLoops(writer, sources)
  for (const text of end.after) writer.line(text)
}

function openLoop(writer: LineWriter, from: string, { chunked, step }: Source): void {
  if (chunked)
    writer.line(`for (const chunk of ${from}) for (let i = 0; i < chunk.length; i++) { ${CHECK}; const v = chunk[i]`)
  else writer.line(`${pulling(step)}for (const v of ${from}) { ${CHECK}`)
}

/** Ends the loops, the innermost first: what is pulled next runs the code of its source. */
function closeLoops(writer: LineWriter, sources: readonly (number | undefined)[]): void {
  for (const source of sources.toReversed()) writer.line(`${pulling(source)}}`)
}

const pulling = (source: number | undefined): string => (source === undefined ? '' : `s = ${source}; `)

/** The record-wise steps, innermost last. Returns the name of the record that comes out and the sources of the loops that are open: that of the segment, then flatMaps. */
function body(
  writer: LineWriter,
  shape: PipelineShape,
  steps: readonly number[],
  source: number | undefined,
): [value: string, sources: (number | undefined)[]] {
  let value = 'v'
  const sources = [source]
  for (const i of steps) {
    writer.step(i)
    const { op } = shape.steps[i]!
    if (op === 'filter') {
      const next = pulling(sources.at(-1))
      writer.line(call(shape, i, 'keep', `f${i}(${value})`, next))
      writer.line(
        `if (keep${i} !== true) { if (isPromise(keep${i})) refusePromise(${i}); if (!keep${i}) { ${next}continue } }`,
      )
    } else if (op === 'map') {
      writer.line(call(shape, i, 'v', `f${i}(${value})`, pulling(sources.at(-1))))
      writer.line(`if (isPromise(v${i})) refusePromise(${i})`)
      value = `v${i}`
    } else {
      writer.line(call(shape, i, 'many', `f${i}(${value})`, pulling(sources.at(-1))))
      writer.line(`for (const v${i} of iterable(many${i}, ${i})) { ${CHECK}`)
      value = `v${i}`
      sources.push(i)
    }
  }
  return [value, sources]
}

const call = (shape: PipelineShape, step: number, name: string, expression: string, next: string): string =>
  shape.skipErrors
    ? `s = ${step}; let ${name}${step}; try { ${name}${step} = ${expression} } catch (error) { skip(${step}, error); ${next}continue }`
    : `s = ${step}; const ${name}${step} = ${expression}`

interface End {
  readonly before: readonly string[]
  readonly each: (value: string) => string
  readonly after: readonly string[]
  /** The line calls a function of the user. */
  readonly callsUser?: boolean
}

const ENDS: Record<Exclude<EndShape, 'iterator'>, End> = {
  array: { before: ['const out = []'], each: v => `out.push(${v})`, after: ['return out'] },
  take: {
    before: ['const out = [], limit = end.limit', 'if (limit <= 0) return out'],
    each: v => `out.push(${v}); if (out.length >= limit) return out`,
    after: ['return out'],
  },
  count: { before: ['let n = 0'], each: () => 'n++', after: ['return n'] },
  // One lookup an update: the map holds cells, and a cell is changed in place.
  combine: {
    before: ['const { cells, create, mergeValue, pair } = end'],
    each: v =>
      `const p = pair(${v}), k = p[0], cell = cells.get(k); if (cell === undefined) cells.add(k, create(p[1])); else cell.value = mergeValue(cell.value, p[1])`,
    after: ['return cells'],
    callsUser: true,
  },
  spread: {
    before: ['const { put, pair } = end'],
    each: v => `const p = pair(${v}); put(p[0], p[1])`,
    after: ['return end'],
    callsUser: true,
  },
}

/** Collects lines and remembers which step a line belongs to, so that a stack trace tells the operator. */
class LineWriter {
  readonly stepOfLine = new Map<number, number>()
  readonly #lines: string[] = []
  #step: number | undefined

  /** The lines from here on call this step. */
  step(step: number): void {
    this.#step = step
  }

  line(text: string): void {
    this.#lines.push(text)
    if (this.#step !== undefined) this.stepOfLine.set(this.#lines.length, this.#step)
  }

  text(): string {
    return this.#lines.join('\n')
  }
}
