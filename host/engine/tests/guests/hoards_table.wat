  ;; Grows a table by an element a row.
  (table $t 0 funcref)
  (func $evaluate (type $evaluate)
    (i64.store (i32.const 128) (i64.extend_i32_s (table.grow $t (ref.null func) (local.get 9))))
    (call $answer (i32.const 128) (i32.const 1)))
