import type { Fault } from './fault.ts'

const rdd = 'packages/core/src/rdd'
const streaming = 'packages/core/src/streaming'

const ofDatasets: readonly Fault[] = [
  {
    name: 'filter keeps what it should drop',
    file: 'engines/local/src/stages/generate.ts',
    search: 'if (!keep${i}) { ${next}continue } }',
    replace: '}; if (keep${i}) { ${next}continue }',
    themes: ['basic'],
  },
  {
    name: 'reduceByKey forgets what other map tasks have merged',
    file: 'engines/local/src/shuffle/read.ts',
    search: 'combined ? mergeCombiners(cell.value, values[i])',
    replace: 'combined ? cell.value',
    themes: ['pair'],
  },
  {
    name: 'values are merged in the wrong order',
    file: 'engines/local/src/stages/generate.ts',
    search: 'mergeValue(cell.value, p[1])',
    replace: 'mergeValue(p[1], cell.value)',
    themes: ['basic'],
  },
  {
    name: 'an ascending sort descends',
    file: 'engines/local/src/shuffle/read.ts',
    search: "order === 'ascending' ?",
    replace: "order !== 'ascending' ?",
    themes: ['rdd'],
  },
  {
    name: 'join keeps keys without a partner',
    file: `${rdd}/builtins/keyed.ts`,
    search: 'rights.get(key) ?? []) yield',
    replace: 'rights.get(key) ?? absent) yield',
    themes: ['pair'],
  },
  {
    name: 'leftOuterJoin drops keys without a partner',
    file: `${rdd}/builtins/keyed.ts`,
    search: 'for (const other of rights.get(key) ?? absent) yield',
    replace: 'for (const other of rights.get(key) ?? []) yield',
    themes: ['pair'],
  },
  {
    name: 'fullOuterJoin gives the keys of both sides twice',
    file: `${rdd}/builtins/keyed.ts`,
    search: 'if (!met.has(key)) for (const other of others)',
    replace: 'for (const other of others)',
    themes: ['pair'],
  },
  {
    name: 'cogroup puts all values on one side',
    file: `${rdd}/builtins/keyed.ts`,
    search: 'groups[i]!.push(value)',
    replace: 'groups[0]!.push(value)',
    themes: ['pair'],
  },
  {
    name: 'subtract takes away nothing',
    file: `${rdd}/builtins/keyed.ts`,
    search: 'if (!gone.has(pair[0])) yield pair',
    replace: 'yield pair',
    themes: ['rdd'],
  },
  {
    name: 'intersection gives records as often as they come',
    file: `${rdd}/builtins/keyed.ts`,
    search: 'if (wanted.delete(key)) yield key',
    replace: 'if (wanted.has(key)) yield key',
    themes: ['rdd'],
  },
  {
    name: 'a union loses its first parent',
    file: `${rdd}/operators/union.ts`,
    search: 'parents.forEach((node, parent) => {',
    replace: 'parents.forEach((node, parent) => {\n    if (parent === 0 && parents.length > 1) return',
    themes: ['basic'],
  },
  {
    name: 'coalesce makes more partitions than there were',
    file: `${rdd}/operators/coalesce.ts`,
    search: 'Math.min(numPartitions, parent.numPartitions)',
    replace: 'numPartitions',
    themes: ['rdd'],
  },
  {
    name: 'zipWithIndex counts its own partition as one before',
    file: `${rdd}/builtins/records.ts`,
    search: 'if (before < partition) index += count',
    replace: 'if (before <= partition) index += count',
    themes: ['rdd'],
  },
  {
    name: 'aggregate uses the zero of the driver not at all',
    file: `${rdd}/actions/reduce.ts`,
    search: 'results.reduce(combOp, freshZero(text)() as U)',
    replace: 'results.reduce(combOp)',
    themes: ['rdd'],
  },
  {
    name: 'take looks into the first partition only',
    file: `${rdd}/actions/take.ts`,
    search: 'found.length < limit && scanned < total;',
    replace: 'found.length < limit && scanned < Math.min(1, total);',
    themes: ['rdd'],
  },
]

