  ;; One step of rule 9, which the manifest doesn't have.
  (data (i32.const 512) "\09\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00")
  (func $explain (param i32) (result i32)
    (i32.store (i32.const 96) (i32.const 0))
    (i32.store (i32.const 100) (i32.const 112)) (i32.store (i32.const 104) (i32.const 1))
    (i32.store (i32.const 112) (i32.const 512)) (i32.store (i32.const 116) (i32.const 1))
    (i32.const 96))
