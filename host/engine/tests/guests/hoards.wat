  ;; Grows its memory by a page a row, then gives each row whether it was told that there is no more: -1 where it was.
  (func $evaluate (type $evaluate)
    (local $out i32) (local $told i32)
    (local.set $told (i32.lt_s (memory.grow (local.get 9)) (i32.const 0)))
    (local.set $out (call $alloc (i32.shl (local.get 9) (i32.const 3))))
    (memory.fill (local.get $out) (i32.mul (local.get $told) (i32.const 255)) (i32.shl (local.get 9) (i32.const 3)))
    (call $answer (local.get $out) (local.get 9)))
