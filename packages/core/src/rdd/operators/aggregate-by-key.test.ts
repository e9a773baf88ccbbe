import assert from 'node:assert/strict'
import { test } from 'node:test'
import { bag, context, groupsOf, law, pairs } from './operator-laws.test.ts'

test('there is a zero for each key and partition', async () => {
  const pairs = context.partitions([[['a', 1], ['a', 3]], [['a', 4]]] as [string, number][][]) // prettier-ignore
  assert.deepEqual(await pairs.aggregateByKey(10, (a, b) => a + b, (a, b) => a + b).collect(), [['a', 28]]) // prettier-ignore
})

law('a zero that is changed in place does not leak', pairs, async ({ rdd, records }) => {
  const add = (list: number[], n: number): number[] => {
    list.push(n)
    return list
  }
  const lists = rdd.aggregateByKey([] as number[], add, (a, b) => [...a, ...b], 2)
  assert.deepEqual(bag(await lists.collect()), bag(groupsOf(records)))
})
