// schema_side.mjs SCHEMA DOCUMENTS ROUNDS - ajv on the documents of
// bench_schema.c. The module is looked for in $MODULES, where
// bench/bench_schema puts it. Three times: the verdicts on documents that are
// parsed, JSON.parse and verdict on texts that are strings already, and the
// same on the bytes of a file, which is what decant reads.
import fs from 'node:fs'
import { createRequire } from 'node:module'

const require = createRequire(process.env.MODULES + '/')
const Ajv = require('ajv/dist/2020').default
const schema = JSON.parse(fs.readFileSync(process.argv[2], 'utf8'))
const validate = new Ajv({ strict: false }).compile(schema)
const texts = fs.readFileSync(process.argv[3], 'utf8').trim().split('\n')
const bytes = texts.reduce((sum, text) => sum + Buffer.byteLength(text), 0)
const files = texts.map((text) => Buffer.from(text))
const parsed = texts.map((text) => JSON.parse(text))
const rounds = Number(process.argv[4])
let valid = 0

function median(work) {
  const spent = []
  for (let round = 0; round < rounds; round++) {
    const start = process.cpuUsage()
    valid = 0
    work()
    spent.push(process.cpuUsage(start).user * 1e3 / texts.length)
  }
  spent.sort((a, b) => a - b)
  return spent[spent.length >> 1]
}

const run = median(() => {
  for (const document of parsed) valid += validate(document)
})
const both = median(() => {
  for (const text of texts) valid += validate(JSON.parse(text))
})
const whole = median(() => {
  for (const file of files) valid += validate(JSON.parse(file.toString()))
})
console.log(JSON.stringify({
  documents: texts.length,
  bytes,
  valid,
  run_ns: run,
  both_ns: both,
  bytes_ns: whole
}))
