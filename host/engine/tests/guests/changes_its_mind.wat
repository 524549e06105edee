  ;; Describes itself differently at every second call: the first byte of the manifest goes from brace to space.
  (func $describe (result i32)
    (i32.store8 (i32.const 1024) (i32.xor (i32.load8_u (i32.const 1024)) (i32.const 0x5b)))
    (i32.const 16))
