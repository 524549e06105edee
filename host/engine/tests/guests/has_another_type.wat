(component
  ;; The right interface; but `describe` gives a number, and the others are missing or wrong.
  (core module $m (func (export "f") (result i32) (i32.const 1)))
  (core instance $i (instantiate $m))
  (func $f (result u32) (canon lift (core func $i "f")))
  (instance $rules
    (export "describe" (func $f)) (export "bind" (func $f))
    (export "evaluate" (func $f)) (export "explain" (func $f)))
  (export "attain:policy/rules@1.0.0" (instance $rules)))