const ofStreams: readonly Fault[] = [
  {
    name: 'a window drops its oldest batch',
    file: `${streaming}/batches/stream-planner.ts`,
    search: 'this.slice(parent, timeMs - node.windowMs + parent.slideMs, timeMs)',
    replace: 'this.slice(parent, timeMs - node.windowMs + 2 * parent.slideMs, timeMs)',
    themes: ['window'],
  },
  {
    name: 'an incremental window takes one batch too few out',
    file: `${streaming}/batches/stream-planner.ts`,
    search: 'mergedMs), beginMs - parent.slideMs)',
    replace: 'mergedMs), beginMs - 2 * parent.slideMs)',
    themes: ['window'],
  },
  {
    name: 'a window slides with every batch',
    file: `${streaming}/dstream/operators/window.ts`,
    search: 'slideMs, windowMs })',
    replace: 'slideMs: parent.slideMs, windowMs })',
    themes: ['window'],
  },
  {
    name: 'an incremental window subtracts the wrong way round',
    file: `${rdd}/builtins/windows.ts`,
    search: 'this.#subtract(value, left.get(key))',
    replace: 'this.#subtract(left.get(key), value)',
    themes: ['window'],
  },
  {
    name: 'countByValueAndWindow keeps values that have left',
    file: `${rdd}/builtins/windows.ts`,
    search: 'pair[1] !== 0',
    replace: 'pair[1] !== undefined',
    themes: ['window'],
  },
  {
    name: 'streams are remembered a window short',
    file: `${streaming}/dstream/retention.ts`,
    search: 'ask(parent, rememberMs + windowMs(node))',
    replace: 'ask(parent, rememberMs)',
    themes: ['meta'],
  },
  {
    name: 'a window of half a slide is accepted',
    file: `${streaming}/dstream/operators/window.ts`,
    search: 'windowMs % parent.slideMs !== 0',
    replace: 'windowMs % 1 !== 0',
    themes: ['errors'],
  },
  {
    name: 'an empty batch has no count',
    file: `${streaming}/dstream/operators/count.ts`,
    search: 'encodeRecords([[0, 0]])',
    replace: 'encodeRecords([])',
    themes: ['basic'],
  },
  {
    name: 'a join of streams turns its sides round',
    file: `${streaming}/dstream/operators/joined.ts`,
    search: 'named(how, [left, right],',
    replace: 'named(how, [right, left],',
    themes: ['pair'],
  },
  {
    name: 'the union of streams loses its last one',
    file: `${streaming}/dstream/operators/union.ts`,
    search: "named('union', parents,",
    replace: "named('union', parents.slice(0, -1),",
    themes: ['basic'],
  },
  {
    name: 'print shows one record too few',
    file: `${streaming}/outputs/print.ts`,
    search: 'records.slice(0, num)',
    replace: 'records.slice(0, num - 1)',
    themes: ['output'],
  },
  {
    name: 'a queue gives one RDD a batch, whatever was asked for',
    file: `${streaming}/dstream/queue-input-dstream.ts`,
    search: 'this.#oneAtATime ? 1 : this.#queue.length',
    replace: '1',
    themes: ['input'],
  },
  {
    name: 'a file is read again by the next batch',
    file: `${streaming}/sources/file/select-files.ts`,
    search: 'if (taken !== undefined) return',
    replace: 'if (taken === null) return',
    themes: ['input'],
  },
  {
    name: 'a file of the future is taken',
    file: `${streaming}/sources/file/select-files.ts`,
    search: 'modifiedMs > batchMs',
    replace: 'modifiedMs > Infinity',
    themes: ['input'],
  },
]

const ofState: readonly Fault[] = [
  {
    name: 'a state times out a moment too early',
    file: `${rdd}/state/touched-key-state.ts`,
    search: 'updatedMs[slot]! >= thresholdMs',
    replace: 'updatedMs[slot]! > thresholdMs',
    themes: ['state'],
  },
  {
    name: 'data does not keep a state alive',
    file: `${rdd}/state/touched-key-state.ts`,
    search: '(keepAlive && handle.exists())',
    replace: 'false',
    themes: ['state'],
  },
  {
    name: 'a removed state stays',
    file: `${rdd}/state/touched-key-state.ts`,
    search: 'if (handle.removed) step.set(slot, undefined, timeMs)\n      else if',
    replace: 'if',
    themes: ['state'],
  },
  {
    name: 'updateStateByKey keeps keys whose state is none',
    file: `${rdd}/state/every-key-state.ts`,
    search: 'if (next !== state) step.set',
    replace: 'if (next !== undefined) step.set',
    themes: ['state'],
  },
  {
    name: 'the initial states are forgotten',
    file: `${streaming}/state/next-state.ts`,
    search: 'previous?.node ?? stream.initial',
    replace: 'previous?.node',
    themes: ['state'],
  },
]

const ofTime: readonly Fault[] = [
  {
    name: 'a range of times has its end in it',
    file: 'packages/core/src/time/time.ts',
    search: '(inclusive && ms === endMs)',
    replace: 'ms === endMs',
    themes: ['time'],
  },
  {
    name: 'a batch counts the records of one input stream',
    file: `${streaming}/events/batch-info.ts`,
    search: 'sum += info.numRecords',
    replace: 'sum = info.numRecords - 1',
    themes: ['listener'],
  },
]

/** Mistakes that somebody might make in operators and in what streams mean. Each must turn vectors red. */
export const faults: readonly Fault[] = [...ofDatasets, ...ofStreams, ...ofState, ...ofTime]
