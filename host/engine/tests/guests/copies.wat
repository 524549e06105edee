  ;; Copies 64 MiB to and fro, for ever: an instruction each, and a charge for every byte.
  (func $evaluate (type $evaluate)
    (drop (memory.grow (i32.const 2045)))
    (loop $again
      (memory.copy (i32.const 0x4000000) (i32.const 0) (i32.const 0x4000000))
      (memory.copy (i32.const 0) (i32.const 0x4000000) (i32.const 0x4000000))
      (br $again))
    (unreachable))
