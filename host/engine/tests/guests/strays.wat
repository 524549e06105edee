  ;; Reads past its memory.
  (func $evaluate (type $evaluate)
    (drop (i32.load (i32.const -8)))
    (unreachable))
