  ;; Never returns, and writes all over its memory meanwhile, by the word and by the page.
  (func $evaluate (type $evaluate)
    (local $at i32)
    (loop $again
      (i64.store (i32.and (local.get $at) (i32.const 0xfff8)) (i64.extend_i32_u (local.get $at)))
      (memory.fill (i32.const 65536) (local.get $at) (i32.const 65536))
      (local.set $at (i32.add (local.get $at) (i32.const 4096)))
      (br $again))
    (unreachable))
