import assert from 'node:assert/strict'
import fs from 'node:fs'
import { travelsAs } from '../../../closures/index.ts'
import type { EngineEvent } from '../../events.ts'
import {
  AccumulatorV2,
  CollectionAccumulator,
  DoubleAccumulator,
  LongAccumulator,
} from '../../shared-variables/index.ts'
import { TaskContext } from '../../task-context.ts'
import { linesIn, type Facts } from './suite.ts'

/** A custom accumulator with a class of its own. */
class Longest extends AccumulatorV2<string, string> {
  word = ''
  get isZero(): boolean {
    return this.word === ''
  }
  get value(): string {
    return this.word
  }
  copy(): Longest {
    return Object.assign(new Longest(), { word: this.word })
  }
  reset(): void {
    this.word = ''
  }
  add(word: string): void {
    if (word.length > this.word.length) this.word = word
  }
  merge(other: Longest): void {
    this.add(other.word)
  }
}

/** Values that every task reads. */
export const broadcastFacts: Facts = {
  'a broadcast value is read by every task': async ({ context }) => {
    const table = context.shared.broadcast(new Map([[1, 'one'], [2, 'two']])) // prettier-ignore
    const words = context.parallelize([1, 2, 3], 3).map(n => table.value.get(n) ?? 'many')
    assert.deepEqual(await words.collect(), ['one', 'two', 'many'])
    assert.deepEqual(table.value, new Map([[1, 'one'], [2, 'two']])) // prettier-ignore
  },
  'all tasks of a worker get one object, until unpersist': async ({ fresh }) => {
    const context = await fresh({ threads: 1 })
    const table = context.shared.broadcast({ reads: 0 })
    const reads = context.parallelize([1, 2], 2).map(() => ++table.value.reads)
    assert.deepEqual(await reads.collect(), [1, 2])
    assert.deepEqual(await reads.collect(), [3, 4])
    table.unpersist()
    assert.deepEqual(await reads.collect(), [1, 2])
    assert.equal(table.value.reads, 0)
  },
  'a destroyed broadcast is an error that says where it was destroyed': async ({ context }) => {
    const table = context.shared.broadcast(['a'])
    const before = context.parallelize([1], 1).map(() => table.value)
    assert.deepEqual(await before.collect(), [['a']])
    await table.destroy()
    const text = new RegExp(`Attempted to use Broadcast\\(${table.id}\\) after it was destroyed \\(destroy at .+\\)`)
    assert.throws(() => table.value, text)
    assert.throws(() => context.parallelize([1], 1).map(() => table.value), text)
    assert.throws(() => table.unpersist(), { code: 'BROADCAST_DESTROYED' })
    await assert.rejects(before.collect(), text)
  },
  'a broadcast that is not known here is an error that says what to do': async ({ context }) => {
    const stale = { [travelsAs]: () => ({ name: 'broadcast', data: ['another-run/7'] }), value: 0 }
    await assert.rejects(context.parallelize([1], 1).map(() => stale.value).collect(), /Broadcast\(7\) is of another run/) // prettier-ignore
  },
  'a broadcast inside of an array or an object is the same': async ({ context }) => {
    const inner = context.shared.broadcast('x')
    const box = { list: [inner] }
    assert.deepEqual(await context.parallelize([1], 1).map(() => box.list[0]!.value).collect(), ['x']) // prettier-ignore
  },
}

