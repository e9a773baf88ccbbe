import assert from 'node:assert/strict'
import { test } from 'node:test'
import { DStreamError, perWorker, type DStream } from 'dstream'
import { BatchInput, runBatches, streamingTest } from 'dstream/testing'
import { startCountStore } from './count-store.ts'
import { StoreConnection } from './store-connection.ts'

/** Two batches of two partitions with three words each. */
const batches = [
  ['a', 'b', 'c', 'd', 'e', 'f'],
  ['g', 'h', 'i', 'j', 'k', 'l'],
]

type CreateConnection = () => StoreConnection

/** Runs an output operation over the batches, on worker threads and in virtual time. */
async function run(output: (words: DStream<string>, createNewConnection: CreateConnection) => void) {
  const store = await startCountStore()
  const { ssc, close } = streamingTest({ registeredEngine: true, conf: { 'spark.log.level': 'OFF' } })
  const { port } = store
  try {
    output(new BatchInput(ssc, batches), () => new StoreConnection('localhost', port))
    ssc.start()
    const termination = ssc.awaitTermination().catch((error: unknown) => error)
    await runBatches(ssc, 2)
    await close()
    return { store, error: await termination }
  } finally {
    await close()
    await store.close()
  }
}

const one = (word: string) => ({ id: word, counts: { [word]: 1 } })

/** The error itself or one of its causes. */
function causeWith(code: string, error: unknown): DStreamError | undefined {
  if (error instanceof DStreamError && error.code === code) return error
  return error instanceof Error ? causeWith(code, error.cause) : undefined
}

test('a connection made in the driver is refused by foreach, with the name of the variable', async () => {
  const { error, store } = await run((words, createNewConnection) => {
    words.foreachRDD(rdd => {
      const connection = createNewConnection() // executed at the driver
      void rdd.foreach(word => void connection.add(one(word))) // executed at the worker
    })
  })
  const refusal = causeWith('TASK_NOT_SERIALIZABLE', error)
  assert.match(refusal?.message ?? '', /connection/)
  assert.match(refusal?.message ?? '', /foreach/)
  assert.equal(store.totals.size, 0)
})

test('a connection for each record works, and makes as many connections as there are records', async () => {
  const { store } = await run((words, createNewConnection) => {
    words.foreachRDD(rdd =>
      rdd.foreachPartition(async partitionOfRecords => {
        for (const word of partitionOfRecords) {
          const connection = createNewConnection()
          await connection.add(one(word))
          connection.close()
        }
      }),
    )
  })
  assert.equal(store.totals.size, 12)
  assert.equal(store.connections, 12)
})

test('a connection for each partition makes four of them in two batches of two partitions', async () => {
  const { store } = await run((words, createNewConnection) => {
    words.foreachRDD(rdd =>
      rdd.foreachPartition(async partitionOfRecords => {
        const connection = createNewConnection()
        for (const word of partitionOfRecords) await connection.add(one(word))
        connection.close()
      }),
    )
  })
  assert.equal(store.totals.size, 12)
  assert.equal(store.connections, 4)
})

test('a connection that lives in the worker is used in all batches', async () => {
  const { store } = await run((words, createNewConnection) => {
    words.foreachRDD(rdd =>
      rdd.foreachPartition(async partitionOfRecords => {
        const connection = perWorker('store', createNewConnection)
        for (const word of partitionOfRecords) await connection.add(one(word))
      }),
    )
  })
  assert.equal(store.totals.size, 12)
  assert.ok(store.connections <= 2, `${store.connections} connections`)
})
