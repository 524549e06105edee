  ;; No explanation for the rows asked for.
  (func $explain (param i32) (result i32)
    (i32.store (i32.const 96) (i32.const 0)) (i32.store (i32.const 104) (i32.const 0))
    (i32.const 96))
