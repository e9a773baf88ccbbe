import assert from 'node:assert/strict'
import { test } from 'node:test'
import { capture, classes, closuresIn, type Closure } from '../../closures/index.ts'
import { decodeRecords, encodeRecords } from '../../codec/index.ts'
import { DriverFunctions } from './captured-driver.ts'

class Session {
  #clicks = 0
  clicked(): this {
    this.#clicks++
    return this
  }
  get clicks(): number {
    return this.#clicks
  }
}

/** As an earlier process captured it: the class has an id that this one has never met. */
function ofAnEarlierProcess(id: string): Closure {
  const f = capture(() => new Session(), { operator: 'map', async: 'refused' })
  const entries = f.graph.entries.map(entry => (entry.kind === 'class' ? { ...entry, id } : entry))
  return { ...f, id: `f-${id}`, graph: { ...f.graph, entries } }
}

test('classes that only functions of tasks bring along are known as soon as a checkpoint has been read, and told to workers as they were', async () => {
  const plan = { nodes: [{ f: { kind: 'builtin', functions: [ofAnEarlierProcess('session')] } }] }
  const before = classes.definitionsSince(0).known
  await DriverFunctions.of(closuresIn(plan), { streamingContext: undefined, sparkContext: undefined })
  const made = new (classes.classOf('session') as typeof Session)()
  const [read] = decodeRecords(encodeRecords([made.clicked()])) as [Session]
  assert.equal(read.clicks, 1)
  const told = classes.definitionsSince(before).definitions.map(({ graph }) => graph.entries[graph.root])
  assert.deepEqual(
    told.map(entry => entry?.kind === 'class' && entry.id),
    ['session'],
  )
})
