import assert from 'node:assert/strict'
import { test } from 'node:test'
import { noEngineFor, parseMaster } from './master.ts'

test('local masters tell their threads and the attempts of a task', () => {
  const local = (url: string): unknown[] => {
    const master = parseMaster(url)
    return master.scheme === 'local' ? [master.threads, master.maxFailures] : assert.fail()
  }
  assert.deepEqual(['local', 'local[4]', 'local[*]', 'local[2,3]', 'local[*, 5]'].map(local), [[1, 1], [4, 1], ['*', 1], [2, 3], ['*', 5]]) // prettier-ignore
})

test('cluster masters choose an engine by their scheme', () => {
  const scheme = (url: string): string => parseMaster(url).scheme
  assert.deepEqual(['spark://h:7077', 'spark://a:1,b:2', 'yarn', 'k8s://https://h:443', 'local-cluster[2, 1, 1024]'].map(scheme), ['spark', 'spark', 'yarn', 'k8s', 'local-cluster']) // prettier-ignore
})

test('what is no master is refused with what to write instead', () => {
  const refused: [string, RegExp][] = [
    ['mesos://h:5050', /Mesos is retired/],
    ['local[0]', /Asked to run locally with 0 threads/],
    ['local[2,0]', /no attempt/],
    ['local[two]', /local\[4,3\]/],
    ['spark://h', /spark:\/\/HOST:PORT/],
    ['yarn-client', /--deploy-mode/],
    ['', /Could not parse Master URL: ''/],
  ]
  for (const [url, message] of refused) assert.throws(() => parseMaster(url), { code: 'UNKNOWN_MASTER', message })
})

test('a master whose engine is not installed says what to install', () => {
  assert.match(
    noEngineFor(parseMaster('spark://h:1')).message,
    /No engine is there for the master 'spark:\/\/h:1'\n.*Install @dstream\/spark/,
  )
})