/** What tasks add up for the driver. */
export const accumulatorFacts: Facts = {
  'tasks add, the driver reads': async ({ context }) => {
    const lines = context.shared.register(new LongAccumulator(), 'lines')
    const weights = context.shared.register(new DoubleAccumulator())
    const odd = context.shared.register(new CollectionAccumulator<number>())
    await context.parallelize([1, 2, 3, 4], 2).foreach(n => {
      lines.add(n % 2 === 0 ? 1 : 1n)
      weights.add(n / 2)
      if (n % 2 === 1) odd.add(n)
    })
    assert.deepEqual([lines.value, lines.sum, lines.count, lines.avg], [4, 4, 4, 1])
    assert.deepEqual([weights.value, weights.count, weights.avg], [5, 4, 1.25])
    assert.deepEqual(odd.value.toSorted(), [1, 3])
    assert.equal(lines.name, 'lines')
  },
  'a long accumulator is exact beyond 2^53': async ({ context }) => {
    const sum = context.shared.register(new LongAccumulator())
    await context.parallelize([2 ** 53, 1, 1, -1], 4).foreach(n => sum.add(n))
    assert.equal(sum.exact, 2n ** 53n + 1n)
    assert.throws(() => sum.add(0.5), { code: 'ACCUMULATOR_NOT_WHOLE' })
  },
  'a custom accumulator merges what its own class has added': async ({ context }) => {
    const longest = context.shared.register(new Longest(), 'longest')
    await context.parallelize(['a', 'cat', 'is'], 3).foreach(word => longest.add(word))
    assert.equal(longest.value, 'cat')
    await context.parallelize(['at'], 1).foreach(word => longest.add(word))
    assert.equal(longest.value, 'cat')
  },
  'a class that tasks use may add, too': async ({ context }) => {
    const calls = context.shared.register(new LongAccumulator())
    class Parser {
      parse(text: string): number {
        calls.add(1)
        return Number(text)
      }
    }
    assert.equal(await context.parallelize(['1', '2'], 2).map(text => new Parser().parse(text)).sum(), 3) // prettier-ignore
    assert.equal(calls.value, 2)
  },
  'attempts that fail count nothing': async ({ fresh, file }) => {
    const [context, log] = [await fresh({ maxFailures: 3 }), file()]
    const adds = context.shared.register(new LongAccumulator())
    const tried = context.parallelize([1, 2], 2).map(n => {
      adds.add(1)
      if (n === 1) fs.appendFileSync(log, 'x\n')
      if (n === 1 && TaskContext.get()!.attemptNumber < 2) throw new Error('again')
      return n
    })
    assert.equal(await tried.count(), 2)
    assert.deepEqual([adds.value, linesIn(log).length], [2, 3])
    await tried.map(n => [n, n]).reduceByKey((a, b) => a + b, 2).count() // prettier-ignore
    assert.equal(adds.value, 4)
  },
  'a job that fails counts its tasks that succeeded at most': async ({ context }) => {
    const adds = context.shared.register(new LongAccumulator())
    const failing = context.parallelize([1, 2], 2).foreach(n => {
      adds.add(1)
      if (n === 1) throw new Error('x')
    })
    await assert.rejects(failing)
    assert.ok(adds.value <= 1)
  },
  'a transformation counts again when it is computed again, and not when it is kept': async ({ context }) => {
    const adds = context.shared.register(new LongAccumulator())
    const mapped = context.parallelize([1, 2, 3], 2).map(n => (adds.add(1), n))
    await mapped.count()
    await mapped.count()
    assert.equal(adds.value, 6)
    mapped.persist()
    await mapped.count()
    await mapped.count()
    assert.equal(adds.value, 9)
  },
  'a task cannot read the value': async ({ context }) => {
    const sum = context.shared.register(new LongAccumulator())
    const list = context.shared.register(new CollectionAccumulator())
    const rdd = context.parallelize([1], 1)
    await assert.rejects(
      rdd.foreach(() => void sum.value),
      /Can't read accumulator value in task/,
    )
    await assert.rejects(
      rdd.foreach(() => void list.value),
      /Can't read accumulator value in task/,
    )
  },
  'an accumulator must be registered, once': async ({ context }) => {
    const loose = new LongAccumulator()
    assert.throws(() => context.parallelize([1], 1).map(() => loose.add(1)), {
      code: 'ACCUMULATOR_NOT_REGISTERED',
      message: /Accumulator must be registered before send to executor/,
    })
    context.shared.register(loose)
    assert.throws(() => context.shared.register(loose), { message: /Cannot register an Accumulator twice\./ })
    class Hidden extends LongAccumulator {
      #secret = 1
      secret(): number {
        return this.#secret
      }
    }
    assert.throws(() => context.shared.register(new Hidden()), { code: 'ACCUMULATOR_PRIVATE_FIELDS' })
  },
  'events tell what each task has added, by name': async ({ fresh }) => {
    const context = await fresh()
    const events: EngineEvent[] = []
    context.engine.subscribe(event => events.push(event))
    const adds = context.shared.register(new LongAccumulator(), 'adds')
    await context.parallelize([0, 1, 1], 3).foreach(n => n > 0 && adds.add(n))
    const names = events.flatMap(event => (event.type === 'taskEnded' ? (event.accumulators ?? []).map(({ name }) => name) : [])) // prettier-ignore
    assert.deepEqual(names, ['adds', 'adds'])
  },
}
