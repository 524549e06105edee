(component
  ;; Makes a resource that the contract doesn't have, and 17 handles to it before it is asked anything.
  (type $resource (resource (rep i32)))
  (core func $new (canon resource.new $resource))
  (core module $m
    (import "" "new" (func $new (param i32) (result i32)))
    (func (export "f") (result i32) (i32.const 1))
    (func $begin (local $n i32)
      (loop $again
        (drop (call $new (i32.const 0)))
        (local.set $n (i32.add (local.get $n) (i32.const 1)))
        (br_if $again (i32.lt_u (local.get $n) (i32.const 17)))))
    (start $begin))
  (core instance $i (instantiate $m (with "" (instance (export "new" (func $new))))))
  (func $f (result u32) (canon lift (core func $i "f")))
  (instance $rules
    (export "describe" (func $f)) (export "bind" (func $f))
    (export "evaluate" (func $f)) (export "explain" (func $f)))
  (export "attain:policy/rules@1.0.0" (instance $rules)))
