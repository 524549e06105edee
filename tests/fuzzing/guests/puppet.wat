  ;; Answers what it is told. `bind` gives back its parameters. `evaluate` and `explain` copy the first column of
  ;; numbers to 65536 and answer at the address that stands in its first four bytes. The length of the parameters says
  ;; which call for room gets what: bits 2 to 4 the call, bits 0 and 1 usual room, past memory, crooked, or on others'.
  (global $calls (mut i32) (i32.const 0))
  (global $told (mut i32) (i32.const 0))

  (func $realloc (param i32 i32 i32 i32) (result i32)
    (local $at i32)
    (if (i32.eqz (global.get $calls)) (then (global.set $told (local.get 3))))
    (local.set $at (call $alloc (local.get 3)))
    (if (i32.eq (global.get $calls) (i32.and (i32.shr_u (global.get $told) (i32.const 2)) (i32.const 7)))
      (then
        (if (i32.eq (i32.and (global.get $told) (i32.const 3)) (i32.const 1))
          (then (local.set $at (i32.const 0x7ffffff8))))
        (if (i32.eq (i32.and (global.get $told) (i32.const 3)) (i32.const 2))
          (then (local.set $at (i32.add (local.get $at) (i32.const 1)))))
        (if (i32.eq (i32.and (global.get $told) (i32.const 3)) (i32.const 3))
          (then (local.set $at (i32.const 65536))))))
    (global.set $calls (i32.add (global.get $calls) (i32.const 1)))
    (local.get $at))

  (func $bind (param i32 i32 i32 i32 i32 i32 i32 i32 i32) (result i32)
    (i32.store (i32.const 32) (i32.const 0))
    (i32.store (i32.const 36) (local.get 0))
    (i32.store (i32.const 40) (local.get 1))
    (i32.const 32))

  ;; The answer that a column holds.
  (func $tell (param $column i32) (param $length i32) (result i32)
    (local $bytes i32)
    (local.set $bytes (i32.shl (local.get $length) (i32.const 3)))
    (if (i32.gt_u (local.get $bytes) (i32.const 65536)) (then (local.set $bytes (i32.const 65536))))
    (memory.copy (i32.const 65536) (local.get $column) (local.get $bytes))
    (i32.load (i32.const 65536)))

  (func $evaluate (type $evaluate)
    (call $tell (i32.load (local.get 10)) (i32.load offset=4 (local.get 10))))

  (func $explain (param $at i32) (result i32)
    (local.set $at (i32.load offset=40 (local.get $at)))
    (call $tell (i32.load (local.get $at)) (i32.load offset=4 (local.get $at))))
