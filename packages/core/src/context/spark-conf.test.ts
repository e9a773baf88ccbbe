import assert from 'node:assert/strict'
import { test } from 'node:test'
import { SparkConf } from './spark-conf.ts'
import { loadConf, parseConfArgs, parseProperties } from './spark-conf-load.ts'
import { readConf } from './spark-conf-read.ts'

const empty = (): SparkConf => new SparkConf(false)

test('what is set can be read, listed, removed and copied', () => {
  const conf = empty().setMaster('local[2]').setAppName('App').set('spark.task.maxFailures', 3)
  const copy = conf.clone().set('spark.app.name', 'Copy')
  assert.deepEqual([conf.get('spark.app.name'), copy.get('spark.app.name')], ['App', 'Copy'])
  assert.deepEqual(conf.setIfMissing('spark.app.name', 'no').setIfMissing('x', true).getAll(), [
    ['spark.master', 'local[2]'],
    ['spark.app.name', 'App'],
    ['spark.task.maxFailures', '3'],
    ['x', 'true'],
  ])
  assert.equal(conf.remove('x').contains('x'), false)
  assert.deepEqual([conf.getOption('x'), conf.get('x', 'otherwise')], [undefined, 'otherwise'])
  assert.throws(() => conf.get('x'), { code: 'CONF_KEY_NOT_SET', message: /^x is not set/ })
  assert.deepEqual(empty().setAll({ a: 1 }).setAll([['b', false]]).getAll(), [['a', '1'], ['b', 'false']]) // prettier-ignore
})

test('null is no value', () => {
  assert.throws(() => empty().set('k', undefined as unknown as string), {
    code: 'CONF_VALUE_MISSING',
    message: /^null value for k/,
  })
})

test('typed getters read Spark’s forms of times and sizes', () => {
  const conf = empty().setAll({ flag: 'TRUE', n: '42', x: '0.5', t: '2min', size: '64m' })
  assert.deepEqual(
    [
      conf.getBoolean('flag'),
      conf.getInt('n'),
      conf.getDouble('x'),
      conf.getTimeAsMs('t'),
      conf.getSizeAsBytes('size'),
    ],
    [true, 42, 0.5, 120_000, 64 * 2 ** 20],
  )
  assert.deepEqual(['200ms', '5s', '1h', '3d', '2m', '17', '1500us', '-1s'].map(t => empty().set('t', t).getTimeAsMs('t')), [200, 5000, 3_600_000, 259_200_000, 120_000, 17, 1, -1000]) // prettier-ignore
  assert.deepEqual(['10', '1k', '2kb', '3G', '0b'].map(s => empty().set('s', s).getSizeAsBytes('s')), [10, 1024, 2048, 3 * 2 ** 30, 0]) // prettier-ignore
  assert.equal(empty().set('t', '90').getTimeAsSeconds('t'), 90)
  assert.deepEqual(
    [conf.getInt('none', 7), conf.getBoolean('none', false), conf.getTimeAsMs('none', '1s')],
    [7, false, 1000],
  )
})

test('a malformed value is an error with the key, the value and the expected form', () => {
  const conf = empty().setAll({ t: '5 parsecs', b: 'yes', n: '1.5', s: '-1m', d: '', big: '999999999999999999' })
  const fails = (read: () => unknown, message: RegExp): void =>
    assert.throws(read, { code: 'MALFORMED_CONF_VALUE', message })
  fails(() => conf.getTimeAsMs('t'), /^t is set to "5 parsecs"\. Time must be specified as seconds/)
  fails(() => conf.getBoolean('b'), /^b is set to "yes"\. Expected true or false/)
  fails(() => conf.getInt('n'), /^n is set to "1\.5"\. Expected a whole number/)
  fails(() => conf.getInt('big'), /^big is set/)
  fails(() => conf.getSizeAsBytes('s'), /^s is set to "-1m"\. Size must be specified/)
  fails(() => conf.getDouble('d'), /^d is set to ""/)
})

test('toDebugString is sorted and shows no secret', () => {
  assert.equal(
    empty().setAll({ b: '2', 'my.password': 'x', a: '1' }).toDebugString(),
    'a=1\nb=2\nmy.password=*********(redacted)',
  )
})

test('settings are typed, with the defaults of Spark', () => {
  const settings = readConf(empty())
  assert.deepEqual(
    [settings.blockIntervalMs, settings.receiverRestartDelayMs, settings.blockStoreTimeoutMs, settings.concurrentJobs],
    [200, 2000, 30_000, 1],
  )
  assert.deepEqual(
    [settings.fileStreamMinRememberMs, settings.receiverMaxRatePerSecond, settings.unpersistOldRdds],
    [60_000, undefined, true],
  )
  const set = readConf(
    empty().setAll({ 'spark.streaming.receiver.maxRate': 50, 'spark.streaming.fileStream.minRememberDuration': '90' }),
  )
  assert.deepEqual([set.backpressureInitialRatePerSecond, set.fileStreamMinRememberMs], [50, 90_000])
})

