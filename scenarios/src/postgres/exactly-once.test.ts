import assert from 'node:assert/strict'
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import pg from 'pg'
import { whyNoPostgres } from './install.ts'
import { startProgram, type ProgramProcess } from './program-process.ts'
import type { KillPoint } from './program.ts'
import { PostgresServer } from './server.ts'

const missing = whyNoPostgres()
const skip = missing !== undefined && process.env['CI'] !== 'true' ? missing : false

/** What ends a life of the program. The program is killed after each test, too: at any moment. */
type End = Exclude<KillPoint, 'worker after the commit'> | 'at any moment' | 'when the server has crashed'
const ends: readonly End[] = [
  'before the commit',
  'at any moment',
  'while the commit is under way',
  'after the commit',
  'when the server has crashed',
]
/** Each end comes so often. */
const times = Number(process.env['DSTREAM_POSTGRES_TIMES'] ?? '1')
const linesOfFile = 20

describe('exactly-once output to PostgreSQL', { skip }, () => {
  const directory = mkdtempSync(join(tmpdir(), 'dstream-postgres-scenario-'))
  let server: PostgresServer
  let client: pg.Client
  let program: ProgramProcess | undefined

  before(async () => {
    for (const name of ['in', 'out', 'written']) mkdirSync(join(directory, name))
    server = await PostgresServer.start()
    client = await connect()
    await client.query('create table numbers (batch_ms bigint, n bigint)')
    await client.query('create table sums (batch_ms bigint, key int, sum bigint)')
  })
  after(async () => {
    program?.kill()
    await program?.ended
    await client?.end()
    await server?.stop()
    rmSync(directory, { recursive: true, force: true })
  })

  async function connect(): Promise<pg.Client> {
    const made = new pg.Client(server.address)
    made.on('error', () => {}) // the server crashes
    await made.connect()
    return made
  }

  let files = 0
  /** The next numbers, in a file that is there at once, as a whole. */
  function feed(): void {
    const lines = Array.from({ length: linesOfFile }, (_, i) => String(files * linesOfFile + i))
    const name = `part-${++files}`
    writeFileSync(join(directory, 'written', name), lines.map(line => `${line}\n`).join(''))
    renameSync(join(directory, 'written', name), join(directory, 'in', name))
  }

  /** Feeds the program batch by batch, so often or until it has ended. */
  async function feedBatches(life: ProgramProcess, atMost: number): Promise<void> {
    for (let batch = 1; batch <= atMost && !life.hasEnded; batch++) {
      feed()
      await life.fed(batch)
    }
  }

  /** A life of the program that ends as is said. */
  async function live(end: End, n: number): Promise<ProgramProcess> {
    const isKillPoint = end !== 'at any moment' && end !== 'when the server has crashed'
    const life = startProgram({ directory, port: server.port, ...(isKillPoint && { kill: { at: end, n } }) })
    program = life
    if (isKillPoint) await feedBatches(life, 20)
    else await feedBatches(life, 2)
    if (end === 'at any moment') {
      feed()
      setTimeout(() => life.kill(), n * 37)
    } else if (end === 'when the server has crashed') {
      feed()
      await server.crash()
      await server.begin()
      client = await connect()
      await feedBatches(life, 20)
    }
    const how = await life.ended
    assert.equal(how, end === 'when the server has crashed' ? 1 : 'SIGKILL', life.said)
    return life
  }

  for (let time = 1; time <= times; time++) {
    for (const end of ends) {
      test(`a program that was killed ${end} leaves what an oracle computes (${time})`, async t => {
        const first = await live(end, 1 + (time % 5))
        const last = (program = startProgram({ directory, port: server.port }))
        await feedUntil(last, async () => (await numbers()).length >= files * linesOfFile)
        const expected = Array.from({ length: files * linesOfFile }, (_, i) => i)
        assert.deepEqual(await numbers(), expected)
        await checkSums()
        checkFiles(expected)
        last.kill()
        await last.ended
        t.diagnostic(
          `${expected.length} numbers; partitions that were there already: ${last.known} after this end, ${first.known} after the kill before`,
        )
        if (end === 'after the commit') assert.ok(last.known > 0, 'a commit whose task had not ended was recognised')
      })
    }
  }

  test('a worker that dies after its commit has its task run again, which writes nothing', async t => {
    const kill = { at: 'worker after the commit', n: 2 } as const
    const life = (program = startProgram({ directory, port: server.port, kill }))
    await feedBatches(life, 4)
    await feedUntil(life, async () => (await numbers()).length >= files * linesOfFile)
    assert.deepEqual(
      await numbers(),
      Array.from({ length: files * linesOfFile }, (_, i) => i),
    )
    await checkSums()
    life.kill()
    await life.ended
    t.diagnostic(`partitions that were there already: ${life.known}`)
    assert.ok(life.known > 0)
  })

  async function feedUntil(life: ProgramProcess, done: () => Promise<boolean>): Promise<void> {
    for (let batch = 1; batch <= 50; batch++) {
      feed()
      await life.fed(batch)
      assert.ok(!life.hasEnded, life.said)
      if (await done()) return
    }
    assert.fail(`Not everything is there after 50 batches: ${life.said}`)
  }

  const numbers = async (): Promise<number[]> =>
    (await client.query<{ n: string }>('select n from numbers order by n')).rows.map(row => Number(row.n))

  /** The sums of each batch are those of all numbers up to it, and there once. */
  async function checkSums(): Promise<void> {
    const { rows } = await client.query<Record<'batch_ms' | 'key' | 'sum' | 'times' | 'oracle', string>>(
      `select batch_ms, key, sum, count(*) over (partition by batch_ms, key) as times,
         (select sum(n) from numbers where numbers.batch_ms <= sums.batch_ms and n % 5 = key) as oracle
       from sums`,
    )
    assert.ok(rows.length > 0)
    for (const { batch_ms, key, sum, times: count, oracle } of rows)
      assert.deepEqual([count, sum], ['1', oracle], `how often, and what, the sum of ${key} is in batch ${batch_ms}`)
  }

  /** The directories of all batches that have ended hold every number once. */
  function checkFiles(expected: readonly number[]): void {
    const out = join(directory, 'out')
    const whole = readdirSync(out).filter(name => readdirSync(join(out, name)).includes('_SUCCESS'))
    const parts = whole.flatMap(name => readdirSync(join(out, name)).map(part => join(out, name, part)))
    const lines = parts
      .filter(part => part.includes('/part-'))
      .flatMap(part => readFileSync(part, 'utf8').split('\n').slice(0, -1))
    assert.deepEqual(
      lines.map(Number).toSorted((a, b) => a - b),
      expected,
    )
  }
})
