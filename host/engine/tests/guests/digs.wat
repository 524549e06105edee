  ;; Calls itself once a row, as deep as there are rows.
  (func $dig (param i32) (result i64)
    (if (result i64) (local.get 0)
      (then (i64.add (call $dig (i32.sub (local.get 0) (i32.const 1))) (i64.const 1)))
      (else (i64.const 0))))
  (func $evaluate (type $evaluate)
    (i64.store (i32.const 128) (call $dig (local.get 9)))
    (call $answer (i32.const 128) (i32.const 1)))
