import { simpleBroken } from './broken/simple.ts'
import { testBroken } from './test-broken.ts'

testBroken(simpleBroken)
