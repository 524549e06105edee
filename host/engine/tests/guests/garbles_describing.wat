  ;; Describes itself in bytes that are no text.
  (data (i32.const 512) "\7b\ff\fe\7d")
  (func $describe (result i32)
    (i32.store (i32.const 48) (i32.const 512)) (i32.store (i32.const 52) (i32.const 4))
    (i32.const 48))
