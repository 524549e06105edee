  ;; A column said to be longer than all memory.
  (func $evaluate (type $evaluate) (call $answer (i32.const 128) (i32.const 0x0fffffff)))
