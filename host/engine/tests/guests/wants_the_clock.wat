(component
  ;; Imports a function, as a build for WASI does.
  (import "wasi:clocks/wall-clock@0.2.6" (instance (export "now" (func (result u64))))))
