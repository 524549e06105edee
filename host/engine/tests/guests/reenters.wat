(component
  ;; Calls its own export from inside, before it is asked anything.
  (core module $m (func (export "f") (result i32) (i32.const 1)))
  (core instance $i (instantiate $m))
  (func $f (result u32) (canon lift (core func $i "f")))
  (core func $inside (canon lower (func $f)))
  (core module $caller
    (import "" "f" (func $f (result i32)))
    (func $begin (drop (call $f)))
    (start $begin))
  (core instance (instantiate $caller (with "" (instance (export "f" (func $inside))))))
  (instance $rules
    (export "describe" (func $f)) (export "bind" (func $f))
    (export "evaluate" (func $f)) (export "explain" (func $f)))
  (export "attain:policy/rules@1.0.0" (instance $rules)))
