import { templateBroken } from './broken/template.ts'
import { testBroken } from './test-broken.ts'

testBroken(templateBroken)