test('a setting that is malformed or out of its range is refused by the name the user wrote', () => {
  const reading = (key: string, value: string) => (): unknown => readConf(empty().set(key, value))
  assert.throws(reading('spark.streaming.blockInterval', '0'), {
    code: 'MALFORMED_CONF_VALUE',
    message: /blockInterval is set to "0"\. Expected at least 1 ms/,
  })
  assert.throws(reading('spark.streaming.backpressure.rateEstimator', 'magic'), { message: /Expected one of pid/ })
  assert.throws(reading('spark.streaming.minRememberDuration', 'x'), {
    message: /^spark\.streaming\.minRememberDuration is set to "x"/,
  })
})

test('an unknown key of spark.streaming or spark.dstream is warned of, with the nearest known one', () => {
  const warnings = (key: string): string[] => {
    const said: string[] = []
    readConf(empty().set(key, '1'), message => said.push(message))
    return said
  }
  assert.deepEqual(warnings('spark.streaming.blockInterva'), [
    'The configuration key spark.streaming.blockInterva is not known and has no effect: did you mean spark.streaming.blockInterval?',
  ])
  assert.match(warnings('spark.streaming.concurentJob')[0]!, /did you mean spark\.streaming\.concurrentJobs\?/)
  assert.doesNotMatch(warnings('spark.streaming.zzzzzzzzzzzzzzzzzzzz')[0]!, /did you mean/)
  assert.match(
    warnings('spark.streaming.minRememberDuration')[0]!,
    /has been deprecated; use spark\.streaming\.fileStream\.minRememberDuration/,
  )
  assert.deepEqual([...warnings('spark.executor.cores'), ...warnings('spark.streaming.blockInterval')], [])
})

const sources = (argv: string[], env: Record<string, string>, files: Record<string, string>) => ({
  argv,
  env,
  readFile: (path: string): string =>
    files[path] ?? assert.fail(Object.assign(new Error(`no ${path}`), { code: 'ENOENT' })),
})

test('the command line is stronger than the properties file, and that than the environment', () => {
  const files = { 'conf/spark-defaults.conf': 'spark.a file\nspark.b file\nother.key x', mine: 'spark.a mine' }
  const env = {
    MASTER: 'local[3]',
    DSTREAM_CONF_spark_a: 'env',
    DSTREAM_CONF_spark_c: 'env',
    DSTREAM_CONF_SPARK_STREAMING_BLOCKINTERVAL: '50ms',
  }
  assert.deepEqual(Object.fromEntries(loadConf(sources(['--conf', 'spark.b=line=x'], env, files))), {
    'spark.master': 'local[3]',
    'spark.a': 'file',
    'spark.b': 'line=x',
    'spark.c': 'env',
    'spark.streaming.blockInterval': '50ms',
  })
  assert.deepEqual([...loadConf(sources(['--properties-file', 'mine'], {}, files))], [['spark.a', 'mine']])
  assert.deepEqual(
    [...loadConf(sources([], { SPARK_CONF_DIR: '/etc/x' }, { '/etc/x/spark-defaults.conf': 'spark.d 1' }))],
    [['spark.d', '1']],
  )
})

test('a missing default file is fine, a missing named one is an error', () => {
  assert.deepEqual([...loadConf(sources([], {}, {}))], [])
  assert.throws(() => loadConf(sources(['--properties-file', 'none'], {}, {})), {
    code: 'CONF_FILE_UNREADABLE',
    message: /none cannot be read/,
  })
})

test('configuration options are taken out of the command line, the program keeps its own', () => {
  const args = parseConfArgs([
    'in',
    '--conf',
    'spark.a=1',
    '-c',
    'spark.b=2',
    '--conf',
    'app.json',
    '--conf=spark.c=',
    '--properties-file=p',
    '--',
    '--conf',
    'spark.d=1',
  ])
  assert.deepEqual(args, {
    conf: [['spark.a', '1'], ['spark.b', '2'], ['spark.c', '']], // prettier-ignore
    propertiesFile: 'p',
    rest: ['in', '--conf', 'app.json', '--', '--conf', 'spark.d=1'],
  })
  assert.throws(() => parseConfArgs(['--conf', 'spark.a']), {
    code: 'CONF_ARGUMENT',
    message: /^Spark config without '=': spark\.a/,
  })
})

test('a properties file is read as Java reads it', () => {
  const text =
    '# comment\n! comment\nspark.a   one two  \nspark.b=x=y\r\n  spark.c : long \\\n    line\nspark.d\nspark\\:e=\\u0041\\tb\nspark.f=C:\\\\dir\\\\\nspark.g=1'
  assert.deepEqual(parseProperties(text), [
    ['spark.a', 'one two'],
    ['spark.b', 'x=y'],
    ['spark.c', 'long line'],
    ['spark.d', ''],
    ['spark:e', 'A\tb'],
    ['spark.f', 'C:\\dir\\'],
    ['spark.g', '1'],
  ])
})
