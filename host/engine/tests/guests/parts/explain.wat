  ;; For each row asked for, one step of rule 0: the row's number, which adds 7 to output 0. The parameters
  ;; stand in memory: rows asked for at 64, how many at 68.
  (func $explain (param $at i32) (result i32)
    (local $rows i32) (local $count i32) (local $lists i32) (local $step i32) (local $i i32)
    (local.set $rows (i32.load offset=64 (local.get $at)))
    (local.set $count (i32.load offset=68 (local.get $at)))
    (local.set $lists (call $alloc (i32.shl (local.get $count) (i32.const 3))))
    (block $done
      (loop $next
        (br_if $done (i32.ge_u (local.get $i) (local.get $count)))
        ;; rule at 0, values at 4, adds-to at 16: is there at 16, output at 24, amount at 32; the number at 40
        (local.set $step (call $alloc (i32.const 48)))
        (i64.store offset=0 (local.get $step) (i64.const 0))
        (i32.store offset=4 (local.get $step) (i32.add (local.get $step) (i32.const 40)))
        (i32.store offset=8 (local.get $step) (i32.const 1))
        (i64.store offset=16 (local.get $step) (i64.const 1))
        (i64.store offset=24 (local.get $step) (i64.const 0))
        (i64.store offset=32 (local.get $step) (i64.const 7))
        (i64.store offset=40 (local.get $step)
          (i64.extend_i32_u (i32.load (i32.add (local.get $rows) (i32.shl (local.get $i) (i32.const 2))))))
        (i32.store (i32.add (local.get $lists) (i32.shl (local.get $i) (i32.const 3))) (local.get $step))
        (i32.store offset=4 (i32.add (local.get $lists) (i32.shl (local.get $i) (i32.const 3))) (i32.const 1))
        (local.set $i (i32.add (local.get $i) (i32.const 1)))
        (br $next)))
    (i32.store (i32.const 96) (i32.const 0))
    (i32.store (i32.const 100) (local.get $lists))
    (i32.store (i32.const 104) (local.get $count))
    (i32.const 96))
