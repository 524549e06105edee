  ;; Gives each row what all rows so far have: it says that rows are independent, and they aren't.
  (func $evaluate (type $evaluate)
    (local $in i32) (local $out i32) (local $at i32) (local $end i32) (local $sum i64)
    (local.set $in (i32.load (local.get 10)))
    (local.set $out (call $alloc (i32.shl (local.get 9) (i32.const 3))))
    (local.set $end (i32.shl (local.get 9) (i32.const 3)))
    (block $done
      (loop $next
        (br_if $done (i32.ge_u (local.get $at) (local.get $end)))
        (local.set $sum (i64.add (local.get $sum) (i64.load (i32.add (local.get $in) (local.get $at)))))
        (i64.store (i32.add (local.get $out) (local.get $at)) (local.get $sum))
        (local.set $at (i32.add (local.get $at) (i32.const 8)))
        (br $next)))
    (call $answer (local.get $out) (local.get 9)))
