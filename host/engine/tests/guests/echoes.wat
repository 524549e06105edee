  ;; Says what it was passed, a value at a time, in the order of the contract: the test knows 20 rows.
  (func $evaluate (type $evaluate)
    ;; the parameters' and the period kind's length
    (i64.store (i32.const 256) (i64.extend_i32_s (local.get 1)))
    (i64.store (i32.const 264) (i64.extend_i32_s (local.get 3)))
    ;; days, and decimals of money
    (i64.store (i32.const 272) (i64.extend_i32_s (local.get 4)))
    (i64.store (i32.const 280) (i64.extend_i32_s (local.get 5)))
    (i64.store (i32.const 288) (i64.extend_i32_s (local.get 6)))
    (i64.store (i32.const 296) (i64.extend_i32_s (local.get 7)))
    (i64.store (i32.const 304) (i64.extend_i32_s (local.get 8)))
    ;; rows
    (i64.store (i32.const 312) (i64.extend_i32_s (local.get 9)))
    ;; numbers: columns; values of the first; its last value; values of the second
    (i64.store (i32.const 320) (i64.extend_i32_s (local.get 11)))
    (i64.store (i32.const 328) (i64.extend_i32_s (i32.load offset=4 (local.get 10))))
    (i64.store (i32.const 336) (i64.extend_i32_s (i32.load offset=152 (i32.load (local.get 10)))))
    (i64.store (i32.const 344) (i64.extend_i32_s (i32.load offset=12 (local.get 10))))
    ;; texts: columns; texts in the first; the length of its second text; codes; the last code
    (i64.store (i32.const 352) (i64.extend_i32_s (local.get 13)))
    (i64.store (i32.const 360) (i64.extend_i32_s (i32.load offset=4 (local.get 12))))
    (i64.store (i32.const 368) (i64.extend_i32_s (i32.load offset=12 (i32.load (local.get 12)))))
    (i64.store (i32.const 376) (i64.extend_i32_s (i32.load offset=12 (local.get 12))))
    (i64.store (i32.const 384) (i64.extend_i32_s (i32.load offset=76 (i32.load offset=8 (local.get 12)))))
    ;; groups: how many; the two ends
    (i64.store (i32.const 392) (i64.extend_i32_s (local.get 15)))
    (i64.store (i32.const 400) (i64.extend_i32_s (i32.load (local.get 14))))
    (i64.store (i32.const 408) (i64.extend_i32_s (i32.load offset=4 (local.get 14))))
    (call $answer (i32.const 256) (i32.const 20)))
