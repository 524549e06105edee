  ;; Calls through an empty entry of a table.
  (table $t 1 funcref)
  (func $evaluate (type $evaluate)
    (call_indirect $t (i32.const 0))
    (unreachable))
