  ;; Fails with a message that is no text.
  (data (i32.const 512) "\ff\fe")
  (func $evaluate (type $evaluate)
    (i32.store (i32.const 64) (i32.const 1))
    (i32.store (i32.const 68) (i32.const 512)) (i32.store (i32.const 72) (i32.const 2))
    (i32.const 64))
