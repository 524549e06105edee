  ;; Grows its memory by a page a row, then answers with what memory.grow said: -1 would show that it was told.
  (func $evaluate (type $evaluate)
    (i64.store (i32.const 128) (i64.extend_i32_s (memory.grow (local.get 9))))
    (call $answer (i32.const 128) (i32.const 1)))
